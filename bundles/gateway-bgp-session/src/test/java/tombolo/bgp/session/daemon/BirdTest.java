package tombolo.bgp.session.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions with BIRD 2 over a veth pair. */
class BirdTest {
    private static final String HEAD = """
            router id 10.9.9.2;
            protocol device { }
            protocol static s4 { ipv4; route 192.0.2.0/24 blackhole; route 198.51.100.0/24 blackhole; }
            protocol static s6 { ipv6; route 2001:db8:1::/48 blackhole; }
            """;

    @BeforeAll
    static void needsRootAndBird() {
        assumeTrue(Lab.possible("/usr/sbin/bird"), "skipped: needs root and the package bird2");
    }

    @Test
    void sessionsOfBothFamiliesWithMd5ComeUpAndUpdatesArriveAndMessagesLeave() throws IOException {
        try (Lab lab = new Lab("m")) {
            String key = lab.file("key", "s3cret\n").toString();
            lab.bird(HEAD + """
                    protocol bgp g4 { local 10.9.9.2 as 65002; neighbor 10.9.9.1 as 65001; password "s3cret"; ipv4 { import all; export all; }; connect delay time 1; }
                    protocol bgp g6 { local fd00:9::2 as 65002; neighbor fd00:9::1 as 65001; password "s3cret"; ipv6 { import all; export all; }; connect delay time 1; }
                    """);
            Lab.Node node = lab.node("p4.address=10.9.9.2", "p4.as=65002", "p4.password-file=" + key, "p6.address=fd00:9::2", "p6.as=65002", "p6.password-file=" + key);
            node.await("up p[46] .*");
            node.await("messages p[46] f{32}.*");
            // UPDATE 203.0.113.0/24: ORIGIN IGP, AS_PATH 65001, NEXT_HOP 10.9.9.1
            String update = "ffffffffffffffffffffffffffffffff" + "002f" + "02" + "0000" + "0014" + "40010100" + "40020602010000fde9" + "4003040a090901" + "18cb0071";
            node.awaitStatus("status p4 ESTABLISHED .*UPDATE=[1-9].*", Lab.LIMIT);
            node.tell("offer p4 " + update);
            node.await("offer ACCEPTED");
            long deadline = System.nanoTime() + Lab.LIMIT.toNanos();
            while (!lab.birdc("show", "route", "203.0.113.0/24").contains("203.0.113.0/24") && System.nanoTime() < deadline) {
                Thread.onSpinWait();
            }
            assertTrue(lab.birdc("show", "route", "203.0.113.0/24").contains("via 10.9.9.1"));
            assertTrue(lab.birdc("show", "protocols", "g6").contains("Established"));
        }
    }
}
