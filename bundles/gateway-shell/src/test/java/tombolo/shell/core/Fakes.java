package tombolo.shell.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.bgp.SessionUp;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;
import tombolo.api.route.KernelRoutes;
import tombolo.api.route.NextHop;

/** Two peers, msee-a up and onprem down, and three paths; every call that changes something is written down in {@code calls}. */
public final class Fakes implements Services {
    public static final long NOW = 1_800_000_000_000L;
    public final List<String> calls = new ArrayList<>();
    private List<Prefix> table = List.of();
    private final Map<Class<?>, Object> services = new HashMap<>();

    public Fakes() {
        services.put(BgpSessions.class, new Sessions());
        services.put(BgpRoutes.class, new Routes());
        services.put(KernelRoutes.class, new Kernel());
    }

    /** BGP has these best routes and no others. */
    public Fakes holding(List<Prefix> prefixes) {
        table = prefixes.stream().sorted().toList();
        return this;
    }

    public Fakes without(Class<?> service) {
        services.remove(service);
        return this;
    }

    public <T> Fakes with(Class<T> service, T object) {
        services.put(service, object);
        return this;
    }

    @Override
    public <T> Optional<T> find(Class<T> service) {
        return Optional.ofNullable(services.get(service)).map(service::cast);
    }

    static BgpRoutes.Route route(String prefix, String peer, String... flags) {
        return new BgpRoutes.Route(Prefix.parse(prefix), peer, IpAddress.parse("169.254.10.2"), "igp", "12076 65515", Optional.empty(), Optional.of(100L),
                List.of("12076:5010"),
                List.of(flags), List.of(), 75);
    }

    private final class Sessions implements BgpSessions {
        private final PeerStatus up = new PeerStatus("msee-a", "primary", IpAddress.parse("169.254.10.2"), new Asn(12076), new Asn(65000),
                PeerStatus.State.ESTABLISHED, NOW - 3_725_000,
                Optional.of(new SessionUp(7, false, "msee-a", IpAddress.parse("169.254.10.1"), IpAddress.parse("169.254.10.2"), Optional.empty(),
                        Optional.empty(), Optional.empty(),
                        Optional.of("er100"), new Asn(65000), new Asn(12076), RouterId.parse("10.0.0.1"), RouterId.parse("10.0.0.2"),
                                Set.of(AddressFamily.IPV4), true, true, false, 4096,
                        Optional.empty(), 180)),
                Optional.empty(), "", Optional.empty(), Map.of("UPDATE", 12L, "KEEPALIVE", 60L), Map.of("OPEN", 1L), 5000, 4000, 0, 0, 1, 3,
                List.of(new PeerStatus.Reset(NOW - 4_000_000, PeerStatus.State.ESTABLISHED, "hold timer expired", Optional.of(new Notification(4, 0)), true)),
                        true,
                List.of("4-octet AS 65000"), List.of("4-octet AS 12076"));
        private final PeerStatus down = new PeerStatus("onprem", "", IpAddress.parse("10.0.0.2"), new Asn(65010), new Asn(65000), PeerStatus.State.OPEN_SENT,
                NOW - 90_061_000,
                Optional.empty(), Optional.empty(), "waiting for the \u001b[31mOPEN", Optional.of(12_000L), Map.of(), Map.of(), 0, 0, 0, 0, 0, 0, List.of(), false,
                        List.of(), List.of());

        @Override
        public List<PeerStatus> status() {
            return List.of(up, down);
        }

        @Override
        public Optional<PeerStatus> status(String peer) {
            return status().stream().filter(one -> one.name().equals(peer)).findFirst();
        }

        @Override
        public boolean shutdown(String peer, String text) {
            calls.add("shutdown " + peer + " '" + text + "'");
            return status(peer).isPresent();
        }

        @Override
        public boolean enable(String peer) {
            calls.add("enable " + peer);
            return status(peer).isPresent();
        }

        @Override
        public boolean reset(String peer) {
            calls.add("reset " + peer);
            return status(peer).isPresent();
        }

        @Override
        public void shutdownAll(String text) {
            calls.add("shutdownAll '" + text + "'");
        }

