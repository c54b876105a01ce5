package tombolo.interop;

import java.util.ArrayList;
import java.util.List;
import tombolo.harness.Daemon;
import tombolo.harness.Frr;

class FrrIT extends PeerInterop {
    FrrIT() {
        super(new FrrNeighbour(), "bgpd");
    }

    private static final class FrrNeighbour implements Neighbour {
        private Frr frr;

        @SuppressWarnings("NullAway.Init")
        FrrNeighbour() { }

        @Override
        public void start(List<Route> routes) {
            frr = Frr.start(Net.PEER, """
                route-map tag permit 10
                 set community 65010:100
                 set extcommunity rt 65010:7
                 set large-community 65010:1:2
                router bgp %d
                 bgp router-id 10.77.1.2
                 no bgp ebgp-requires-policy
                 no bgp network import-check
                 no bgp default ipv4-unicast
                 neighbor 10.77.1.1 remote-as 65020
                 neighbor 10.77.1.1 password %s
                 neighbor 10.77.1.1 timers connect 5
                 neighbor fd77:1::1 remote-as 65020
                 neighbor fd77:1::1 password %s
                 neighbor fd77:1::1 timers connect 5
                 address-family ipv4 unicast
                  neighbor 10.77.1.1 activate
                %s exit-address-family
                 address-family ipv6 unicast
                  neighbor fd77:1::1 activate
                %s exit-address-family
                """.formatted(AS, Net.KEY, Net.KEY, networks(routes, false), networks(routes, true)));
        }

        private static String networks(List<Route> routes, boolean v6) {
            StringBuilder text = new StringBuilder();
            routes.stream().filter(route -> route.prefix().contains(":") == v6).forEach(route -> text.append("  ").append(network(route)).append('\n'));
            return text.toString();
        }

        private static String network(Route route) {
            return "network " + route.prefix() + (route.communities() ? " route-map tag" : "");
        }

        @Override
        public void announce(List<Route> before, List<Route> now) {
            for (boolean v6 : new boolean[] {false, true}) {
                List<String> lines = new ArrayList<>(List.of("configure terminal", "router bgp " + AS, "address-family " + (v6 ? "ipv6" : "ipv4") + " unicast"));
                before.stream().filter(route -> !now.contains(route) && route.prefix().contains(":") == v6).forEach(route -> lines.add("no " + network(route)));
                now.stream().filter(route -> !before.contains(route) && route.prefix().contains(":") == v6).forEach(route -> lines.add(network(route)));
                frr.ask(lines.toArray(String[]::new));
            }
        }

        @Override
        public String received(String prefix) {
            return frr.route(prefix);
        }

        @Override
        public boolean softClear() {
            frr.ask("clear bgp ipv4 unicast 10.77.1.1 soft in");
            return true;
        }

        @Override
        public void kill() {
            frr.daemons().reversed().forEach(Daemon::kill);
        }

        @Override
        public List<String> communitiesOfObserver() {
            return List.of("65030:300", "RT:65030:9", "65030:3:4");
        }
    }
}
