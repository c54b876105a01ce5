package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.ExportLimit;
import tombolo.api.config.PeerBfd;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.SecretRef;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

class ConfigFilesTest {
    private static final String PEER = "tombolo.bgp.peer-a.cfg";
    private static final String PEER_B = "tombolo.bgp.peer-b.cfg";
    private static final String FILTER = "tombolo.bgp.filter-f.cfg";
    private static final String GOOD_PEER = "remote-address = 10.0.0.2\nremote-as = 65010\n";
    private final Map<String, Content> now = new HashMap<>();
    private Map<String, String> good = Map.of();

    private ConfigFilesTest file(String name, String text) {
        now.put(name, new Content.Text(text));
        return this;
    }

    private Outcome read() {
        Outcome outcome = ConfigFiles.read(now, good, "host", "/etc/tombolo");
        good = outcome.inForce();
        return outcome;
    }

    private ConfigProblem onlyProblem() {
        List<ConfigProblem> problems = read().problems();
        assertEquals(1, problems.size(), problems.toString());
        return problems.getFirst();
    }

    private void refused(String name, String text, int line, String key, String... words) {
        now.clear();
        good = Map.of();
        ConfigProblem problem = file(name, text).onlyProblem();
        assertEquals(name, problem.file());
        assertEquals(line, problem.line(), problem.toString());
        assertEquals(key, problem.key(), problem.toString());
        for (String word : words) {
            assertTrue(problem.message().contains(word), problem.message() + " should say " + word);
        }
    }

    @Test
    void aLimitOfWhatIsAdvertisedIsByFamilyWithWhatIsHeldBackFirst() {
        assertEquals(Optional.empty(), file(PEER, GOOD_PEER + "export-limit-aggregate = true\n").read().settings().peers().get("a").exportLimit());
        assertEquals(Optional.of(new ExportLimit(Map.of(AddressFamily.IPV4, 4_000, AddressFamily.IPV6, 100), 90, true, List.of(Prefix.parse("10.64.0.0/10"), Prefix.parse("fd00::/8")))),
                file(PEER, GOOD_PEER + "export-limit-ipv4 = 4000\nexport-limit-ipv6 = 100\nexport-limit-warn-percent = 90\nexport-limit-aggregate = true\n"
                        + "export-least-important = 10.64.0.0/10, fd00::/8\n").read().settings().peers().get("a").exportLimit());
        refused(PEER, GOOD_PEER + "export-limit-ipv4 = 0\n", 3, "export-limit-ipv4", "TMB-CFG-004");
    }

    @Test
    void bfdIsOffUntilAskedForAndItsKeysAreChecked() {
        assertEquals(Optional.empty(), file(PEER, GOOD_PEER).read().settings().peers().get("a").bfd());
        PeerBfd usual = file(PEER, GOOD_PEER + "bfd = on\n").read().settings().peers().get("a").bfd().orElseThrow();
        assertEquals(new PeerBfd(false, PeerBfd.Hops.AUTO, 300, 300, 3, Optional.empty()), usual);
        PeerBfd all = file(PEER, GOOD_PEER + "bfd = strict\nbfd-hops = multi\nbfd-transmit-interval = 50\nbfd-receive-interval = 60\nbfd-multiplier = 5\n"
                + "bfd-authentication = meticulous-sha1\nbfd-key-id = 7\nbfd-key-file = secrets/bfd\n").read().settings().peers().get("a").bfd().orElseThrow();
        assertEquals(new PeerBfd(true, PeerBfd.Hops.MULTI, 50, 60, 5, Optional.of(new BfdAuthentication(BfdAuthentication.Kind.METICULOUS_SHA1, 7,
                new SecretRef.InFile("/etc/tombolo/secrets/bfd")))), all);
        refused(PEER, GOOD_PEER + "bfd = maybe\n", 3, "bfd", "off, on or strict");
        refused(PEER, GOOD_PEER + "bfd-multiplier = 1\n", 3, "bfd-multiplier", "2 to 255");
        refused(PEER, GOOD_PEER + "bfd-authentication = md5\n", 3, "bfd-authentication", "keyed-md5");
        refused(PEER, GOOD_PEER + "bfd-authentication = keyed-md5\n", 3, "bfd-authentication", "bfd-key-file");
        refused(PEER, "remote-address = fe80::1\ninterface = e0\nremote-as = 65010\nbfd-hops = multi\n", 4, "bfd-hops", "link-local");
    }

