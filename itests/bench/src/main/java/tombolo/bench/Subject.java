package tombolo.bench;

import java.nio.file.Path;
import java.util.Map;
import tombolo.harness.Bird;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.Frr;
import tombolo.harness.GatewayNode;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** A daemon to measure. */
enum Subject {
    GATEWAY, BIRD, FRR;

    /** What a scenario asks of the daemon's configuration. */
    record Setup(int peers, java.util.function.IntPredicate receives, boolean kernel) { }

    /** A started daemon. {@code protocol} is the kernel's name or number for its routes. */
    record Running(Daemon measured, String protocol, Runnable stop) { }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    boolean installed(Path project) {
        return switch (this) {
            case BIRD -> Command.available("bird");
            case FRR -> Command.available("bgpd");
            case GATEWAY -> java.nio.file.Files.isExecutable(project.resolve("gateway"));
        };
    }

    Running start(Namespace namespace, Setup setup, Path project) {
        return switch (this) {
            case BIRD -> {
                Bird bird = Bird.start(namespace, birdConfiguration(setup));
                yield new Running(bird.daemon(), "bird", bird.daemon()::kill);
            }
            case FRR -> {
                Frr frr = setup.kernel() ? Frr.start(namespace, frrConfiguration(setup)) : Frr.start(namespace, frrConfiguration(setup), "-n");
                yield new Running(frr.bgpd(), "bgp", () -> frr.daemons().forEach(Daemon::kill));
            }
            case GATEWAY -> startGateway(namespace, setup, project);
        };
    }

    private static String birdConfiguration(Setup setup) {
        StringBuilder text = new StringBuilder("router id 10.99.0.1;\nlog stderr { warning, error, fatal, bug };\nprotocol device { }\n");
        if (setup.kernel()) {
            text.append("protocol kernel { ipv4 { import none; export all; }; }\n");
        }
        for (int i = 1; i <= setup.peers(); i++) {
            Peer peer = new Peer(i);
            text.append("protocol bgp p").append(i).append(" { local ").append(peer.daemonText()).append(" as ").append(Peer.DAEMON_AS)
                .append("; neighbor ").append(peer.text()).append(" as ").append(peer.as()).append("; passive on; hold time 240; ipv4 { import all; export ")
                .append(setup.receives().test(i) ? "all" : "none").append("; next hop self; }; }\n");
        }
        return text.toString();
    }

    private static String frrConfiguration(Setup setup) {
        StringBuilder text = new StringBuilder("frr defaults datacenter\nroute-map none deny 10\nrouter bgp " + Peer.DAEMON_AS
            + "\n bgp router-id 10.99.0.1\n no bgp ebgp-requires-policy\n timers bgp 60 240\n");
        for (int i = 1; i <= setup.peers(); i++) {
            Peer peer = new Peer(i);
            text.append(" neighbor ").append(peer.text()).append(" remote-as ").append(peer.as()).append("\n neighbor ").append(peer.text()).append(" passive\n");
        }
        text.append(" address-family ipv4 unicast\n");
        for (int i = 1; i <= setup.peers(); i++) {
            text.append("  neighbor ").append(new Peer(i).text()).append(" next-hop-self\n");
            if (!setup.receives().test(i)) {
                text.append("  neighbor ").append(new Peer(i).text()).append(" route-map none out\n");
            }
        }
        return text.append(" exit-address-family\n").toString();
    }

    /** Of the nodes that are measured: {@code run/bench}. */
    static Path home(Path project) {
        return project.resolve("run/bench");
    }

    private static Running startGateway(Namespace namespace, Setup setup, Path project) {
        // Unpacked once for a whole run; each line of the table still gets a fresh process and fresh configuration.
        Path folder = home(project);
        Path etc = folder.resolve("etc");
        RunFiles.delete(etc);
        RunFiles.delete(folder.resolve("node/data/tombolo")); // a node that finds its marker from before restarts gracefully: it waits for End-of-RIB (RFC 4724 §4.1)
        RunFiles.write(etc.resolve("tombolo.node.cfg"), "name = bench\n");
        RunFiles.write(etc.resolve("tombolo.bgp.cfg"), "as = " + Peer.DAEMON_AS + "\nrouter-id = 10.99.0.1\nlisten = 0.0.0.0\n");
        RunFiles.write(etc.resolve("tombolo.bgp.filter-all.cfg"), "default = accept\n");
        RunFiles.write(etc.resolve("tombolo.bgp.filter-none.cfg"), "default = reject\n");
        for (int i = 1; i <= setup.peers(); i++) {
            Peer peer = new Peer(i);
            RunFiles.write(etc.resolve("tombolo.bgp.peer-p" + i + ".cfg"), "remote-address = " + peer.text() + "\nremote-as = " + peer.as()
                + "\nlocal-address = " + peer.daemonText() + "\npassive = true\nhold-time = 240\nimport = all\nexport = " + (setup.receives().test(i) ? "all" : "none") + "\n");
        }
        GatewayNode node = GatewayNode.start(project, namespace, folder.resolve("node"), etc, Map.of());
        node.awaitShell("bgp:summary");
        if (!setup.kernel()) {
            // Transient: the next start has it again. The other daemons have no kernel protocol in these scenarios either; the routes' next hops stay tracked by gateway-linux.
            node.ask("bundle:stop -t io.tombolo.gateway-dataplane");
        }
        return new Running(node.daemon(), "201", node.daemon()::kill);
    }
}
