package tombolo.karaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A node with nothing of ours but the login: each feature is installed there alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FeaturesTest {
    private Node node;

    @BeforeAll
    void startWithoutTheGateway() throws Exception {
        node = new Node("bare-node").quick();
        String features = Node.shipped("org.apache.karaf.features.cfg");
        assertTrue(features.contains("autoRefresh=false") || features.contains("autoRefresh = false"), "no operation on one feature refreshes another's bundles");
        Files.writeString(node.etc.resolve("org.apache.karaf.features.cfg"), features.replace("tombolo/0.1.0", "tombolo-access/0.1.0"));
        node.start();
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
    }

    static Stream<String> features() throws Exception {
        String xml = Files.readString(Path.of(System.getProperty("tombolo.root"), "features/src/main/feature/features.xml"));
        List<String> names = Pattern.compile("<feature name=\"([\\w-]+)\"").matcher(xml).results().map((MatchResult m) -> m.group(1)).toList();
        assertFalse(names.isEmpty());
        return names.stream().filter(n -> !n.equals("tombolo-access"));
    }

    @ParameterizedTest
    @MethodSource("features")
    void installsAloneRunsAndLeavesNothingBehind(String feature) {
        List<String> before = bundles();
        node.ok("feature:install " + feature);
        List<String> with = bundles();
        assertTrue(with.size() > before.size(), "nothing was installed");
        assertEquals(List.of(), with.stream().filter(l -> !l.contains("Active") && !l.contains("features.extension")).toList());
        assertTrue(with.containsAll(before), "a bundle changed: before " + before + ", now " + with);
        node.ok("feature:uninstall " + feature);
        assertEquals(before, bundles());
    }

    /** Stripped: where there are identifiers of three digits, those of two are indented. */
    private List<String> bundles() {
        return node.ok("bundle:list -t 0 -s --no-format --no-ellipsis").lines().map(String::strip).filter(l -> l.matches("^\\d+.*")).toList();
    }
}