    @Test
    void anEmptyFolderMeansDefaultsWithBgpOff() {
        Outcome outcome = read();
        assertEquals(List.of(), outcome.problems());
        assertFalse(outcome.settings().bgp().enabled());
        assertEquals("host", outcome.settings().node().name());
        assertEquals(254, outcome.settings().node().routeTable());
    }

    @Test
    void everyWayToFindTheNodesAddressIsTakenAndThatOfKubernetesIsRefusedWithWhatToDo() {
        for (String method : List.of("first-found", "can-reach=192.0.2.1", "interface=^eth.*,ens3", "skip-interface=docker.*", "cidr=10.0.0.0/8,192.0.2.0/24")) {
            Outcome outcome = file("tombolo.node.cfg", "ipv4-autodetection = " + method + "\n").read();
            assertEquals(List.of(), outcome.problems());
            assertEquals(method, outcome.settings().node().ipv4Detection());
        }
        refused("tombolo.node.cfg", "ipv4-autodetection = kubernetes-internal-ip\n", 1, "ipv4-autodetection", "no Kubernetes", "ipv4-address", "can-reach=");
        refused("tombolo.node.cfg", "ipv6-autodetection = kubernetes-internal-ip\n", 1, "ipv6-autodetection", "no Kubernetes", "ipv6-address");
        refused("tombolo.node.cfg", "ipv4-autodetection = can-reach=2001:db8::1\n", 1, "ipv4-autodetection");
    }

    @Test
    void aPeerOfTheTwoRequiredKeysHasEveryDefault() {
        Outcome outcome = file(PEER, GOOD_PEER).read();
        assertEquals(List.of(), outcome.problems());
        PeerSettings peer = outcome.settings().peers().get("a");
        assertEquals(new Asn(65010), peer.remoteAs());
        assertEquals(90, peer.holdTimeSeconds());
        assertEquals(List.of(AddressFamily.IPV4), peer.families());
        assertEquals(Optional.empty(), peer.keepaliveSeconds());
        assertEquals(PeerSettings.MaxPrefixesAction.DROP, peer.maxPrefixesAction());
        assertTrue(peer.gracefulRestart());
        assertEquals(PeerSettings.NextHopMode.AUTO, peer.nextHop());
        assertTrue(peer.enforceFirstAs());
        assertEquals(0, peer.delayOpenSeconds());
        assertEquals(120, outcome.settings().bgp().selectionDeferralSeconds());
        assertEquals(8_000_000, outcome.settings().bgp().maxPaths());
    }

    @Test
    void aProblemNamesFileLineKeyValueRangeAndTheNearestKey() {
        refused(PEER, "# comment\n" + GOOD_PEER + "hold-time = 2\n", 4, "hold-time", "TMB-CFG-004", "'2'", "0 or 3 to 65535 s");
        refused(PEER, GOOD_PEER + "hold-tiem = 90\n", 3, "hold-tiem", "TMB-CFG-003", "did you mean hold-time?");
        refused(PEER, "remote-address = 10.0.0.2\n", 0, "remote-as", "TMB-CFG-005", "1 to 4294967295");
        refused(PEER, GOOD_PEER + "remote-as = 65011\n", 3, "remote-as", "TMB-CFG-002", "line 2");
        refused(PEER, GOOD_PEER + "passive yes\n", 3, "", "TMB-CFG-001");
        refused("tombolo.bgp.peers-a.cfg", GOOD_PEER, 0, "", "TMB-CFG-007", "tombolo.bgp.peer-<name>.cfg");
        refused("tombolo.bgp.peer-a b.cfg", GOOD_PEER, 0, "", "TMB-CFG-008");
        refused("tombolo.bgp.cfg", "as = 65000\n", 1, "as", "TMB-CFG-009", "router-id");
    }

