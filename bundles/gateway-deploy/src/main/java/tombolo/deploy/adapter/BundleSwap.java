package tombolo.deploy.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.wiring.BundleRevision;

/// Replaces bundles. Safe for any thread; one replacement at a time, the others wait.
public final class BundleSwap {
    /// Larger than any bundle here by a factor of ten: what is larger was dropped by mistake.
    private static final long MAX_JAR_BYTES = 200L << 20;

    private final BundleContext context;
    private final ShippedJars jars;

    /// @param context a bundle that outlives the replacements
    /// @param jars the distribution's repository
    public BundleSwap(BundleContext context, ShippedJars jars) {
        this.context = context;
        this.jars = jars;
    }

    /// @param symbolicName a bundle's name
    /// @return the installed bundle of that name, the newest where there are several
    public Optional<Bundle> installed(String symbolicName) {
        return Stream.of(context.getBundles()).filter(b -> symbolicName.equals(b.getSymbolicName())).max(Comparator.comparing(Bundle::getVersion));
    }

    /// Replaces the installed bundle that has the jar's symbolic name.
    ///
    /// @param jar a bundle
    /// @return what happened; failures of the new jar are results, not exceptions
    public synchronized SwapResult swap(Path jar) {
        Optional<JarIdentity> identity = JarIdentity.of(jar);
        if (identity.isEmpty()) {
            return new SwapResult.Refused("TMB-DEPLOY-010 " + jar + ": not a readable bundle (no Bundle-SymbolicName). Give the path of a bundle's jar.");
        }
        Optional<Bundle> found = installed(identity.get().symbolicName());
        if (found.isEmpty()) {
            return new SwapResult.Refused("TMB-DEPLOY-011 " + jar + ": no bundle " + identity.get().symbolicName()
                    + " is installed. Copy the jar into deploy/ to install it as a new one.");
        }
        if (found.get().equals(context.getBundle())) {
            return new SwapResult.Refused("TMB-DEPLOY-016 bundle " + identity.get().symbolicName()
                    + ": it does the replacing and cannot replace itself. Build the distribution and restart the node.");
        }
        try {
            if (Files.size(jar) > MAX_JAR_BYTES) {
                return new SwapResult.Refused("TMB-DEPLOY-012 " + jar + ": larger than " + MAX_JAR_BYTES + " bytes. Is this the right file?");
            }
            return replace(found.get(), identity.get(), jar);
        } catch (IOException e) {
            return new SwapResult.Refused("TMB-DEPLOY-013 " + jar + ": " + e + ". Check that the file and the node's system/ folder can be read and written.");
        }
    }

    /// Gives a bundle back the jar that the distribution brought.
    ///
    /// @param symbolicName a bundle's name
    /// @return what happened; refused where nothing replaces the distribution's jar
    public synchronized SwapResult restore(String symbolicName) {
        Optional<Bundle> found = installed(symbolicName);
        Optional<Path> file = found.flatMap(b -> jars.fileOf(b.getLocation()));
        Optional<Path> shipped = file.map(ShippedJars::shipped).filter(Files::exists);
        if (found.isEmpty() || shipped.isEmpty()) {
            return new SwapResult.Refused("TMB-DEPLOY-014 bundle " + symbolicName + ": nothing replaces the distribution's own jar. Nothing was done.");
        }
        SwapResult result = swap(shipped.get());
        if (result.installed()) {
            try {
                Files.deleteIfExists(shipped.get());
            } catch (IOException e) {
                // The copy is the same as the file beside it: it only takes room.
                return result;
            }
        }
        return result;
    }

    private SwapResult replace(Bundle bundle, JarIdentity identity, Path jar) throws IOException {
        Optional<Path> file = jars.fileOf(bundle.getLocation());
        if (file.isPresent() && Files.exists(file.get()) && Files.mismatch(file.get(), jar) < 0) {
            return new SwapResult.Unchanged(identity.symbolicName());
        }
        boolean wasActive = bundle.getState() == Bundle.ACTIVE;
        // Kept until the new one has started: the way back.
        Optional<Path> before = file.filter(Files::exists).isPresent() ? Optional.of(copy(file.get())) : Optional.empty();
        try {
            Attempt attempt = update(bundle, jar);
            if (attempt.failure().isPresent() || (wasActive && bundle.getState() != Bundle.ACTIVE)) {
                String why = attempt.failure().orElseGet(() -> "it did not start; the log says why");
                String after = before.map(b -> rollBack(bundle, b)).orElse("The distribution has no earlier jar of it to go back to.");
                return new SwapResult.Refused("TMB-DEPLOY-015 bundle " + identity.symbolicName() + ": version " + identity.version()
                        + " was not accepted: " + why + ". " + after);
            }
            if (file.isPresent()) {
                ShippedJars.replace(file.get(), jar);
            }
            return new SwapResult.Swapped(identity.symbolicName(), identity.version(), bundle.getBundleId(), attempt.millis(),
                    List.copyOf(attempt.disturbed()), note(bundle, file));
        } finally {
            if (before.isPresent()) {
                Files.deleteIfExists(before.get());
            }
        }
    }

    private static String note(Bundle bundle, Optional<Path> file) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        String exports = revision != null && !revision.getDeclaredCapabilities("osgi.wiring.package").isEmpty()
                ? "It exports packages: bundles that import them keep the old classes until the node restarts. " : "";
        String location = file.isEmpty() ? "It was not installed by a feature: the update lasts until the bundle is installed anew." : "";
        return (exports + location).strip();
    }

    private record Attempt(Optional<String> failure, long millis, Set<String> disturbed) {}

    private Attempt update(Bundle bundle, Path jar) throws IOException {
        Set<String> disturbed = new ConcurrentSkipListSet<>();
        SynchronousBundleListener watch = event -> {
            boolean moved = (event.getType() & (BundleEvent.STOPPED | BundleEvent.STARTED | BundleEvent.UNRESOLVED)) != 0;
            if (moved && event.getBundle().getBundleId() != bundle.getBundleId()) {
                disturbed.add(String.valueOf(event.getBundle().getSymbolicName()));
            }
        };
        long start = System.nanoTime();
        context.addBundleListener(watch);
        try (InputStream content = Files.newInputStream(jar)) {
            bundle.update(content);
            return new Attempt(Optional.empty(), (System.nanoTime() - start) / 1_000_000, disturbed);
        } catch (BundleException e) {
            return new Attempt(Optional.of(String.valueOf(e.getMessage())), (System.nanoTime() - start) / 1_000_000, disturbed);
        } finally {
            context.removeBundleListener(watch);
        }
    }

    private String rollBack(Bundle bundle, Path before) {
        try {
            Attempt attempt = update(bundle, before);
            if (attempt.failure().isEmpty() && bundle.getState() != Bundle.ACTIVE) {
                bundle.start();
            }
            return attempt.failure().map(f -> "Going back failed too: " + f).orElse("The jar before it runs again.");
        } catch (IOException | BundleException e) {
            return "Going back failed too: " + e.getMessage();
        }
    }

    private static Path copy(Path file) throws IOException {
        Path copy = Files.createTempFile("swap", ".jar");
        Files.copy(file, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        return copy;
    }
}
