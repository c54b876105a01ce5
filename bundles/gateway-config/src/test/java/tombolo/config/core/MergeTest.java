package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.ConfigEntry.Shadowed;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.config.SecretRef;
import tombolo.api.net.Asn;
import tombolo.config.core.Merge.Merged;

class MergeTest {
    private final Map<String, ConfigFiles.Content> files = new HashMap<>();
    private final List<Part> parts = new ArrayList<>();

    private MergeTest file(String name, String text) {
        files.put(name, new ConfigFiles.Content.Text(text));
        return this;
    }

    private MergeTest part(Kind kind, String name, Level level, String origin, String... values) {
        parts.add(new Part(kind, name, level, origin, map(values)));
        return this;
    }

    private static Map<String, String> map(String... values) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < values.length; i += 2) {
            map.put(values[i], values[i + 1]);
        }
        return map;
    }

    private MergeTest peer(String name, Level level, String origin, String address, String as, String... more) {
        List<String> values = new ArrayList<>(List.of("remote-address", address, "remote-as", as));
        values.addAll(List.of(more));
        return part(Kind.PEER, name, level, origin, values.toArray(String[]::new));
    }

    private Merged merge(List<Contribution> contributions) {
        ConfigFiles.Outcome outcome = ConfigFiles.read(files, Map.of(), "host", "/etc/tombolo");
        assertEquals(List.of(), outcome.problems());
        return Merge.of(outcome, contributions, "host", "/etc/tombolo");
    }

    private Merged merge() {
        return merge(List.of(new Contribution("resources", parts)));
    }

    private static ConfigEntry inForce(Merged merged, String key) {
        return merged.entries().stream().filter(entry -> entry.key().equals(key) && entry.shadowedBy().isEmpty()).findFirst().orElseThrow(() ->
                new AssertionError("no " + key + " in " + merged.entries()));
    }

    /** Everything of the files is still there when others have had their say. */
    @Test
    void whatOnlyFilesSayPassesThroughUnchanged() {
        Merged merged = file("tombolo.cni.cfg", "enabled = true\nsocket = /run/x/cni.sock\n").file("tombolo.datastore.cfg", "directory = elsewhere\n").merge();
        assertEquals("/run/x/cni.sock", merged.settings().cni().socket());
        assertEquals("elsewhere", merged.settings().datastore().directory());
    }

    @Test
    void parametersMergeKeyByKeyEtcOverNodeOverSelectorOverDefaultOverBuiltIn() {
        Merged merged = file("tombolo.bgp.cfg", "as = 65000\nrouter-id = 192.0.2.1\n")
                .part(Kind.BGP, "", Level.GLOBAL, "BGPConfiguration(default)", "as", "64512", "port", "1179", "multipath-ebgp", "2", "multipath-ibgp", "2")
                .part(Kind.BGP, "", Level.SELECTOR, "some(selected)", "multipath-ebgp", "4", "port", "2179")
                .part(Kind.BGP, "", Level.NODE, "BGPConfiguration(node.host)", "port", "3179").merge();
        assertEquals(List.of(), merged.problems());
        assertEquals(Optional.of(new Asn(65000)), merged.settings().bgp().as());
        assertEquals(3179, merged.settings().bgp().port());
        assertEquals(4, merged.settings().bgp().multipathEbgp());
        assertEquals(2, merged.settings().bgp().multipathIbgp());
        assertEquals(new ConfigEntry("bgp.as", "65000", "tombolo.bgp.cfg:1", List.of(new Shadowed("64512", "BGPConfiguration(default)")), Optional.empty()),
                inForce(merged, "bgp.as"));
        assertEquals(List.of("2179 some(selected)", "1179 BGPConfiguration(default)", "179 built in"),
                inForce(merged, "bgp.port").shadows().stream().map(shadow -> shadow.value() + " " + shadow.source()).toList());
        assertEquals("built in", inForce(merged, "bgp.default-local-preference").source());
    }

    @Test
    void ofPeersWithOneAddressTheHeaviestIsTakenWholeAndTheOthersAreShownAsShadowed() {
        List<Level> levels = new ArrayList<>(List.of(Level.values()));
        levels.forEach(level -> peer("p-" + level, level, "BGPPeer(" + level + ")", "10.0.0.2", "65010", "hold-time", "30"));
        file("tombolo.bgp.peer-a.cfg", "remote-address = 10.0.0.2\nremote-as = 65011\n");
        Merged merged = merge();
        assertEquals(Set.of("p-CIRCUIT"), merged.settings().peers().keySet());
        parts.removeIf(part -> part.level() == Level.CIRCUIT);
        merged = merge();
        assertEquals(Set.of("a"), merged.settings().peers().keySet());
        assertEquals(90, merged.settings().peers().get("a").holdTimeSeconds(), "the winner is taken whole, without the loser's hold-time");
        assertEquals(List.of("BGPPeer(NODE)", "BGPPeer(SELECTOR)", "BGPPeer(GLOBAL)", "BGPPeer(MESH)"),
                inForce(merged, "bgp.peer-a.remote-as").shadows().stream().map(Shadowed::source).toList());
        ConfigEntry loser = merged.entries().stream().filter(entry -> entry.key().equals("bgp.peer-p-MESH.hold-time")).findFirst().orElseThrow();
        assertEquals(Optional.of("bgp.peer-a of tombolo.bgp.peer-a.cfg"), loser.shadowedBy());
        files.clear();
        assertEquals(Set.of("p-NODE"), merge().settings().peers().keySet());
    }

    @Test
    void theOrderInWhichPartsAndSourcesSpeakDoesNotMatter() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        file("tombolo.bgp.cfg", "as = 65000\nrouter-id = 192.0.2.1\n").file("tombolo.bgp.network-n.cfg", "prefix = 10.9.0.0/16\n");
        for (int i = 0; i < 40; i++) {
            Level level = Level.values()[random.nextInt(5)];
            peer("p" + random.nextInt(20), level, "BGPPeer(" + i + ")", "10.0.0." + random.nextInt(1, 12), "65010");
            part(Kind.NETWORK, "n" + i, level, "block " + i, "prefix", "10." + random.nextInt(5, 12) + ".0.0/16");
            part(Kind.BGP, "", level, "config " + i, "port", Integer.toString(1000 + i));
        }
        Merged first = merge();
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(parts, random);
            Merged again = merge();
            assertEquals(first.settings(), again.settings(), "seed " + seed);
            assertEquals(first.entries(), again.entries(), "seed " + seed);
        }
        List<Contribution> two = new ArrayList<>(List.of(new Contribution("a", parts.subList(0, 60)), new Contribution("b", parts.subList(60, 120))));
        Merged forward = merge(two);
        Collections.reverse(two);
        assertEquals(forward.settings(), merge(two).settings(), "seed " + seed);
    }

    @Test
    void aSourceNamesItsOwnFiltersAndThoseOfEtcByFileSlashName() {
        file("tombolo.bgp.filter-f.cfg", "default = accept\n");
        part(Kind.FILTER, "f", Level.GLOBAL, "BGPFilter(f)", "default", "reject");
        peer("p", Level.GLOBAL, "BGPPeer(p)", "10.0.0.2", "65010", "import", "file/f, f", "password-file", "secrets/a/b");
        Merged merged = merge();
        assertEquals(List.of(), merged.problems());
        assertEquals(Set.of("f", "resources/f"), merged.settings().filters().keySet());
        assertEquals(List.of("f", "resources/f"), merged.settings().peers().get("p").importFilters());
        assertEquals(Optional.of(new SecretRef.InFile("/etc/tombolo/secrets/a/b")), merged.settings().peers().get("p").password());
        assertEquals("(hidden)", inForce(merged, "bgp.peer-p.password-file").value());
        assertEquals("reject", inForce(merged, "bgp.filter-resources/f.default").value());
    }

    @Test
    void aPartThatDoesNotFitIsLeftOutAndReportedAndTheFilesAreInForceAllTheSame() {
        file("tombolo.bgp.cfg", "as = 65000\nrouter-id = 192.0.2.1\n").file("tombolo.bgp.peer-a.cfg", "remote-address = 10.0.0.2\nremote-as = 65011\n");
        peer("unfiltered", Level.NODE, "BGPPeer(unfiltered)", "10.0.0.3", "65010", "import", "missing");
        peer("client", Level.NODE, "BGPPeer(client)", "10.0.0.4", "65010", "route-reflector-client", "true");
        peer("same", Level.NODE, "BGPPeer(same)", "10.0.0.5", "65010", "local-as", "65000");
        peer("odd", Level.NODE, "BGPPeer(odd)", "10.0.0.6", "none", "bogus", "1");
        part(Kind.BGP, "", Level.GLOBAL, "BGPConfiguration(default)", "port", "0", "multipath-ebgp", "8");
        part(Kind.NODE, "", Level.GLOBAL, "x", "name", "other", "route-metric", "30");
        Merged merged = merge();
        assertEquals(Set.of("a"), merged.settings().peers().keySet());
        assertEquals(8, merged.settings().bgp().multipathEbgp(), "the good key of a part is in force");
        assertEquals(179, merged.settings().bgp().port());
        assertEquals("host", merged.settings().node().name());
        assertEquals(30, merged.settings().node().routeMetric());
        List<String> told = merged.problems().stream().map(problem -> problem.file() + " " + problem.key() + " " + problem.message().substring(0, 11)).toList();
        assertEquals(List.of("BGPConfiguration(default) port TMB-CFG-004", "BGPPeer(client)  TMB-CFG-012", "BGPPeer(odd) bogus TMB-CFG-003",
                "BGPPeer(odd) remote-as TMB-CFG-004", "BGPPeer(same)  TMB-CFG-012", "BGPPeer(unfiltered)  TMB-CFG-010", "x name TMB-CFG-023"), told);
    }

    @Test
    void withoutContributionsTheSettingsAreThoseOfTheFiles() {
        file("tombolo.bgp.cfg", "as = 65000\nrouter-id = 192.0.2.1\n").file("tombolo.bgp.peer-a.cfg", "remote-address = 10.0.0.2\nremote-as = 65011\nimport = file/f\n")
                .file("tombolo.bgp.filter-f.cfg", "default = accept\n").file("tombolo.route.static-s.cfg", "prefix = 10.1.0.0/16\nblackhole = true\n");
        ConfigFiles.Outcome outcome = ConfigFiles.read(files, Map.of(), "host", "/etc/tombolo");
        assertEquals(outcome.settings(), merge(List.of()).settings());
        assertEquals(List.of("f"), outcome.settings().peers().get("a").importFilters());
        assertFalse(merge(List.of()).entries().stream().anyMatch(entry -> entry.shadowedBy().isPresent()));
        assertTrue(merge(List.of()).entries().stream().anyMatch(ConfigEntry::builtIn));
    }
}
