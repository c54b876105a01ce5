package tombolo.karaf;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.vmOption;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.configureConsole;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.karafDistributionConfiguration;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.logLevel;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.karaf.options.LogLevelOption.LogLevel;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleWiring;

/** Seen from inside the framework: what an operation on one bundle does to all others. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class InContainerTest {
    /** Mostly 0.2 s. */
    private static final Duration UNLOADING = Duration.ofSeconds(20);

    private static final int LOADING_THREADS = 4;

    @Inject
    private BundleContext context;

    @Configuration
    public Option[] distribution() {
        File work = new File(System.getProperty("tombolo.work"), "exam");
        return new Option[] {
            karafDistributionConfiguration().frameworkUrl(new File(System.getProperty("tombolo.archive")).toURI().toString())
                    .karafVersion("4.4.10").name("Tombolo").unpackDirectory(work).useDeployFolder(false),
            logLevel(LogLevel.INFO),
            configureConsole().ignoreLocalConsole(),
            vmOption("-javaagent:" + System.getProperty("tombolo.agent")),
            vmOption("-Xmx512m"),
            vmOption("-XX:SoftRefLRUPolicyMSPerMB=10"), // as in lib/jvm.options
            vmOption("--enable-native-access=ALL-UNNAMED"),
            vmOption("--add-opens=java.base/java.lang=ALL-UNNAMED"),
            vmOption("--add-opens=java.base/java.net=ALL-UNNAMED"),
            vmOption("--add-opens=java.base/java.util=ALL-UNNAMED"),
            vmOption("--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED"),
            // BGP runs, with a listener and a peer that never answers, so that sockets, timers and threads are there to be left behind.
            editConfigurationFilePut("etc/tombolo.bgp.cfg", "as", "65020"),
            editConfigurationFilePut("etc/tombolo.bgp.cfg", "router-id", "192.0.2.1"),
            editConfigurationFilePut("etc/tombolo.bgp.cfg", "port", Integer.toString(freePort())),
            editConfigurationFilePut("etc/tombolo.bgp.peer-silent.cfg", "remote-address", "127.0.0.79"),
            editConfigurationFilePut("etc/tombolo.bgp.peer-silent.cfg", "remote-as", "65079"),
            editConfigurationFilePut("etc/org.apache.karaf.shell.cfg", "sshPort", "0"),
            editConfigurationFilePut("etc/org.apache.karaf.management.cfg", "rmiRegistryPort", "0"),
            editConfigurationFilePut("etc/org.apache.karaf.management.cfg", "rmiServerPort", "0"),
        };
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Operation {
        void run() throws Exception;
    }

    /** The names of the bundles other than the given one to which anything happens while the operation runs. */
    private Set<String> disturbedBy(Bundle moved, Operation operation) throws Exception {
        Set<String> disturbed = new ConcurrentSkipListSet<>();
        SynchronousBundleListener listener = event -> {
            if (event.getType() != BundleEvent.LAZY_ACTIVATION && event.getBundle().getBundleId() != moved.getBundleId()) {
                disturbed.add(event.getBundle().getSymbolicName() + " event " + event.getType());
            }
        };
        context.addBundleListener(listener);
        try {
            operation.run();
        } finally {
            context.removeBundleListener(listener);
        }
        return disturbed;
    }

    private List<Bundle> swappable() {
        List<Bundle> ours = Stream.of(context.getBundles()).filter(b -> b.getSymbolicName().startsWith("io.tombolo.gateway-"))
                .filter(b -> !List.of("io.tombolo.gateway-api", "io.tombolo.gateway-runtime").contains(b.getSymbolicName())).toList();
        assertTrue("bundles of ours: " + ours, ours.size() >= 8);
        return ours;
    }

    private static InputStream content(Bundle bundle) throws Exception {
        try (InputStream in = URI.create(bundle.getLocation()).toURL().openStream()) {
            return new ByteArrayInputStream(in.readAllBytes());
        }
    }

    @Test
    public void stoppingUpdatingAndStartingAnyBundleTouchesNoOther() throws Exception {
        for (Bundle bundle : swappable()) {
            assertEquals(bundle + " before", Bundle.ACTIVE, bundle.getState());
            assertEquals(bundle + " updated", Set.of(), disturbedBy(bundle, () -> bundle.update(content(bundle))));
            assertEquals(bundle + " stopped", Set.of(), disturbedBy(bundle, bundle::stop));
            assertEquals(bundle + " started", Set.of(), disturbedBy(bundle, bundle::start));
            assertEquals(bundle + " after", Bundle.ACTIVE, bundle.getState());
        }
    }

    @Test
    public void removingAndInstallingAnyBundleTouchesNoOther() throws Exception {
        for (Bundle bundle : swappable()) {
            InputStream content = content(bundle);
            String location = bundle.getLocation();
            assertEquals(bundle + " removed", Set.of(), disturbedBy(bundle, bundle::uninstall));
            Set<String> touched = new TreeSet<>();
            Bundle[] again = new Bundle[1];
            touched.addAll(disturbedBy(bundle, () -> {
                again[0] = context.installBundle(location, content);
                again[0].start();
            }));
            touched.removeIf(t -> t.startsWith(again[0].getSymbolicName() + " "));
            assertEquals(bundle + " installed again", Set.of(), touched);
            assertEquals(Bundle.ACTIVE, again[0].getState());
        }
    }

    /** Whatever a bundle has handed to others (services, threads, timers, thread locals, log formatters) goes with it. */
    @Test
    public void theClassLoaderOfAnUpdatedBundleIsUnreachableSoonAfter() throws Exception {
        Set<String> left = new TreeSet<>();
        for (Bundle bundle : swappable()) {
            WeakReference<ClassLoader> former = loader(bundle);
            bundle.update(content(bundle));
            assertEquals(bundle + " updated", Bundle.ACTIVE, bundle.getState());
            if (!collected(former)) {
                left.add(bundle.getSymbolicName());
            }
        }
        assertEquals("what holds these shows in a heap dump: jcmd PID GC.heap_dump", Set.of(), left);
    }

    /** In a method of its own, so that no local variable holds the loader. */
    private static WeakReference<ClassLoader> loader(Bundle bundle) {
        return new WeakReference<>(Objects.requireNonNull(bundle.adapt(BundleWiring.class).getClassLoader()));
    }

    private static boolean collected(WeakReference<?> reference) {
        long deadline = System.nanoTime() + UNLOADING.toNanos();
        while (reference.get() != null && System.nanoTime() < deadline) {
            System.gc();
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        return reference.get() == null;
    }

    /** Felix' own loader leaves the thread in the table of its locks when it comes just as another has defined the class. */
    @Test
    public void threadsThatLoadOneClassAtOnceAreNotHeldByIt() throws Exception {
        Map<String, Object> left = new TreeMap<>();
        for (Bundle bundle : swappable()) {
            loadAtOnce(bundle, Collections.list(bundle.findEntries("/tombolo", "*.class", true)).stream()
                    .map(entry -> entry.getPath().substring(1, entry.getPath().length() - ".class".length()).replace('/', '.')).toList());
            ClassLoader loader = bundle.adapt(BundleWiring.class).getClassLoader();
            Field locks = loader.getClass().getDeclaredField("m_classLocks");
            locks.setAccessible(true);
            ((Map<?, ?>) locks.get(loader)).forEach((name, thread) -> left.put(name.toString(), thread));
        }
        assertEquals(Map.of(), left);
    }

    private static void loadAtOnce(Bundle bundle, List<String> names) throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(LOADING_THREADS);
        List<Thread> threads = Stream.generate(() -> new Thread(() -> {
            for (String name : names) {
                try {
                    together.await();
                    bundle.loadClass(name);
                } catch (ClassNotFoundException | LinkageError _) {
                    // a class of an optional neighbour: not what is asked here
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            }
        })).limit(LOADING_THREADS).toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** The mend's promise: a Subject ends with the call, and no thread takes it along. */
    @Test
    public void aThreadMadeInsideASessionHasNoSubject() throws Exception {
        javax.security.auth.Subject subject = new javax.security.auth.Subject();
        Object[] seen = new Object[2];
        javax.security.auth.Subject.callAs(subject, (Callable<Void>) () -> {
            Thread platform = new Thread(() -> seen[0] = javax.security.auth.Subject.current());
            platform.start();
            platform.join();
            Thread virtual = Thread.startVirtualThread(() -> seen[1] = javax.security.auth.Subject.current());
            virtual.join();
            return null;
        });
        assertNull(seen[0]);
        assertNull(seen[1]);
        assertNull(javax.security.auth.Subject.current());
    }
}
