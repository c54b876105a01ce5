package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.IpamViews;
import tombolo.shell.core.Services;

/** {@code ipam:show}. */
@NullUnmarked
@Service
@Command(scope = "ipam", name = "show", description = "Shows how full the address pools are, or one address",
        detailedDescription = "Without options: the pools and how many of their addresses are in use. As calicoctl ipam show.")
public final class IpamShow extends GatewayCommand {
    @Option(name = "--ip", description = "Who holds this address")
    String ip;

    @Option(name = "--show-blocks", description = "Also the blocks of each pool")
    boolean blocks;

    @Option(name = "--show-borrowed", description = "Addresses that nodes hold in blocks of others")
    boolean borrowed;

    @Option(name = "--show-configuration", description = "The configuration of address management")
    boolean configuration;

    @Override
    Document answer(Services services) {
        if (ip != null) {
            return IpamViews.address(services, ip);
        }
        return borrowed ? IpamViews.borrowed(services) : configuration ? IpamViews.configuration(services) : IpamViews.usage(services, blocks);
    }
}
