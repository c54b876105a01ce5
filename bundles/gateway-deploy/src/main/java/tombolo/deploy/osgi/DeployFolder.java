package tombolo.deploy.osgi;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.felix.fileinstall.ArtifactInstaller;
import org.apache.karaf.features.BootFinished;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.deploy.adapter.BundleSwap;
import tombolo.deploy.adapter.DeployRecord;
import tombolo.deploy.adapter.JarIdentity;
import tombolo.deploy.adapter.ShippedJars;
import tombolo.deploy.adapter.SwapResult;

/// Takes the jars of deploy/ whose symbolic name is installed from elsewhere; all others stay with fileinstall.
/// Its ranking makes fileinstall ask it first. Called on fileinstall's thread and on those of shell sessions.
@Component(immediate = true, service = {ArtifactInstaller.class, DeployFolder.class}, property = "service.ranking:Integer=1000")
public final class DeployFolder implements ArtifactInstaller {
    private static final Logger LOG = LoggerFactory.getLogger(DeployFolder.class);

    private final BundleContext context;
    private final BundleSwap swap;
    private final DeployRecord record;
    private final Path folder;

    /// @param context this bundle
    /// @param boot says that the features of the first start are installed, so that a jar finds the bundle that it is meant to replace
    /// @throws IOException if the record of earlier replacements or the folder cannot be used
    @Activate
    public DeployFolder(BundleContext context, @Reference BootFinished boot) throws IOException {
        this.context = context;
        this.swap = new BundleSwap(context, new ShippedJars(Path.of(context.getProperty("karaf.home")).resolve("system")));
        this.record = new DeployRecord(context.getDataFile("deployed.properties").toPath());
        this.folder = Path.of(context.getProperty("karaf.base")).resolve("deploy");
        Files.createDirectories(folder);
        restoreWhatIsGone();
    }

    /// @return the watched folder
    Path folder() {
        return folder;
    }

    /// @param jar a bundle's file
    /// @return what happened
    public SwapResult swap(Path jar) {
        return swap.swap(jar);
    }

    /// @param symbolicName a bundle's name
    /// @return what happened
    public SwapResult restore(String symbolicName) {
        return swap.restore(symbolicName);
    }

    @Override
    public boolean canHandle(File file) {
        Path path = file.toPath();
        if (!Files.exists(path)) {
            return record.nameFor(path).isPresent();
        }
        if (!Files.isRegularFile(path)) {
            return false;
        }
        Optional<String> name = JarIdentity.of(path).map(JarIdentity::symbolicName);
        return name.isPresent() && !cameFrom(path) && swap.installed(name.get()).isPresent();
    }

    /// Whether fileinstall itself installed a bundle from this file: then the file is that bundle's and no replacement.
    private boolean cameFrom(Path file) {
        String own = file.toUri().normalize().toString();
        return Stream.of(context.getBundles()).map(Bundle::getLocation).anyMatch(own::equals);
    }

    @Override
    public void install(File file) throws IOException {
        String name = JarIdentity.of(file.toPath()).map(JarIdentity::symbolicName)
                .orElseThrow(() -> new IOException("TMB-DEPLOY-017 " + file + ": it changed while it was read. Copy it again."));
        report(swap.swap(file.toPath()));
        record.put(file.toPath(), name);
    }

    @Override
    public void update(File file) throws IOException {
        install(file);
    }

    @Override
    public void uninstall(File file) throws IOException {
        Optional<String> name = record.nameFor(file.toPath());
        if (name.isPresent()) {
            report(swap.restore(name.get()));
            record.remove(file.toPath());
        }
    }

    private void restoreWhatIsGone() throws IOException {
        for (String fileName : record.fileNames()) {
            if (!Files.exists(folder.resolve(fileName))) {
                uninstall(folder.resolve(fileName).toFile());
            }
        }
    }

    private static void report(SwapResult result) {
        if (result.installed()) {
            LOG.info("{}", result.text());
        } else {
            LOG.error("{}", result.text());
        }
    }
}
