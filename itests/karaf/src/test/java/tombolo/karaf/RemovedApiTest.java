package tombolo.karaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tombolo.karaf.jdk25.Rewrite;

/** Scans every class of every jar of the distribution, nested jars too, for what JEP 486 took away. */
final class RemovedApiTest {
    /** Calls that throw on JDK 25, or that carry a Subject in a way that no longer works. */
    private static final Set<String> REMOVED = Set.of(
            "javax/security/auth/Subject.getSubject",
            "javax/security/auth/SubjectDomainCombiner.<init>",
            "java/lang/System.setSecurityManager",
            "java/security/AccessController.checkPermission",
            "java/security/AccessControlContext.checkPermission",
            "java/security/Policy.setPolicy");

    /** What may stay, with the reason. A key is the class and method that calls. */
    private static final Map<String, String> HARMLESS = Map.of(
            "org/eclipse/osgi/internal/framework/SystemBundleActivator.installSecurityManager", "Equinox is not the framework that runs; only with org.osgi.framework.security",
            "org/eclipse/osgi/internal/framework/SystemBundleActivator.unintallSecurityManager", "Equinox is not the framework that runs",
            "org/eclipse/osgi/internal/permadmin/EquinoxSecurityManager.internalCheckPermission", "Equinox is not the framework that runs",
            "org/apache/logging/log4j/util/LoaderUtil.lambda$static$0", "only where System.getSecurityManager() is not null",
            "org/apache/logging/log4j/util/LoaderUtil.lambda$static$1", "only where System.getSecurityManager() is not null",
            "org/apache/felix/framework/Felix.init", "only with the framework property org.osgi.framework.security",
            "org/apache/felix/framework/Felix$SystemBundleActivator.stop", "only where Felix.init has set one",
            "org/apache/karaf/util/jaas/JaasHelper$OsgiSubjectDomainCombiner.<init>", "made by JaasHelper.doAs only, which the agent replaces");

    private record Call(String jar, String caller, String callee) {}

    private static final List<Call> BEFORE = new ArrayList<>();
    private static final List<Call> AFTER = new ArrayList<>();
    private static int classes;
    private static final Set<String> REWRITTEN = new HashSet<>();

    @BeforeAll
    static void scanTheDistribution() throws Exception {
        Path unpacked = Distribution.unpack("scan");
        List<Path> jars;
        try (Stream<Path> files = Files.walk(unpacked)) {
            jars = files.filter(f -> f.toString().endsWith(".jar")).toList();
        }
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        // A bundle's loader finds the classes of the bundles that it imports from; here every jar sees all others.
        try (URLClassLoader everything = new URLClassLoader(urls.toArray(URL[]::new), RemovedApiTest.class.getClassLoader())) {
            for (Path jar : jars) {
                try (InputStream in = Files.newInputStream(jar)) {
                    scan(unpacked.relativize(jar).toString(), in, everything);
                }
            }
        }
    }

    @Test
    void noClassCallsARemovedApiOnceTheAgentHasRewrittenIt() {
        List<Call> uncovered = AFTER.stream().filter(c -> !HARMLESS.containsKey(c.caller())).toList();
        assertEquals(List.of(), uncovered, "teach karaf-jdk25 these calls, or show that they are harmless and list them here");
    }

    @Test
    void theAgentHasSomethingToDo() {
        assertTrue(classes > 10_000, "only " + classes + " classes seen");
        assertTrue(BEFORE.stream().anyMatch(c -> c.callee().endsWith("Subject.getSubject")),
                "Karaf calls Subject.getSubject nowhere: delete karaf-jdk25 as ARCHITECTURE.md says");
        assertTrue(REWRITTEN.contains("org/apache/felix/gogo/runtime/CommandSessionImpl$JobImpl"), "the hand-over of a session's commands was not found");
        assertTrue(REWRITTEN.contains("org/apache/karaf/shell/ssh/ShellCommand"), "the runner of SSH commands was not found");
    }

    @Test
    void everyExceptionIsStillNeeded() {
        Set<String> callers = new HashSet<>();
        AFTER.forEach(c -> callers.add(c.caller()));
        assertEquals(Set.of(), HARMLESS.keySet().stream().filter(k -> !callers.contains(k)).collect(java.util.stream.Collectors.toSet()));
    }

    private static void scan(String jar, InputStream in, ClassLoader others) throws IOException {
        Map<String, byte[]> found = new HashMap<>();
        ZipInputStream zip = new ZipInputStream(in);
        for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
            if (entry.getName().endsWith(".jar")) {
                scan(jar + "!" + entry.getName(), new ByteArrayInputStream(zip.readAllBytes()), others);
            } else if (entry.getName().endsWith(".class")) {
                found.put(entry.getName(), zip.readAllBytes());
            }
        }
        ClassLoader neighbours = new ClassLoader(others) {
            @Override
            public InputStream getResourceAsStream(String name) {
                byte[] bytes = found.get(name);
                return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
            }
        };
        for (byte[] bytes : found.values()) {
            classes++;
            BEFORE.addAll(calls(jar, bytes));
            byte[] after = Rewrite.rewrite(bytes, neighbours).orElse(bytes);
            if (after != bytes) {
                REWRITTEN.add(ClassFile.of().parse(after).thisClass().asInternalName());
            }
            AFTER.addAll(calls(jar, after));
        }
    }

    private static List<Call> calls(String jar, byte[] bytes) {
        ClassModel model = ClassFile.of().parse(bytes);
        String name = model.thisClass().asInternalName();
        List<Call> calls = new ArrayList<>();
        model.methods().forEach(method -> method.code().ifPresent(code -> code.forEach(element -> {
            if (element instanceof InvokeInstruction call) {
                String callee = call.owner().asInternalName() + "." + call.name().stringValue();
                if (REMOVED.contains(callee)) {
                    calls.add(new Call(jar, name + "." + method.methodName().stringValue(), callee));
                }
            }
        })));
        return calls;
    }
}
