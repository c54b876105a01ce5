package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Layer3;
import tombolo.api.config.CircuitSettings.Model;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.SecretRef;
import tombolo.api.subinterface.Subinterface;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

/** {@code tombolo.expressroute.circuit-<name>.cfg}. */
class CircuitFileTest {
    private static final String LEAST = """
            subscription = main
            resource-group = rg-er
            location = westeurope
            provider = Equinix
            peering-location = Amsterdam
            bandwidth = 1000
            """;
    private static final String PRIVATE = """
            private-vlan = 100
            private-primary = 172.16.0.0/30
            private-secondary = 172.16.0.4/30
            private-peer-asn = 65010
            """;
    private static final String MICROSOFT = """
            microsoft-vlan = 200
            microsoft-primary = 203.0.113.0/30
            microsoft-secondary = 203.0.113.4/30
            microsoft-peer-asn = 3320
            microsoft-prefixes = 198.51.100.0/24
            """;

    private static Outcome read(String text) {
        return ConfigFiles.read(Map.of("tombolo.expressroute.circuit-er-1.cfg", new Content.Text(text)), Map.of(), "host", "/etc");
    }

    @Test
    void theLeastFileIsAStandardMeteredCircuitNamedAsTheFile() {
        Outcome outcome = read(LEAST);
        assertEquals(List.of(), outcome.problems());
        CircuitSettings circuit = outcome.settings().circuits().get("er-1");
        assertEquals("er-1", circuit.circuit());
        assertEquals(Tier.STANDARD, circuit.tier());
        assertEquals(Layer3.CUSTOMER, circuit.layer3());
        assertEquals(Optional.empty(), circuit.privatePeering());
    }

