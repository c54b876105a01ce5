package tombolo.bgp.session.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.PeerStatus.State;
import tombolo.bgp.session.core.Cause;
import tombolo.bgp.session.core.OperatorText;

/**
 * A segment with a wrong TCP MD5 signature never reaches a socket: all that shows it are counters of the network namespace (TcpExt in
 * {@code /proc/net/netstat}). A counter that grows while a peer does not come up is said at that peer; which peer it was, the counter does not tell.
 */
final class Md5Watch {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");
    private static final Path NETSTAT = Path.of("/proc/thread-self/net/netstat");
    private static final String NOT_FOUND = "TCPMD5NotFound";
    private static final String UNEXPECTED = "TCPMD5Unexpected";
    private static final String FAILURE = "TCPMD5Failure";

    private Map<String, Long> before = read();
    private final Map<String, String> said = new HashMap<>();

    void look(Collection<PeerSession> sessions) {
        Map<String, Long> now = read();
        boolean absent = grown(now, NOT_FOUND);
        boolean unexpected = grown(now, UNEXPECTED);
        boolean wrong = grown(now, FAILURE);
        before = now;
        for (PeerSession session : sessions) {
            State state = session.state().state();
            if (state == State.ESTABLISHED) {
                said.remove(session.peer());
            }
            boolean waits = state == State.CONNECT || state == State.ACTIVE || state == State.OPEN_SENT;
            if (!waits) {
                continue;
            }
            boolean key = session.plan().password().isPresent();
            String why = key && wrong ? "segments with a wrong MD5 signature arrive (TCPMD5Failure grows): the keys of both sides differ"
                    : key && absent ? "segments without an MD5 signature arrive (TCPMD5NotFound grows): the peer has no key"
                    : !key && unexpected ? "segments with an MD5 signature arrive (TCPMD5Unexpected grows): the peer has a key, here is none" : "";
            if (!why.isEmpty()) {
                String line = OperatorText.line(Cause.WRONG_KEY, session.plan(), why, Optional.empty(), OptionalLong.empty());
                session.note(line);
                if (!line.equals(said.put(session.peer(), line))) {
                    LOG.warn("{}", line);
                }
            }
        }
    }

    private boolean grown(Map<String, Long> now, String counter) {
        return now.getOrDefault(counter, 0L) > before.getOrDefault(counter, 0L);
    }

    private static Map<String, Long> read() {
        Map<String, Long> counters = new HashMap<>();
        try {
            List<String> lines = Files.readAllLines(NETSTAT);
            for (int i = 0; i + 1 < lines.size(); i += 2) {
                String[] names = lines.get(i).split(" ");
                String[] values = lines.get(i + 1).split(" ");
                for (int j = 1; names[0].equals("TcpExt:") && j < Math.min(names.length, values.length); j++) {
                    if (names[j].startsWith("TCPMD5")) {
                        counters.put(names[j], Long.parseLong(values[j]));
                    }
                }
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("no TcpExt counters: {}", e.toString());
        }
        return counters;
    }
}
