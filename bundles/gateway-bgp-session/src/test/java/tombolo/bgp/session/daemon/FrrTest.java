package tombolo.bgp.session.daemon;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sessions with FRR's bgpd, run by itself: no zebra, no service. */
@Execution(ExecutionMode.CONCURRENT)
class FrrTest {
    private static final String BGPD = "/usr/lib/frr/bgpd";

    @BeforeAll
    static void needsRootAndFrr() {
        assumeTrue(Lab.possible(BGPD), "skipped: needs root and the package frr");
    }

    private static final String CONFIG = """
            log stdout
            router bgp 65002
             bgp router-id 10.9.9.2
             no bgp ebgp-requires-policy
             timers bgp 60 180
             bgp graceful-restart
             neighbor 10.9.9.1 remote-as 65001
             neighbor 10.9.9.1 password s3cret
             neighbor 10.9.9.1 timers connect 2
             neighbor fd00:9::1 remote-as 65001
             neighbor fd00:9::1 password s3cret
             neighbor fd00:9::1 timers connect 2
             address-family ipv6 unicast
              neighbor fd00:9::1 activate
             exit-address-family
            """;

    private static Process bgpd(Lab lab) throws IOException {
        Path config = lab.file("bgpd.conf", CONFIG);
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", lab.namespaceB(), BGPD, "-S", "-Z", "-n", "-f", config.toString(),
                "-i", lab.folder().resolve("bgpd.pid").toString(), "--vty_socket", lab.folder().toString(), "-P", "0"));
        Process process = lab.start(command, lab.folder().resolve("bgpd.log"));
        Lab.eventually("bgpd runs", () -> Files.exists(lab.folder().resolve("bgpd.vty")));
        return process;
    }

    private static String vtysh(Lab lab, String... commands) throws IOException {
        List<String> command = new ArrayList<>(List.of("vtysh", "--vty_socket", lab.folder().toString(), "-d", "bgpd"));
        for (String each : commands) {
            command.add("-c");
            command.add(each);
        }
        return Lab.output(command);
    }

    @Test
    void sessionsOfBothFamiliesWithMd5ComeUpAndSurviveARestartOfOursGracefully() throws IOException { // RFC 4724, RFC 8538
        try (Lab lab = new Lab()) {
            String key = lab.file("key", "s3cret\n").toString();
            bgpd(lab);
            String[] peers = {"p4.address=10.9.9.2", "p4.as=65002", "p4.password-file=" + key, "p4.hold=180",
                "p6.address=fd00:9::2", "p6.as=65002", "p6.password-file=" + key, "p6.hold=180"};
            Lab.Node node = lab.node(peers);
            assertTrue(node.await("up p[46] .*").contains("hold=180"));
            node.await("up p[46] .*");
            String neighbour = vtysh(lab, "show bgp neighbors 10.9.9.1 json");
            assertTrue(neighbour.contains("\"bgpState\":\"Established\""), neighbour);
            node.tell("stop");
            node.await("stopped");
            Lab.eventually("FRR keeps our routes", () -> !vtysh(lab, "show bgp neighbors 10.9.9.1 json").contains("\"bgpState\":\"Established\""));
            Lab.Node again = lab.node(peers);
            again.await("up p[46] .*");
            again.await("up p[46] .*");
            String restarted = vtysh(lab, "show bgp neighbors 10.9.9.1 json");
            assertTrue(restarted.replace(" ", "").contains("\"rBit\":true"), restarted);
        }
    }

    @Test
    void aShutdownByItsOperatorIsShownWithTheText() throws IOException { // RFC 9003
        try (Lab lab = new Lab()) {
            String key = lab.file("key", "s3cret\n").toString();
            bgpd(lab);
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "p.password-file=" + key);
            node.await("up p .*");
            vtysh(lab, "configure terminal", "router bgp 65002", "neighbor 10.9.9.1 shutdown message moving the rack");
            node.await("down p graceful=false .*moving the rack.*");
            vtysh(lab, "configure terminal", "router bgp 65002", "no neighbor 10.9.9.1 shutdown");
            node.await("up p .*", Duration.ofSeconds(40));
            node.tell("shutdown p our turn");
            node.await("down p graceful=false our turn");
            Lab.eventually("FRR shows our text", () -> vtysh(lab, "show bgp neighbors 10.9.9.1 json").contains("our turn"));
        }
    }
}
