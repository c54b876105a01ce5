package tombolo.bench.expressroute;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tombolo.harness.Bird;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.Frr;
import tombolo.harness.GatewayNode;
import tombolo.harness.RunFiles;

/** What stands between the host and the two edges: BGP with both, two equal paths for each prefix, BFD with 300 ms, three times. */
enum Router {
    GATEWAY, BIRD, FRR;

    /** @param node where it is the gateway */
    record Running(Daemon daemon, Optional<GatewayNode> node, Runnable stop) { }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    boolean installed() {
        return switch (this) {
            case GATEWAY -> true;
            case BIRD -> Command.available("bird");
            case FRR -> Command.available("bgpd") && Command.available("bfdd");
        };
    }

    /** @param home of the node */
    Running start(Path project, Path home) {
        return switch (this) {
            case GATEWAY -> gateway(project, home);
            case BIRD -> {
                Bird bird = Bird.start(Ground.ROUTER, """
                    router id 10.98.0.1;
                    log stderr { warning, error, fatal, bug };
                    protocol device { }
                    protocol bfd { interface "*" { min rx interval 300 ms; min tx interval 300 ms; multiplier 3; }; }
                    protocol kernel { merge paths on; ipv4 { import none; export all; }; }
                    """ + bird("a", Ground.ROUTER_A, Ground.AT_A) + bird("b", Ground.ROUTER_B, Ground.AT_B));
                yield new Running(bird.daemon(), Optional.empty(), bird.daemon()::kill);
            }
            case FRR -> {
                Frr frr = Frr.startWithBfd(Ground.ROUTER, "router bgp " + Ground.OUR_AS + "\n bgp router-id 10.98.0.1\n no bgp ebgp-requires-policy\n" + frr(Ground.AT_A) + frr(Ground.AT_B)
                    + " address-family ipv4 unicast\n  maximum-paths 2\n exit-address-family\n", "bfd\n");
                yield new Running(frr.bgpd(), Optional.empty(), () -> Ground.ROUTER.pids().stream().flatMap(pid -> Daemon.running("frr", pid).stream()).toList().forEach(Daemon::kill));
            }
        };
    }

    private static String bird(String name, String local, String remote) {
        return "protocol bgp " + name + " { local " + local + " as " + Ground.OUR_AS + "; neighbor " + remote + " as " + Ground.THEIR_AS
            + "; bfd on; hold time 90; connect delay time 1; connect retry time 2; error wait time 1, 2; ipv4 { import all; export none; }; }\n";
    }

    private static String frr(String remote) {
        return " neighbor " + remote + " remote-as " + Ground.THEIR_AS + "\n neighbor " + remote + " bfd\n neighbor " + remote + " timers 30 90\n neighbor " + remote + " timers connect 2\n";
    }

    private static Running gateway(Path project, Path home) {
        Path etc = home.resolve("etc");
        RunFiles.delete(home);
        RunFiles.write(etc.resolve("tombolo.node.cfg"), "name = bench\n");
        RunFiles.write(etc.resolve("tombolo.bgp.cfg"), "as = " + Ground.OUR_AS + "\nrouter-id = 10.98.0.1\nlisten = 0.0.0.0\nmultipath-ebgp = 2\n");
        RunFiles.write(etc.resolve("tombolo.bgp.filter-all.cfg"), "default = accept\n");
        RunFiles.write(etc.resolve("tombolo.bgp.filter-none.cfg"), "default = reject\n");
        peer(etc, "edge-a", Ground.ROUTER_A, Ground.AT_A, Ground.THEIR_AS, "bfd = on\n");
        peer(etc, "edge-b", Ground.ROUTER_B, Ground.AT_B, Ground.THEIR_AS, "bfd = on\n");
        peer(etc, "load", "10.99.1.1", "10.99.1.2", 65_001, "");
        GatewayNode node = GatewayNode.start(project, Ground.ROUTER, home.resolve("node"), etc, Map.of());
        node.awaitShell("bgp:summary");
        return new Running(node.daemon(), Optional.of(node), node.daemon()::kill);
    }

    private static void peer(Path etc, String name, String local, String remote, int as, String more) {
        RunFiles.write(etc.resolve("tombolo.bgp.peer-" + name + ".cfg"), "remote-address = " + remote + "\nremote-as = " + as + "\nlocal-address = " + local
            + "\nhold-time = 90\nconnect-retry-time = 2\nimport = all\nexport = none\n" + more);
    }
}
