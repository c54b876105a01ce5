package tombolo.linux.osgi;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.linux.adapter.LinuxNetlink;

/** Publishes {@link Netlink}. Sockets that were opened outlive the component: whoever opened one closes it. */
@Component(immediate = true, service = Netlink.class)
public final class NetlinkComponent implements Netlink {
    private final LinuxNetlink netlink;

    @Activate
    public NetlinkComponent() {
        netlink = new LinuxNetlink();
    }

    @Deactivate
    void deactivate() {
        netlink.close();
    }

    @Override
    public NetlinkSocket open(Options options) {
        return netlink.open(options);
    }
}
