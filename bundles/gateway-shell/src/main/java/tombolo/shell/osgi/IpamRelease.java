package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.adapter.IpamReports;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.IpamActions;
import tombolo.shell.core.Services;

/** {@code ipam:release}. */
@NullUnmarked
@Service
@Command(scope = "ipam", name = "release", description = "Releases one address, or all that leaked according to reports",
        detailedDescription = "The address becomes available to anybody; whoever still uses it is not told. With several reports, only what leaked in all of them is released.")
public final class IpamRelease extends GatewayCommand {
    @Option(name = "--ip", description = "The address to release")
    String ip;

    @Option(name = "--from-report", description = "Reports of ipam:check -o, separated by commas; one of them new")
    String reports;

    @Option(name = "--force", description = "Also while the datastore is not locked, and from reports of another version")
    boolean force;

    @Override
    Document answer(Services services) {
        if (reports != null) {
            return IpamActions.releaseLeaked(services, IpamReports.read(reports), force);
        }
        if (ip == null) {
            throw new Failure("TMB-SHL-049 nothing to release: name an address with --ip, or reports with --from-report.");
        }
        return IpamActions.release(services, ip);
    }
}
