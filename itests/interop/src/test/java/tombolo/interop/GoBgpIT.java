package tombolo.interop;

import java.util.ArrayList;
import java.util.List;
import tombolo.harness.GoBgp;

class GoBgpIT extends PeerInterop {
    GoBgpIT() {
        super(new GoBgpNeighbour(), "gobgpd");
    }

    private static final class GoBgpNeighbour implements Neighbour {
        private GoBgp gobgp;

        @SuppressWarnings("NullAway.Init")
        GoBgpNeighbour() { }

        @Override
        public void start(List<Route> routes) {
            gobgp = GoBgp.start(Net.PEER, """
                [global.config]
                  as = %d
                  router-id = "10.77.1.2"
                %s%s""".formatted(AS, neighbour("10.77.1.1", "ipv4-unicast"), neighbour("fd77:1::1", "ipv6-unicast")));
            announce(List.of(), routes);
        }

        private static String neighbour(String address, String family) {
            return """
                [[neighbors]]
                  [neighbors.config]
                    neighbor-address = "%s"
                    peer-as = 65020
                    auth-password = "%s"
                  [neighbors.timers.config]
                    connect-retry = 5
                    idle-hold-time-after-reset = 5
                  [[neighbors.afi-safis]]
                    [neighbors.afi-safis.config]
                      afi-safi-name = "%s"
                """.formatted(address, Net.KEY, family);
        }

        @Override
        public void announce(List<Route> before, List<Route> now) {
            before.stream().filter(route -> !now.contains(route)).forEach(route -> rib("del", route));
            now.stream().filter(route -> !before.contains(route)).forEach(route -> rib("add", route));
        }

        private void rib(String verb, Route route) {
            List<String> words = new ArrayList<>(List.of("global", "rib", verb, route.prefix()));
            if (verb.equals("add")) {
                words.addAll(List.of("nexthop", route.prefix().contains(":") ? "fd77:1::2" : "10.77.1.2"));
                if (route.communities()) {
                    words.addAll(List.of("community", "65010:100", "rt", "65010:7", "large-community", "65010:1:2"));
                }
            }
            words.addAll(List.of("-a", family(route.prefix())));
            gobgp.ask(words.toArray(String[]::new));
        }

        private static String family(String prefix) {
            return prefix.contains(":") ? "ipv6" : "ipv4";
        }

        @Override
        public String received(String prefix) {
            String answer = gobgp.ask("global", "rib", prefix, "-a", family(prefix));
            return answer.contains("Network not in table") ? "" : answer;
        }

        @Override
        public boolean softClear() {
            // softresetin evaluates GoBGP's own copy again: no ROUTE-REFRESH leaves it.
            return false;
        }

        @Override
        public void kill() {
            gobgp.daemon().kill();
        }

        @Override
        public List<String> communitiesOfObserver() {
            return List.of("65030:300", "65030:9", "65030:3:4");
        }
    }
}
