package tombolo.bgp.session.daemon;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sessions with BIRD 2 over a veth pair. */
@Execution(ExecutionMode.CONCURRENT)
class BirdTest {
    private static final String HEAD = """
            router id 10.9.9.2;
            protocol device { }
            protocol static s4 { ipv4; route 192.0.2.0/24 blackhole; route 198.51.100.0/24 blackhole; }
            protocol static s6 { ipv6; route 2001:db8:1::/48 blackhole; }
            """;

    /** On a busy machine; neither the hold time (90 s) nor the retry time (60 s) has gone by. */
    private static final Duration AT_ONCE = Duration.ofSeconds(15);

    @BeforeAll
    static void needsRootAndBird() {
        assumeTrue(Lab.possible("/usr/sbin/bird"), "skipped: needs root and the package bird2");
    }

    @Test
    void sessionsOfBothFamiliesWithMd5ComeUpAndUpdatesArriveAndMessagesLeave() throws IOException {
        try (Lab lab = new Lab()) {
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
            Lab.eventually("BIRD has the route", () -> lab.birdc("show", "route", "203.0.113.0/24").contains("via 10.9.9.1"));
            assertTrue(lab.birdc("show", "protocols", "g6").contains("Established"));
        }
    }

    private static final String PEER = "protocol bgp g4 { local 10.9.9.2 as 65002; neighbor 10.9.9.1 as 65001; ipv4 { import all; export all; }; connect delay time 1;"
            + " connect retry time 2; error wait time 1,2; %s }\n";

    private static String bird(String options) {
        return HEAD + PEER.formatted(options);
    }

    @Test
    void onePassiveSideIsEnoughInEitherDirection() throws IOException {
        try (Lab lab = new Lab()) {
            Process bird = lab.bird(bird("passive yes;"));
            Lab.Node active = lab.node("p.address=10.9.9.2", "p.as=65002");
            active.await("up p .*");
            active.tell("stop");
            active.await("stopped");
            Lab.stop(bird, false);
            lab.bird(bird(""));
            Lab.Node passive = lab.node("p.address=10.9.9.2", "p.as=65002", "p.passive=true");
            passive.await("up p .*");
        }
    }