    @Test
    void keysThatExcludeOneAnotherAreRefused() {
        refused(PEER, GOOD_PEER + "multihop-ttl = 4\nttl-security-hops = 1\n", 4, "ttl-security-hops", "multihop-ttl (line 3)");
        refused(PEER, GOOD_PEER + "password-file = a\npassword-env = B\n", 4, "password-env", "password-file");
        refused(PEER, GOOD_PEER + "hold-time = 30\nkeepalive-time = 30\n", 4, "keepalive-time", "less than hold-time");
        refused(PEER, GOOD_PEER + "local-address = 2001:db8::1\n", 3, "local-address", "same family");
        refused(PEER, "remote-address = fe80::1\nremote-as = 1\n", 1, "remote-address", "set interface too");
        refused("tombolo.route.static-x.cfg", "prefix = 10.0.0.0/8\nnext-hops = 10.1.1.1\nblackhole = true\n", 3, "blackhole", "next-hops");
        refused("tombolo.route.static-x.cfg", "prefix = 10.0.0.0/8\n", 0, "next-hops", "leads nowhere");
        refused("tombolo.route.static-x.cfg", "prefix = 10.0.0.1/8\nblackhole = true", 1, "prefix", "the prefix is 10.0.0.0/8");
        refused("tombolo.bgp.network-x.cfg", "prefix = 10.0.0.0/8\nnext-hop = ::1", 2, "next-hop", "same family");
    }

    @Test
    void keysThatMeanNothingAloneAreRefused() {
        refused(PEER, GOOD_PEER + "local-as-replace-as = true\n", 3, "local-as-replace-as", "without local-as");
        refused(PEER, GOOD_PEER + "local-as-no-prepend = true\n", 3, "local-as-no-prepend", "without local-as");
        refused(PEER, GOOD_PEER + "local-as = 65010\n", 3, "local-as", "the neighbour's AS too");
        refused(PEER, GOOD_PEER + "default-originate-filter = f\n", 3, "default-originate-filter", "without default-originate");
        refused(PEER, GOOD_PEER + "default-originate = true\ndefault-originate-filter = f\n", 4, "default-originate-filter", "TMB-CFG-010", "'f'");
        refused(PEER, GOOD_PEER + "next-hop = own\n", 3, "next-hop", "auto, self or keep");
        refused(PEER, GOOD_PEER + "delay-open = 241\n", 3, "delay-open", "0 to 240 s");
    }

    /** RFC 4456 §6: only an internal neighbour can be a client. */
    @Test
    void aRouteReflectorClientOfAnotherAsIsRefused() {
        file("tombolo.bgp.cfg", "as = 65000\nrouter-id = 10.0.0.1\ncluster-id = 10.0.0.9\n").file(PEER, GOOD_PEER + "route-reflector-client = true\n");
        ConfigProblem problem = onlyProblem();
        assertEquals("route-reflector-client", problem.key());
        assertTrue(problem.message().contains("RFC 4456"), problem.message());
        file(PEER, "remote-address = 10.0.0.2\nremote-as = 65000\nroute-reflector-client = true\n");
        Outcome outcome = read();
        assertEquals(List.of(), outcome.problems());
        assertTrue(outcome.settings().peers().get("a").routeReflectorClient());
        assertEquals("10.0.0.9", outcome.settings().bgp().clusterId().orElseThrow().toString());
    }

