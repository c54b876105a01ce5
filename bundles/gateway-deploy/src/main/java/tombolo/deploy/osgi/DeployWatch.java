package tombolo.deploy.osgi;

import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationException;
import org.osgi.service.cm.ManagedServiceFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/// Has fileinstall watch deploy/ while [DeployFolder] is there to take the files.
///
/// It speaks to fileinstall directly: Config Admin would keep the settings, and at the next start fileinstall would scan
/// before the installer is registered and install a second copy.
@Component(immediate = true, service = {})
public final class DeployWatch {
    private static final String PID = "io.tombolo.deploy";

    /// How often deploy/ is read; fileinstall takes a file once it has not changed for one round.
    private static final String POLL_MILLIS = "1000";

    private final BundleContext context;
    private final ManagedServiceFactory fileinstall;

    /// @param context this bundle
    /// @param fileinstall its door for settings
    @Activate
    public DeployWatch(BundleContext context, @Reference(target = "(service.pid=org.apache.felix.fileinstall)") ManagedServiceFactory fileinstall) {
        this.context = context;
        this.fileinstall = fileinstall;
    }

    /// Begins the watch.
    ///
    /// @param deploy the installer, which is registered by now, so that fileinstall finds it at its first scan
    /// @throws ConfigurationException if fileinstall refuses the settings
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    public void bindDeploy(DeployFolder deploy) throws ConfigurationException {
        Dictionary<String, Object> settings = new Hashtable<>();
        settings.put("felix.fileinstall.dir", deploy.folder().toString());
        settings.put("felix.fileinstall.tmpdir", Path.of(context.getProperty("karaf.data")).resolve("generated-bundles").toString());
        settings.put("felix.fileinstall.poll", POLL_MILLIS);
        settings.put("felix.fileinstall.start.level", "80");
        settings.put("felix.fileinstall.active.level", "80");
        fileinstall.updated(PID, settings);
    }

    /// Ends the watch; what it installed stays.
    ///
    /// @param deploy the installer that goes
    public void unbindDeploy(DeployFolder deploy) {
        fileinstall.deleted(PID);
    }
}
