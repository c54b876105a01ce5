package tombolo.azure.expressroute.adapter;

import java.util.List;
import java.util.Optional;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;

/** Sessions to look at. */
record StandingSessions(List<PeerStatus> status) implements BgpSessions {
    @Override
    public Optional<PeerStatus> status(String peer) {
        return status.stream().filter(each -> each.name().equals(peer)).findFirst();
    }

    @Override
    public void attach(SessionConsumer consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void detach(SessionConsumer consumer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<BgpSession> sessions() {
        return List.of();
    }

    @Override
    public Optional<BgpSession> session(String peer) {
        return Optional.empty();
    }

    @Override
    public boolean shutdown(String peer, String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean enable(String peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean reset(String peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void shutdownAll(String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long strangersRefused() {
        return 0;
    }
}