    @Test
    void aPlainSecretIsRefusedWithTheKeyToUseAndIsNeverRepeated() {
        for (String key : List.of("password", "Password", "md5-password", "secret")) {
            now.clear();
            ConfigProblem problem = file(PEER, GOOD_PEER + key + " = hunter2\n").onlyProblem();
            assertTrue(problem.message().contains("password-file") && problem.message().contains("password-env"), problem.message());
            assertFalse(problem.toString().contains("hunter2"));
        }
        now.clear();
        assertFalse(file(PEER, GOOD_PEER + "password-env = hunter2!\n").onlyProblem().toString().contains("hunter2"));
        now.clear();
        assertFalse(file(PEER, GOOD_PEER + "password hunter2\n").onlyProblem().toString().contains("hunter2"));
        now.clear();
        assertFalse(file(PEER, GOOD_PEER + "pasword-fil = hunter2\n").onlyProblem().toString().contains("hunter2"));
    }

    @Test
    void aProblemIsOneLineThatBeginsWithItsCode() {
        ConfigProblem problem = file(PEER, GOOD_PEER + "a\u001b[2J\u2028b = 1\n").onlyProblem();
        assertTrue(ProblemText.of(problem).startsWith("TMB-CFG-003 " + PEER + ":3 a?[2J?b: there is no such key"), ProblemText.of(problem));
    }

    @Test
    void aSecretFileIsRelativeToTheFolder() {
        Outcome outcome = file(PEER, GOOD_PEER + "password-file = secrets/a\n").file(PEER_B, "remote-address = 10.0.0.3\nremote-as = 1\npassword-file = /run/b")
                .read();
        assertEquals(Optional.of(new SecretRef.InFile("/etc/tombolo/secrets/a")), outcome.settings().peers().get("a").password());
        assertEquals(Optional.of(new SecretRef.InFile("/run/b")), outcome.settings().peers().get("b").password());
    }

    @Test
    void everyProblemOfAFileIsListedAndNothingOfItIsInForce() {
        Outcome outcome = file(PEER, "remote-address = x\nhold-time = 1\nbogus = 1\n").read();
        assertEquals(4, outcome.problems().size(), outcome.problems().toString());
        assertTrue(outcome.settings().peers().isEmpty());
        assertEquals(Map.of(), outcome.inForce());
    }

    @Test
    void aBadVersionLeavesTheLastGoodOneInForceAndAGoodOneReplacesIt() {
        file(PEER, GOOD_PEER).read();
        Outcome bad = file(PEER, GOOD_PEER + "hold-time = no\n").read();
        assertEquals(1, bad.problems().size());
        assertEquals(90, bad.settings().peers().get("a").holdTimeSeconds());
        assertEquals(GOOD_PEER, bad.inForce().get(PEER));
        assertEquals(30, file(PEER, GOOD_PEER + "hold-time = 30\n").read().settings().peers().get("a").holdTimeSeconds());
        now.put(PEER, new Content.Unreadable("no"));
        assertEquals(30, read().settings().peers().get("a").holdTimeSeconds());
    }

    @Test
    void aDeletedFileTakesEffect() {
        file(PEER, GOOD_PEER).read();
        now.remove(PEER);
        Outcome outcome = read();
        assertEquals(Set.of(), outcome.settings().peers().keySet());
        assertEquals(List.of(), outcome.problems());
        assertEquals(Map.of(), outcome.inForce());
    }

    @Test
    void aPeerThatNamesAMissingFilterIsRefusedWithAHint() {
        file("tombolo.bgp.filter-onprem-in.cfg", "default = accept\n");
        ConfigProblem problem = file(PEER, GOOD_PEER + "import = onprem-inn\n").onlyProblem();
        assertEquals(3, problem.line());
        assertTrue(problem.message().contains("did you mean onprem-in?"), problem.message());
        assertTrue(read().settings().peers().isEmpty());
    }

    @Test
    void aDeletedFilterStaysWhileAPeerNamesItEvenOverAnEditOfThatPeer() {
        file(FILTER, "default = accept\n").file(PEER, GOOD_PEER + "import = f\n").read();
        now.remove(FILTER);
        ConfigProblem problem = onlyProblem();
        assertEquals(FILTER, problem.file());
        assertTrue(problem.message().contains(PEER), problem.message());
        Outcome edited = file(PEER, GOOD_PEER + "import = f\npassive = true\n").read();
        assertEquals(Set.of("f"), edited.settings().filters().keySet());
        assertTrue(edited.settings().peers().get("a").passive());
        Outcome released = file(PEER, GOOD_PEER).read();
        assertEquals(List.of(), released.problems());
        assertEquals(Set.of(), released.settings().filters().keySet());
    }

