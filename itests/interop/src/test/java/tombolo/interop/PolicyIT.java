package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Command;

/** Strangers, wrong configuration on either side, limits, and filters. One BIRD with many addresses plays all the neighbours. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyIT {
    private static final long AS = 4_200_000_001L;
    /** A change to a file is in force within two seconds: the product's promise. */
    private static final Duration CONFIGURATION = Duration.ofSeconds(2);

    private Net net;
    private Bird bird;

    @SuppressWarnings("NullAway.Init")
    PolicyIT() { }

    @BeforeAll
    void start() {
        Net.require("bird");
        net = Net.start(Map.of(
            "tombolo.bgp.peer-good.cfg", Net.peer("10.77.1.10", AS).replace("import = all", "import = choosy"),
            "tombolo.bgp.filter-choosy.cfg", "rule.10.match.prefix = 10.50.0.0/16 le 32\nrule.10.action = accept\ndefault = reject\n",
            "tombolo.bgp.peer-wrong-as.cfg", Net.peer("10.77.1.11", 65099, "local-address = 10.77.1.111"),
            "tombolo.bgp.peer-wrong-key.cfg", Net.peer("10.77.1.12", AS, "password-file = secret", "local-address = 10.77.1.112"),
            "tombolo.bgp.peer-limited.cfg", Net.peer("10.77.1.13", AS, "local-address = 10.77.1.113", "max-prefixes-ipv4 = 3", "max-prefixes-action = drop"),
            "tombolo.bgp.peer-no-policy.cfg", "remote-address = 10.77.1.14\nlocal-address = 10.77.1.114\nremote-as = " + AS + "\nconnect-retry-time = 5\n"), this::neighbours);
        net.awaitEstablished("good");
    }

    private void neighbours() {
        for (int host = 10; host <= 15; host++) {
            Net.PEER.address("gw", "10.77.1." + host + "/24");
            // BIRD runs one protocol to an address at a time: each neighbour has an address of the gateway to itself.
            Net.GATEWAY.address("peer", "10.77.1.1" + host + "/24");
        }
        bird = Bird.start(Net.PEER, """
            router id 10.77.1.2;
            log stderr all;
            protocol device { }
            protocol static own { ipv4; route 10.50.0.0/24 unreachable; route 10.50.1.0/24 unreachable; route 10.51.0.0/24 unreachable; route 10.52.0.0/24 unreachable; }
            template bgp toward_us { connect retry time 5; error wait time 5, 10; ipv4 { import all; export where source = RTS_STATIC; }; }
            protocol bgp good from toward_us { local 10.77.1.10 as %1$d; neighbor 10.77.1.1 as 65020; }
            protocol bgp wrong_as from toward_us { local 10.77.1.11 as %1$d; neighbor 10.77.1.111 as 65020; }
            protocol bgp wrong_key from toward_us { local 10.77.1.12 as %1$d; neighbor 10.77.1.112 as 65020; password "another"; }
            protocol bgp limited from toward_us { local 10.77.1.13 as %1$d; neighbor 10.77.1.113 as 65020; }
            protocol bgp no_policy from toward_us { local 10.77.1.14 as %1$d; neighbor 10.77.1.114 as 65020; }
            """.formatted(AS));
    }

    @AfterAll
    void stop() {
        if (net != null) {
            net.close();
        }
    }

    @Test
    void aFilterDecidesWhatIsAcceptedAndItsChangeDropsNoSession() {
        Net.awaitKernel("10.50.0.0/24", "10.77.1.10");
        Net.awaitKernel("10.50.1.0/24", "10.77.1.10");
        assertTrue(Net.kernel("10.51.0.0/24").filter(route -> route.contains("10.77.1.10")).isEmpty(), () -> "rejected by the filter, seen: " + Net.kernel("10.51.0.0/24"));
        JsonNode before = net.peer("good");
        net.write("tombolo.bgp.filter-choosy.cfg", "rule.10.match.prefix = 10.51.0.0/16 le 32\nrule.10.action = accept\ndefault = reject\n");
        Await.until(CONFIGURATION, () -> "10.51.0.0/24 in and 10.50.0.0/24 out within 2 s of the filter's change; seen: " + Net.GATEWAY.routes("-4", "201"),
            () -> Net.kernel("10.51.0.0/24").isPresent() && Net.kernel("10.50.0.0/24").isEmpty());
        JsonNode after = net.peer("good");
        assertEquals(before.path("session").path("number"), after.path("session").path("number"), "the session stays");
        assertEquals(before.path("flaps"), after.path("flaps"));
        net.write("tombolo.bgp.filter-choosy.cfg", "rule.10.match.prefix = 10.50.0.0/16 le 32\nrule.10.action = accept\ndefault = reject\n");
        Net.awaitKernel("10.50.0.0/24", "10.77.1.10");
    }

    @Test
    void withoutPolicyNothingIsAcceptedOnEbgp() {
        // RFC 8212 §2.
        net.awaitEstablished("no-policy");
        Await.until(Net.EFFECT, () -> "4 routes received from no-policy; seen: " + net.peer("no-policy").path("families"), () -> net.peer("no-policy").path("families").path(0).path("received").asInt() == 4);
        assertEquals(0, net.peer("no-policy").path("families").path(0).path("accepted").asInt());
        assertEquals(0, net.peer("no-policy").path("families").path(0).path("advertised").asInt());
    }

    @Test
    void aNeighbourWithAnotherAsIsToldApartByNumberAndTheOperatorByName() {
        Await.until(Net.SESSION, () -> "both AS numbers in the message; seen: " + net.node().attempt("bgp:peer wrong-as").output(), () -> {
            String text = net.peer("wrong-as").toString();
            return text.contains("TMB-BGP-014") && text.contains(Long.toString(AS)) && text.contains("65099");
        });
        // RFC 4271 §6.2: OPEN Message Error, Bad Peer AS.
        Await.until(Net.SESSION, () -> "BIRD is told so; seen: " + bird.log(), () -> bird.log().contains("wrong_as: Received: Bad peer AS"));
    }

    @Test
    void aWrongMd5KeyIsNamedAsTheLikelyCause() {
        Await.until(Duration.ofSeconds(60), () -> "a word about MD5; seen: " + net.node().attempt("bgp:peer wrong-key").output(), () -> {
            JsonNode peer = net.peer("wrong-key");
            return !peer.path("state").asText().equals("Established") && (peer.path("detail").asText() + peer.path("resets")).contains("MD5");
        });
    }

    @Test
    void theKeyItselfAppearsInNoListing() {
        for (String command : List.of("bgp:peer wrong-key", "bgp:peer --json wrong-key", "bgp:summary --json", "gateway:status")) {
            assertTrue(!net.node().attempt(command).output().contains(Net.KEY), command + " shows the key");
        }
    }

    @Test
    void aNeighbourThatSendsMoreThanItsLimitIsDroppedWithCease1() {
        // RFC 4486 §4: Maximum Number of Prefixes Reached.
        Await.until(Net.SESSION, () -> "the limit in bgp:peer limited; seen: " + net.node().attempt("bgp:peer limited").output(), () -> {
            JsonNode peer = net.peer("limited");
            return !peer.path("state").asText().equals("Established") && peer.path("resets").toString().contains("6/1");
        });
        Await.until(Net.EFFECT, () -> "BIRD is told so; seen: " + bird.log(), () -> bird.log().contains("limited: Received: Maximum number of prefixes reached"));
        assertTrue(Net.GATEWAY.routes("-4", "201").stream().noneMatch(route -> route.contains("via 10.77.1.13 ")), "none of its routes stays in the kernel");
    }

    @Test
    void aStrangersConnectionIsRefusedAndCounted() {
        long before = net.ask("bgp:summary").path("strangersRefused").asLong();
        Command.Result stranger = Net.PEER.attempt("perl", "-MIO::Socket::INET", "-e",
            "$s = IO::Socket::INET->new(LocalAddr => '10.77.1.15', PeerAddr => '10.77.1.1', PeerPort => 179, Timeout => 5) or (print('refused'), exit 0);"
                + " $s->blocking(1); $SIG{ALRM} = sub { print 'still open'; exit 1 }; alarm 5; 1 while sysread($s, $b, 4096); print 'closed';");
        assertTrue(stranger.ok(), stranger::output);
        Await.until(Net.EFFECT, () -> "one stranger more than " + before + "; seen: " + net.ask("bgp:summary").path("strangersRefused"),
            () -> net.ask("bgp:summary").path("strangersRefused").asLong() > before);
        assertTrue(net.established("good"));
    }
}