    /** RFC 4271 §8.2.2, event 20: the peer's OPEN is answered at once, however long ours would wait. Where both wait, the timer ends it (event 12). */
    @Test
    void aDelayedOpenComesWithThePeersOrWithItsTimer() throws IOException {
        try (Lab lab = new Lab()) {
            Process bird = lab.bird(bird(""));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "p.delay-open=200");
            node.await("up p .*");
            node.tell("stop");
            node.await("stopped");
            Lab.stop(bird, false);
            lab.bird(bird("passive yes;"));
            Lab.Node timed = lab.node("p.address=10.9.9.2", "p.as=65002", "p.delay-open=1");
            timed.await("up p .*");
        }
    }

    @Test
    void aSessionSurvivesThatBothSidesConnectAtOnce() throws IOException { // RFC 4271 §6.8
        try (Lab lab = new Lab()) {
            lab.bird(HEAD + """
                    protocol bgp g4 { local 10.9.9.2 as 65002; neighbor 10.9.9.1 as 65001; ipv4 { import all; export all; }; connect delay time 0; error wait time 1,1; }
                    """);
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002");
            node.await("up p .*");
            for (int i = 0; i < 5; i++) {
                node.tell("reset p");
                node.await("down p .*");
                node.await("up p .*");
            }
            node.awaitStatus("status p ESTABLISHED flaps=5 .*", Lab.LIMIT);
        }
    }

    @Test
    void aSilentPeerEndsByTheHoldTimerAndComesBack() throws IOException { // RFC 4271 §6.5
        try (Lab lab = new Lab()) {
            lab.bird(bird("hold time 3;"));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "p.no-gr=true");
            node.await("up p .* hold=3 .*");
            lab.inB("nft", "add table inet t; add chain inet t c { type filter hook output priority 0; policy drop; }");
            node.await("down p graceful=false nothing came for the hold time of 3 s");
            node.tell("resets");
            node.await("reset p ESTABLISHED nothing came .* \\| 4/0 Hold Timer Expired sent=true");
            lab.inB("nft", "delete table inet t");
            node.await("up p .*");
        }
    }

    @Test
    void lossOfTheInterfaceEndsTheSessionAtOnceAndItsReturnConnectsAtOnce() throws IOException {
        try (Lab lab = new Lab()) {
            lab.bird(bird(""));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "p.interface=v0", "p.retry=60");
            node.await("up p .*");
            node.tell("link v0 down");
            node.await("down p graceful=false interface v0 lost carrier", AT_ONCE);
            node.awaitStatus("status p IDLE .* detail=interface v0 lost carrier", AT_ONCE);
            node.tell("link v0 up");
            node.await("up p .*", AT_ONCE);
        }
    }

    @Test
    void aPeerThatWasKilledAndRestartedKeepsGracefulRestart() throws IOException { // RFC 4724 §4.2
        try (Lab lab = new Lab()) {
            Process bird = lab.bird(bird("graceful restart on;"));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002");
            node.await("up p .*gr=Optional\\[GracefulRestart\\[restarting=false, notification=.*");
            Lab.stop(bird, true);
            node.await("down p graceful=true .*");
            lab.bird(bird("graceful restart on;"));
            node.await("up p .*");
        }
    }

    @Test
    void aStopKeepsRoutesAtAGracefulPeerAndTheNextStartSaysSo() throws IOException { // RFC 4724 §4.1
        try (Lab lab = new Lab()) {
            lab.bird(bird("graceful restart on;"));
            Lab.Node first = lab.node("p.address=10.9.9.2", "p.as=65002");
            first.await("up p .*");
            assertTrue(lab.birdc("show", "protocols", "all", "g4").contains("Neighbor capabilities"));
            first.tell("stop");
            first.await("stopped");
            Lab.eventually("BIRD waits for our restart", () -> lab.birdc("show", "protocols", "all", "g4").contains("Neighbor graceful restart active"));
            Lab.Node second = lab.node("p.address=10.9.9.2", "p.as=65002");
            second.await("up p .*");
            String seen = lab.birdc("show", "protocols", "all", "g4");
            assertTrue(seen.contains("Restart recovery") || seen.contains("AF preserved"), seen);
        }
    }

    @Test
    void operatorsTextsGoBothWays() throws IOException { // RFC 9003
        try (Lab lab = new Lab()) {
            lab.bird(bird(""));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "p.no-gr=true");
            node.await("up p .*");
            node.tell("shutdown p change 4711");
            node.await("down p graceful=false change 4711");
            Lab.eventually("BIRD shows our text", () -> lab.birdc("show", "protocols", "all", "g4").contains("Administrative shutdown"));
            node.awaitStatus("status p IDLE .*detail=change 4711", Lab.LIMIT);
            node.tell("enable p");
            node.await("up p .*");
            lab.birdc("disable", "g4", "\"back soon\"");
            node.await("down p .*Administrative Shutdown: \"back soon\"");
        }
    }

    @Test
    void wrongSettingsHaveTheirOwnMessages() throws IOException {
        try (Lab lab = new Lab()) {
            lab.bird(bird(""));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65010");
            node.awaitStatus("status p .*TMB-BGP-014 peer p .*OPEN says AS 65002, configured 65010. Set remote-as in etc/tombolo.bgp.peer-p.cfg or fix the peer.*", Lab.LIMIT);
            node.tell("set p.as 65002");
            node.await("up p .*");
            node.tell("set p.families IPV6");
            node.await("down p .*its configuration changed");
            node.awaitStatus("status p .*TMB-BGP-016 .*no common address family: OPEN offers ipv4, configured ipv6.*", Lab.LIMIT);
            node.tell("set p.families IPV4");
            node.await("up p .*");
            node.tell("set p.description only text"); // not the session's concern
            node.tell("set as 65003");
            node.awaitStatus("status p .*does not expect AS 65003 of us.*", Lab.LIMIT);
            node.tell("unset p");
            node.await("removed p");
        }
    }

    @Test
    void aWrongKeyIsInferredFromTheKernelsCounters() throws IOException { // RFC 2385
        try (Lab lab = new Lab()) {
            String key = lab.file("key", "ours\n").toString();
            lab.bird(bird("password \"theirs\";"));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "p.password-file=" + key);
            node.awaitStatus("status p .*TMB-BGP-012 .*wrong MD5 signature.*", Duration.ofSeconds(40));
            lab.file("key", "theirs\n");
            node.await("up p .*", Duration.ofSeconds(40));
        }
    }

    @Test
    void ttlSecurityLetsANeighbourInAndKeepsTheDistantOut() throws IOException { // RFC 5082 §3
        try (Lab lab = new Lab()) {
            lab.bird(bird("ttl security on;") + """
                    protocol bgp g6 { local fd00:9::2 as 65002; neighbor fd00:9::1 as 65001; ttl security on; ipv6 { import all; export all; }; connect delay time 1; }
                    """);
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "p.gtsm=1", "q.address=fd00:9::2", "q.as=65002", "q.gtsm=1");
            node.await("up [pq] .*");
            node.await("up [pq] .*");
        }
    }

    @Test
    void aLinkLocalNeighbourIsReachedThroughItsInterface() throws IOException { // RFC 2545 §3
        try (Lab lab = new Lab()) {
            lab.inA("ip", "addr", "add", "fe80::1/64", "dev", "v0", "nodad");
            lab.inB("ip", "addr", "add", "fe80::2/64", "dev", "v0", "nodad");
            lab.bird(HEAD + """
                    protocol bgp g6 { local fe80::2 as 65002; neighbor fe80::1%v0 as 65001; ipv6 { import all; export all; }; connect delay time 1; }
                    """);
            Lab.Node node = lab.node("p.address=fe80::2", "p.as=65002", "p.interface=v0");
            node.await("up p .*local=fe80:.* ll=Optional\\[fe80:.*");
        }
    }

    @Test
    void aSwapOfTheConsumerKeepsTheSessionAndLosesNothing() throws IOException {
        try (Lab lab = new Lab()) {
            lab.bird(bird("passive yes;")); // one side connects: no collision ends a session here
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002", "detached=true");
            node.awaitStatus("status p IDLE .*waiting for gateway-bgp.*", Lab.LIMIT);
            node.tell("attach");
            node.await("up p resumed=false .*");
            node.await("messages p .*");
            node.tell("detach");
            node.await("detached");
            lab.birdc("disable", "s4");
            node.awaitStatus("status p ESTABLISHED .*", Lab.LIMIT);
            node.tell("attach");
            node.await("up p resumed=true .*");
            node.await("messages p .*");
            node.awaitStatus("status p ESTABLISHED flaps=0 .*", Lab.LIMIT);
        }
    }

    @Test
    void aDrainEndsEverySessionAndStaysDown() throws IOException {
        try (Lab lab = new Lab()) {
            lab.bird(bird(""));
            Lab.Node node = lab.node("p.address=10.9.9.2", "p.as=65002");
            node.await("up p .*");
            node.tell("drain maintenance");
            node.await("drained");
            node.awaitStatus("status p IDLE .*", Lab.LIMIT);
        }
    }
}