    @Test
    void ofTwoPeersWithOneAddressTheNewerIsRefusedWhateverTheirNames() {
        file(PEER_B, GOOD_PEER).read();
        Outcome outcome = file(PEER, GOOD_PEER).read();
        assertEquals(Set.of("b"), outcome.settings().peers().keySet());
        assertEquals(PEER, outcome.problems().getFirst().file());
        assertTrue(outcome.problems().getFirst().message().contains(PEER_B));
    }

    @Test
    void aPrefixIsOriginatedAndRoutedOnce() {
        file("tombolo.bgp.network-a.cfg", "prefix = 10.0.0.0/8").file("tombolo.bgp.network-b.cfg", "prefix = 10.0.0.0/8");
        assertTrue(onlyProblem().message().contains("tombolo.bgp.network-a.cfg"));
        now.clear();
        file("tombolo.route.static-a.cfg", "prefix = 10.0.0.0/8\nblackhole = true").file("tombolo.route.static-b.cfg",
                "prefix = 10.0.0.0/8\nblackhole = true\nmetric = 9");
        assertEquals(List.of(), read().problems());
        file("tombolo.route.static-c.cfg", "prefix = 10.0.0.0/8\nblackhole = true\nmetric = 9");
        assertEquals("tombolo.route.static-c.cfg", onlyProblem().file());
    }

    @Test
    void twoPeersMayChangeTheirAddressesWithEachOther() {
        String other = "remote-address = 10.0.0.3\nremote-as = 65010\n";
        file(PEER, GOOD_PEER).file(PEER_B, other).read();
        Outcome half = file(PEER, other).read();
        assertEquals("10.0.0.2", half.settings().peers().get("a").remoteAddress().toString());
        Outcome whole = file(PEER_B, GOOD_PEER).read();
        assertEquals(List.of(), whole.problems());
        assertEquals("10.0.0.3", whole.settings().peers().get("a").remoteAddress().toString());
        assertEquals("10.0.0.2", whole.settings().peers().get("b").remoteAddress().toString());
    }

    @Test
    void linkLocalNeighboursOfTwoInterfacesMayShareAnAddress() {
        assertEquals(List.of(), file(PEER, "remote-address = fe80::1\ninterface = eth0\nremote-as = 1").file(PEER_B,
                "remote-address = fe80::1\ninterface = eth1\nremote-as = 1").read().problems());
    }

    /** RFC 7705 §3. */
    @Test
    void localAsTowardsAnIbgpNeighbourIsRefused() {
        file("tombolo.bgp.cfg", "as = 65010\nrouter-id = 1.1.1.1\n");
        assertEquals("local-as", file(PEER, GOOD_PEER + "local-as = 64999\n").onlyProblem().key());
    }

    @Test
    void theOutcomeDoesNotDependOnTheOrderOfGoodEdits() {
        Map<String, String> files = Map.of(FILTER, "default = accept\n", PEER, GOOD_PEER + "import = f\n", "tombolo.bgp.cfg",
                "as = 65000\nrouter-id = 1.1.1.1\n");
        List<String> names = List.copyOf(files.keySet());
        Set<Object> outcomes = new java.util.HashSet<>();
        for (int first = 0; first < 3; first++) {
            for (int second = 0; second < 3; second++) {
                if (first != second) {
                    now.clear();
                    good = Map.of();
                    for (int index : new int[] {first, second, 3 - first - second}) {
                        file(names.get(index), files.get(names.get(index))).read();
                    }
                    outcomes.add(read());
                }
            }
        }
        assertEquals(1, outcomes.size());
    }
}