    @Test
    void everyKeyOfAPeeringIsReadAndTheProviderRunsLayer3OfAnIpVpn() {
        Outcome outcome = read(LEAST + PRIVATE + MICROSOFT + "private-primary-ipv6 = fd00::/126\nprivate-secondary-ipv6 = fd00::4/126\nprivate-key-file = er.key\n"
                + "microsoft-communities = 12076:51004, 12076:entra-id\nmodel = ip-vpn\nlinks = rg-hub/gw-hub\nlink-weight = 10\nprefix-least-important = 10.64.0.0/10\n");
        assertEquals(List.of(), outcome.problems());
        CircuitSettings circuit = outcome.settings().circuits().get("er-1");
        assertEquals(Model.IP_VPN, circuit.model());
        assertEquals(Layer3.PROVIDER, circuit.layer3());
        assertEquals(Optional.of(new SecretRef.InFile("/etc/er.key")), circuit.privatePeering().orElseThrow().sharedKey());
        assertTrue(circuit.privatePeering().orElseThrow().ipv6().isPresent());
        assertEquals(List.of("12076:51004", "12076:5060"), circuit.microsoft().orElseThrow().communities());
        assertEquals("gw-hub", circuit.links().getFirst().name());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bandwidth = 300|bandwidth", "tier = local|tier", "location = West Europe|location", "links = gw-hub|links", "private-primary = 172.16.0.0/30|private-primary",
        "microsoft-prefixes = 198.51.100.0/24|microsoft-prefixes", "key = secret|key"})
    void whatCannotBeMeantIsRefusedWithItsKey(String line, String key) {
        List<ConfigProblem> problems = read(LEAST.replaceAll("(?m)^" + line.split(" ")[0] + " =.*\n", "") + line + "\n").problems();
        assertEquals(List.of(key), problems.stream().map(ConfigProblem::key).toList(), problems.toString());
    }

    /** Each of Azure's rules for a peering. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "private-vlan = 4095|private-vlan", "private-primary = 172.16.0.0/29|private-primary", "private-primary = fd00::/126|private-primary", "private-secondary = 172.16.0.0/30|private-secondary",
        "private-peer-asn = 12076|private-peer-asn", "private-peer-asn = 65515|private-peer-asn", "private-peer-asn = 65520|private-peer-asn", "private-peer-asn = 23456|private-peer-asn",
        "private-peer-asn = 64500|private-peer-asn", "private-peer-asn = 4294967295|private-peer-asn", "private-primary-ipv6 = fd00::/126|private-secondary-ipv6",
        "vnet-prefixes = 172.16.0.0/16|private-primary,private-secondary", "microsoft-vlan = 100|microsoft-vlan", "microsoft-primary = 10.0.0.0/30|microsoft-primary",
        "microsoft-prefixes = 10.0.0.0/8|microsoft-prefixes", "microsoft-prefixes = 0.0.0.0/0|microsoft-prefixes", "microsoft-communities = 65000:1|microsoft-communities",
        "microsoft-prefixes = 2001:db8::/48|microsoft-prefixes,microsoft-prefixes", "microsoft-prefixes = 198.51.100.0/24, 2001:db8::/48|microsoft-prefixes"})
    void aPeeringThatAzureWouldRefuseIsRefusedHere(String line, String keys) {
        List<ConfigProblem> problems = read(LEAST + (PRIVATE + MICROSOFT).replaceAll("(?m)^" + line.split(" ")[0] + " =.*\n", "") + line + "\n").problems();
        assertEquals(List.of(keys.split(",")), problems.stream().map(ConfigProblem::key).sorted().toList(), problems.toString());
    }

    @Test
    void theLinksOfMicrosoftPeeringArePublicInBothFamilies() {
        assertEquals(List.of(), read(LEAST + MICROSOFT.replace("198.51.100.0/24", "198.51.100.0/24, 2001:db8::/48") + "microsoft-primary-ipv6 = 2001:db8:1::/126\nmicrosoft-secondary-ipv6 = 2001:db8:1::4/126\n").problems());
        assertEquals(List.of("microsoft-primary-ipv6", "microsoft-secondary-ipv6"), read(LEAST + MICROSOFT + "microsoft-primary-ipv6 = fd00::/126\nmicrosoft-secondary-ipv6 = fd00::4/126\n").problems().stream()
                .map(ConfigProblem::key).sorted().toList());
    }

    @ParameterizedTest
    @CsvSource({"private-primary", "private-secondary", "private-peer-asn"})
    void aPeeringNeedsItsSubnetsAndItsAs(String key) {
        assertEquals(List.of(key), read(LEAST + PRIVATE.replaceAll("(?m)^" + key + " =.*\n", "")).problems().stream().map(ConfigProblem::key).toList());
    }

    @Test
    void everyErrorIsNamedAtOnce() {
        assertEquals(3, read(LEAST + PRIVATE.replace("65010", "65515").replace("172.16.0.4/30", "172.16.0.0/30") + "tier = local\n").problems().size());
    }

    @Test
    void twoFilesDoNotDescribeOneCircuit() {
        Outcome outcome = ConfigFiles.read(Map.of("tombolo.expressroute.circuit-a.cfg", new Content.Text(LEAST + "circuit-name = ER-1\n"), "tombolo.expressroute.circuit-b.cfg",
                new Content.Text(LEAST + "circuit-name = er-1\n")), Map.of(), "host", "/etc");
        assertEquals(List.of("TMB-CFG-011"), outcome.problems().stream().map(problem -> problem.message().substring(0, 11)).toList());
        assertEquals(1, outcome.settings().circuits().size());
    }

    @Test
    void whatStandsOnThisNodeIsReadWithBothLinksTheirTagsAndTheSessions() {
        Outcome outcome = read(LEAST + PRIVATE + """
                primary-interface = eth1
                secondary-interface = eth2
                encapsulation = qinq
                outer-protocol = 802.1q
                primary-outer-vlan = 30
                secondary-outer-vlan = 31
                link-mtu = 1400
                tcp-mss = 1350
                bfd = strict
                bfd-interval = 750
                private-advertise = 10.64.0.0/12 le 26, 10.1.0.0/16
                apply = automatic
                apply-cuts = true
                poll-interval = 120
                """);
        assertEquals(List.of(), outcome.problems());
        CircuitSettings circuit = outcome.settings().circuits().get("er-1");
        assertEquals(Optional.of(new CircuitSettings.Port("eth2", OptionalInt.of(31), Optional.empty())), circuit.node().secondary());
        assertEquals(Subinterface.Protocol.DOT1Q, circuit.node().outerProtocol());
        assertEquals(Optional.of(new CircuitSettings.Bfd(true, 750, 3)), circuit.node().bfd());
        assertEquals(List.of(1_400, 1_350), List.of(circuit.node().mtu(), circuit.node().tcpMss().orElse(0)));
        assertEquals(2, circuit.node().privateRoutes().advertise().size());
        assertEquals(new CircuitSettings.Applying(true, false, true, 120), circuit.applying());
    }

    @Test
    void vxlanStandsForTagsWithAPortForEachLink() {
        Outcome outcome = read(LEAST + PRIVATE + "encapsulation = vxlan\nprimary-interface = a\nprimary-vxlan-remote = 192.0.2.2\nsecondary-interface = b\nsecondary-vxlan-remote = 198.51.100.2\n");
        assertEquals(List.of(), outcome.problems());
        CircuitSettings.Node node = outcome.settings().circuits().get("er-1").node();
        assertEquals(List.of(4789, 4790), List.of(node.primary().orElseThrow().vxlan().orElseThrow().port(), node.secondary().orElseThrow().vxlan().orElseThrow().port()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "apply-costs = true | TMB-CFG-009 | apply-costs",
        "private-vlan = 100;encapsulation = qinq;primary-interface = eth1 | TMB-CFG-005 | primary-outer-vlan",
        "private-vlan = 100;encapsulation = vxlan;primary-interface = eth1 | TMB-CFG-005 | primary-vxlan-remote",
        "private-vlan = 100;primary-interface = eth1;secondary-interface = eth1 | TMB-CFG-011 | secondary-interface",
        "encapsulation = vxlan;primary-interface = a;secondary-interface = b;primary-vxlan-remote = 192.0.2.2;secondary-vxlan-remote = 192.0.2.3;primary-vxlan-port = 4790 | TMB-CFG-011 | secondary-vxlan-port",
        "microsoft-export = x | TMB-CFG-009 | microsoft-export",
        "private-advertise = 10.0.0.0/8;private-export = x | TMB-CFG | private-export",
        "tcp-mss = 100 | TMB-CFG-004 | tcp-mss"})
    void whatDoesNotFitOnThisNodeIsNamed(String lines, String code, String key) {
        Outcome outcome = read(LEAST + PRIVATE.replace("private-vlan = 100\n", lines.contains("private-vlan") ? "" : "private-vlan = 100\n") + lines.replace(';', '\n'));
        assertTrue(outcome.problems().stream().anyMatch(problem -> problem.key().equals(key) && problem.message().startsWith(code)), outcome.problems().toString());
    }
}
