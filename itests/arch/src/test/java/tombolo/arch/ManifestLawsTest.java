package tombolo.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Laws 4 and 7 of ARCHITECTURE.md, read from the jars that are shipped. */
class ManifestLawsTest {
    /** The only two bundles whose packages others may import. */
    private static final Set<String> STABLE = Set.of("gateway-api", "gateway-runtime");
    private static final Pattern REFERENCE = Pattern.compile("<reference\\b[^>]*>");
    private static final Pattern PACKAGE = Pattern.compile("(?:^|,)\\s*([a-z][\\w.]*)");

    @Test
    void onlyApiAndRuntimeExportPackages() {
        Bundles.jars().forEach((name, jar) -> {
            String exported = Bundles.manifest(jar).getValue("Export-Package");
            assertEquals(STABLE.contains(name), exported != null,
                    name + " exports " + exported + ": bundles meet as services declared in gateway-api; make the package private");
        });
    }

    @Test
    void noBundleImportsFromAnotherImplementationBundle() {
        Bundles.jars().forEach((name, jar) -> {
            String imported = Bundles.manifest(jar).getValue("Import-Package");
            Matcher packages = PACKAGE.matcher(imported == null ? "" : imported.replaceAll("\"[^\"]*\"", ""));
            while (packages.find()) {
                String used = packages.group(1);
                assertTrue(!used.startsWith("tombolo.") || used.startsWith("tombolo.api.") || used.equals("tombolo.runtime") || used.startsWith("tombolo.runtime."),
                        name + " imports " + used + ": only tombolo.api.* and tombolo.runtime may be imported");
            }
        });
    }

    @Test
    void noBundleHasAnOptionalImportThatAnotherBundleCouldSatisfyLater() {
        Bundles.jars().forEach((name, jar) -> {
            String imported = Bundles.manifest(jar).getValue("Import-Package");
            assertTrue(imported == null || !imported.contains("resolution:=optional"),
                    name + " has an optional import (" + imported + "): installing the exporter would refresh it");
        });
    }

    @Test
    void everyReferenceToAServiceOfASwappableBundleIsDynamicAndOptional() {
        Set<String> stableServices = Set.of("tombolo.runtime.StateKeeper");
        Bundles.jars().forEach((name, jar) -> Bundles.componentDescriptions(jar).forEach((file, text) -> {
            Matcher references = REFERENCE.matcher(text);
            while (references.find()) {
                String reference = references.group();
                boolean ours = reference.contains("interface=\"tombolo.") && stableServices.stream().noneMatch(reference::contains);
                assertTrue(!ours || reference.contains("policy=\"dynamic\"") && reference.contains("cardinality=\"0.."),
                        name + " " + file + ": " + reference + ": make it dynamic and 0..1 or 0..n, or this component restarts with the other bundle");
            }
        }));
    }

    @Test
    void everyComponentIsImmediateUnlessItIsACommand() {
        Bundles.jars().forEach((name, jar) -> Bundles.componentDescriptions(jar).forEach((file, text) ->
                assertTrue(!text.contains("<service") || text.contains("immediate=\"true\""), name + " " + file + ": a delayed component loses its state when its last user lets go")));
    }

    @Test
    void everyBundleHasANameAVersionAndAModule() {
        Bundles.jars().forEach((name, jar) -> {
            assertEquals("io.tombolo." + name, Bundles.manifest(jar).getValue("Bundle-SymbolicName"), name);
            assertTrue(Bundles.manifest(jar).getValue("Bundle-Version") != null, name);
            assertEquals(1, ModuleFinder.of(jar).findAll().stream().filter(module -> !module.descriptor().isAutomatic()).count(), name + " has no module-info");
        });
    }

    /** A cloud that gives tokens for a known secret has no place in a product. */
    @Test
    void theSimulatorIsUsedByTestsAndNeverShipped() throws IOException {
        Path root = Bundles.root();
        List<Path> shipped = new ArrayList<>();
        for (String folder : List.of("bundles", "azure-integration", "features", "gateway-distribution", "etc")) {
            try (Stream<Path> files = Files.walk(root.resolve(folder))) {
                files.filter(file -> file.toString().matches(".*\\.(xml|bnd|cfg|properties)") && !file.toString().contains("/target/")
                        && !file.startsWith(root.resolve("azure-integration/azure-simulator")) && !file.equals(root.resolve("azure-integration/pom.xml"))).forEach(shipped::add);
            }
        }
        Pattern dependency = Pattern.compile("<dependency>(?:(?!</dependency>).)*</dependency>", Pattern.DOTALL);
        for (Path file : shipped) {
            String rest = dependency.matcher(Files.readString(file)).replaceAll(found -> found.group().contains("<scope>test</scope>") ? "" : Matcher.quoteReplacement(found.group()));
            assertTrue(!rest.contains("azure-simulator"), root.relativize(file) + " names azure-simulator: only a dependency of scope test may");
        }
        assertTrue(shipped.size() > 20, "the poms of the bundles were looked at");
    }

    @Test
    void thePureBundlesResolveOnAPlainModulePath() {
        Map<String, Path> jars = Bundles.jars();
        List<Path> path = new ArrayList<>(List.of(jars.get("gateway-api"), jars.get("gateway-runtime"), jars.get("gateway-config")));
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            if (entry.contains("slf4j-api") || entry.contains("jackson-core")) { // what gateway-runtime is built on
                path.add(Path.of(entry));
            }
        }
        List<String> names = List.of("tombolo.api", "tombolo.config");
        ModuleFinder finder = ModuleFinder.of(path.toArray(Path[]::new));
        Configuration configuration = ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), names);
        ModuleLayer layer = ModuleLayer.boot().defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());
        names.forEach(module -> assertTrue(layer.findModule(module).isPresent(), module));
    }
}
