package tombolo.interop;

import java.util.List;
import tombolo.harness.Bird;

class BirdIT extends PeerInterop {
    BirdIT() {
        super(new BirdNeighbour(), "bird");
    }

    private static final class BirdNeighbour implements Neighbour {
        private Bird bird;

        @SuppressWarnings("NullAway.Init")
        BirdNeighbour() { }

        @Override
        public void start(List<Route> routes) {
            bird = Bird.start(Net.PEER, configuration(routes));
        }

        private static String configuration(List<Route> routes) {
            StringBuilder v4 = new StringBuilder();
            StringBuilder v6 = new StringBuilder();
            for (Route route : routes) {
                (route.prefix().contains(":") ? v6 : v4).append("  route ").append(route.prefix()).append(" unreachable")
                    .append(route.communities() ? " { bgp_community.add((65010,100)); bgp_ext_community.add((rt,65010,7)); bgp_large_community.add((65010,1,2)); }" : "").append(";\n");
            }
            return """
                router id 10.77.1.2;
                log stderr all;
                protocol device { }
                protocol static own4 { ipv4;
                %s}
                protocol static own6 { ipv6;
                %s}
                protocol bgp gateway4 { local 10.77.1.2 as %d; neighbor 10.77.1.1 as 65020; password "%s"; connect retry time 5; ipv4 { import all; export where source = RTS_STATIC; }; }
                protocol bgp gateway6 { local fd77:1::2 as %d; neighbor fd77:1::1 as 65020; password "%s"; connect retry time 5; ipv6 { import all; export where source = RTS_STATIC; }; }
                """.formatted(v4, v6, AS, Net.KEY, AS, Net.KEY);
        }

        @Override
        public void announce(List<Route> before, List<Route> now) {
            bird.reconfigure(configuration(now));
        }

        @Override
        public String received(String prefix) {
            return bird.route(prefix);
        }

        @Override
        public boolean softClear() {
            bird.ask("reload", "in", "gateway4");
            return true;
        }

        @Override
        public void kill() {
            bird.daemon().kill();
        }

        @Override
        public List<String> communitiesOfObserver() {
            return List.of("(65030,300)", "(rt, 65030, 9)", "(65030, 3, 4)");
        }
    }
}
