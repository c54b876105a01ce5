package tombolo.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tombolo.runtime.Loop;

/** Law 1 of ARCHITECTURE.md: a core does no I/O and knows no clock, thread, log, OSGi or Netty. */
class CoreLawsTest {
    private static final Set<String> CLOCKS = Set.of("currentTimeMillis", "nanoTime");
    /** What a bundle embeds (Netty) is not ours to judge. */
    private static final ImportOption OURS = location -> location.contains("/classes/tombolo/");
    private static JavaClasses classes;

    @BeforeAll
    static void readTheBundles() {
        classes = new ClassFileImporter().withImportOption(OURS)
                .importPaths(Bundles.jars().values().stream().map(jar -> jar.getParent().resolve("classes")).toList());
    }

    @Test
    void aCoreDependsOnNothingThatDoesInputOrOutput() {
        noClasses().that().resideInAPackage("tombolo..core..")
                .should().dependOnClassesThat().resideInAnyPackage("org.osgi..", "io.netty..", "org.slf4j..", "com.fasterxml..", "java.nio.file..",
                        "java.nio.channels..", "java.lang.foreign..", "tombolo..adapter..", "tombolo..osgi..")
                .orShould().dependOnClassesThat(describe("are of the network", (JavaClass used) -> used.getPackageName().startsWith("java.net")
                        && !used.isEquivalentTo(java.net.URI.class) && !used.isEquivalentTo(java.net.URISyntaxException.class))) // a URI is a value
                .orShould().dependOnClassesThat().belongToAnyOf(Loop.class)
                .because("a core is a function of its inputs; move what does I/O to the bundle's adapter package").check(classes);
    }

    @Test
    void aCoreHasNoThreadsAndNoLocks() {
        noClasses().that().resideInAPackage("tombolo..core..")
                .should().dependOnClassesThat(describe("are threads, executors or locks", (JavaClass used) -> used.isEquivalentTo(Thread.class)
                        || used.getPackageName().startsWith("java.util.concurrent") && !used.getName().equals("java.util.concurrent.TimeUnit")))
                .because("each core belongs to one Loop, which is the only thread in it").check(classes);
    }

    @Test
    void aCoreIsGivenTheTime() {
        noClasses().that().resideInAPackage("tombolo..core..")
                .should().callMethodWhere(describe("read a clock", call -> {
                    AccessTarget.MethodCallTarget target = call.getTarget();
                    String owner = target.getOwner().getName();
                    return owner.equals("java.lang.System") && CLOCKS.contains(target.getName())
                            || owner.startsWith("java.time.") && target.getName().equals("now");
                }))
                .because("the time is an input: pass it in").check(classes);
    }

    @Test
    void onlyTheLinuxBundleCallsNativeCode() {
        noClasses().that().resideOutsideOfPackage("tombolo.linux..").and().doNotHaveFullyQualifiedName("tombolo.runtime.Promptness")
                .should().dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.Linker")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.lang.foreign.SymbolLookup")
                .because("native calls live in gateway-linux alone; a thread asks for its own time slice at its start, whatever bundle is there").check(classes);
    }

    @Test
    void onlyTheBundlesThatEmbedNettyUseIt() {
        noClasses().that().resideOutsideOfPackages("tombolo.bgp.session..", "tombolo.datastore.etcd..").should().dependOnClassesThat().resideInAPackage("io.netty..")
                .because("Netty is embedded in gateway-bgp-session, and with jetcd in gateway-datastore-etcd").check(classes);
    }

    @Test
    void componentsStayThin() {
        noClasses().that().resideOutsideOfPackages("tombolo..osgi..", "tombolo.shell..", "tombolo.deploy..")
                .should().dependOnClassesThat().resideInAnyPackage("org.osgi.framework..", "org.osgi.service..")
                .because("OSGi stays in a bundle's osgi package").check(classes);
    }
}
