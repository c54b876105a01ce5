package tombolo.shell.osgi;

import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.ipam.CheckReport;
import tombolo.api.ipam.Ipam;
import tombolo.shell.adapter.IpamReports;
import tombolo.shell.core.Document;
import tombolo.shell.core.IpamViews;
import tombolo.shell.core.Services;

/** {@code ipam:check}. */
@NullUnmarked
@Service
@Command(scope = "ipam", name = "check", description = "Compares all address blocks with what is in use and with themselves",
        detailedDescription = "Reads every block, handle and affinity of the store and says what leaked, what is used without being allocated, and what contradicts itself. As calicoctl ipam check.")
public final class IpamCheck extends GatewayCommand {
    @Option(name = "--show-all-ips", description = "Print all IPs that are checked")
    boolean all;

    @Option(name = "--show-problem-ips", description = "Print all IPs that are leaked or not allocated properly")
    boolean problems;

    @Option(name = "-o", aliases = "--output", description = "Write a report for ipam:release --from-report to this file of the node")
    String output;

    @Override
    Document answer(Services services) {
        CheckReport report = services.need(Ipam.class).check();
        if (output != null) {
            IpamReports.write(Path.of(output), report.document());
        }
        return IpamViews.check(report, all, problems);
    }
}
