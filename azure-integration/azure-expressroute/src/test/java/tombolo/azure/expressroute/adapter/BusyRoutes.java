package tombolo.azure.expressroute.adapter;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** A gateway-bgp that advertises one prefix to everybody, and is too busy to tell of some. @param busy peers whose tables it does not tell; with any, it tells no counts */
record BusyRoutes(Prefix told, Set<String> busy) implements BgpRoutes {
    @Override
    public List<Route> routes(Query query) {
        if (busy.contains(query.peer().orElseThrow())) {
            throw new IllegalStateException("busy");
        }
        return List.of(new Route(told, "local", IpAddress.parse("192.0.2.1"), "IGP", "65010", Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(), 0));
    }

    @Override
    public List<PeerCounts> peers() {
        if (!busy.isEmpty()) {
            throw new IllegalStateException("busy");
        }
        return List.of();
    }

    @Override
    public Totals totals() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Explanation explain(Prefix prefix) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean refreshIn(String peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean refreshOut(String peer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void drain() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<UpdateError> errors(String peer) {
        throw new UnsupportedOperationException();
    }
}
