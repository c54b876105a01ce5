package tombolo.bfd.adapter;

import java.util.List;
import java.util.Optional;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.kernel.Errno;
import tombolo.bfd.core.Diagnostic;
import tombolo.bfd.core.Fault;
import tombolo.bfd.core.Session;
import tombolo.bfd.core.Sessions;

/** A session that is kept, with its way to the network and with what people are told of it. Of {@link BfdThread} alone. */
final class Live {
    final Session session;
    final Optional<BfdAuthentication> authentication;
    List<String> holders;
    int sender = -1;
    String trouble = "";
    long sinceMillis = System.currentTimeMillis();
    /** Let go by its last holder: from then on it ends, unless it is held again. */
    long graceEnds;
    /** Administratively down, and kept until the neighbour has heard of it, at most until then. */
    boolean ending;
    long endsAt;
    /** From which it sends; 0: not known yet. */
    int port;

    Live(Session session, Optional<BfdAuthentication> authentication, List<String> holders) {
        this.session = session;
        this.authentication = authentication;
        this.holders = holders;
    }

    BfdStatus status() {
        return new BfdStatus(session.path(), holders, session.state(), session.remoteState(), sinceMillis, Diagnostic.text(session.diagnostic()),
                Diagnostic.text(session.remoteDiagnostic()), session.localDiscriminator(), session.remoteDiscriminator(), session.transmitMicros(), session.receiveMicros(),
                session.detectionMicros(), session.multiplier(), session.remoteMultiplier(), session.authentication(), session.packetsOut(), session.packetsIn(),
                session.packetsRefused(), session.downs(), detail(), session.remoteDemand(), session.remoteIndependent());
    }

    private String detail() {
        if (!trouble.isEmpty()) {
            return trouble;
        }
        if (session.state() == BfdState.UP) {
            return "";
        }
        if (session.lastError() != 0) {
            return "sending fails: " + Errno.text(session.lastError());
        }
        if (session.lastFault() != Fault.NONE) {
            return "the last datagram that came was refused: " + session.lastFault().text();
        }
        return session.packetsIn() == 0 ? "nothing has come from the neighbour: it has no BFD session with this address, or a firewall drops UDP "
                + (session.path().multihop() ? Sessions.MULTIHOP_PORT : Sessions.SINGLE_HOP_PORT) : "";
    }
}