        @Override
        public long strangersRefused() {
            return 3;
        }

        @Override
        public void attach(SessionConsumer consumer) {
            throw new UnsupportedOperationException("no command attaches");
        }

        @Override
        public void detach(SessionConsumer consumer) {
            throw new UnsupportedOperationException("no command detaches");
        }

        @Override
        public List<BgpSession> sessions() {
            throw new UnsupportedOperationException("no command reads sessions");
        }

        @Override
        public Optional<BgpSession> session(String peer) {
            throw new UnsupportedOperationException("no command reads sessions");
        }
    }

    private final class Routes implements BgpRoutes {
        @Override
        public List<PeerCounts> peers() {
            return List.of(new PeerCounts("msee-a", List.of("next-hop keep"), List.of(new FamilyCounts(AddressFamily.IPV4, 120, 100, 90, 7, 0, 4000, true, "")),
                    Map.of("ORIGIN/treat-as-withdraw", 2L), 12, 3, 1),
                    new PeerCounts("onprem", List.of(), List.of(new FamilyCounts(AddressFamily.IPV4, 0, 0, 0, 0, 0, 0, false,
                            "no import filter: nothing accepted (RFC 8212)")), Map.of(), 0, 0, 0));
        }

        @Override
        public Totals totals() {
            return new Totals(90, 5, 130, 40, 2, 3_000_000);
        }

        @Override
        public List<Route> routes(Query query) {
            calls.add(query.toString());
            if (!table.isEmpty()) {
                return table.stream().filter(each -> query.family().map(each.family()::equals).orElse(true) && query.prefix().map(range -> query.longer() ? range.covers(each) : range.equals(each)).orElse(true))
                        .limit(query.limit()).map(each -> route(each.toString(), "msee-a", "best")).toList();
            }
            return List.of(route("10.1.0.0/16", "msee-a", "best"), route("10.1.0.0/16", "onprem", "filtered"), route("10.2.0.0/16", "msee-a", "best",
                    "multipath"))
                    .subList(0, Math.min(3, query.limit()));
        }

        @Override
        public Explanation explain(Prefix prefix) {
            return new Explanation(prefix, prefix.family() == AddressFamily.IPV6 ? Optional.empty() : Optional.of(Prefix.parse("10.1.0.0/16")),
                    List.of(new PathVerdict(route("10.1.0.0/16", "msee-a", "best"), 0, "best"),
                            new PathVerdict(route("10.1.0.0/16", "onprem"), 3, "lost at step 3, AS_PATH length: 4 instead of 2")),
                    List.of(new AdvertisementVerdict("onprem", true, "advertised"), new AdvertisementVerdict("msee-a", false,
                            "not advertised: learned from this peer")), "installed");
        }

        @Override
        public boolean refreshIn(String peer) {
            calls.add("refreshIn " + peer);
            return peer.equals("msee-a");
        }

        @Override
        public boolean refreshOut(String peer) {
            calls.add("refreshOut " + peer);
            return peer.equals("msee-a");
        }

        @Override
        public void drain() {
            calls.add("drain");
        }

        @Override
        public List<UpdateError> errors(String peer) {
            return List.of(new UpdateError(NOW - 1000, "TMB-BGP-101 peer msee-a: ORIGIN has length 2", "ffff"));
        }
    }

    private final class Kernel implements KernelRoutes {
        private final KernelRoute route = new KernelRoute(Prefix.parse("10.1.0.0/16"), List.of(NextHop.via(IpAddress.parse("169.254.10.2"))), "201 (tombolo)",
                Optional.of("bgp"),
                "unicast", 20, Optional.of(1400), 254);

        @Override
        public List<KernelRoute> list(Optional<AddressFamily> family, boolean ours, int limit) {
            return List.of(route);
        }

        @Override
        public List<Explained> explain(IpAddress destination) {
            return List.of(new Explained(route, true, "the longest prefix"));
        }

        @Override
        public Counts counts() {
            return new Counts(90, 5, 89, 5, 1, 0, 2, 1, java.util.OptionalInt.of(3), "10.9.0.0/16: network is unreachable");
        }

        @Override
        public void removeOurs() {
            calls.add("removeOurs");
        }
    }
}
