package tombolo.linux.osgi;

import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import tombolo.api.kernel.DatagramSockets;
import tombolo.api.kernel.Datagrams;
import tombolo.api.kernel.Namespaces;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.kernel.RawPackets;
import tombolo.linux.adapter.LinuxDatagramSockets;
import tombolo.linux.adapter.LinuxNamespaces;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.linux.adapter.LinuxRawPackets;

/** Publishes {@link Netlink}, {@link Namespaces}, {@link Datagrams} and {@link RawPackets}. What was opened outlives the component: whoever opened it closes it. */
@Component(immediate = true, service = {Netlink.class, Namespaces.class, Datagrams.class, RawPackets.class})
public final class NetlinkComponent implements Netlink, Namespaces, Datagrams, RawPackets {
    private final LinuxNetlink netlink;
    private final LinuxNamespaces namespaces;
    private final LinuxRawPackets packets;

    @Activate
    public NetlinkComponent() {
        netlink = new LinuxNetlink();
        namespaces = new LinuxNamespaces(netlink);
        packets = new LinuxRawPackets(netlink);
    }

    @Deactivate
    void deactivate() {
        netlink.close();
    }

    @Override
    public NetlinkSocket open(Options options) {
        return netlink.open(options);
    }

    @Override
    public DatagramSockets open() {
        return new LinuxDatagramSockets();
    }

    @Override
    public void send(String netns, byte[] packet) {
        packets.send(netns, packet);
    }

    @Override
    public Namespace open(String path) {
        return namespaces.open(path);
    }

    @Override
    public void writeSettings(Optional<String> netns, Map<String, String> values) {
        namespaces.writeSettings(netns, values);
    }

    @Override
    public Map<String, String> readSettings(Optional<String> netns, Iterable<String> names) {
        return namespaces.readSettings(netns, names);
    }
}
