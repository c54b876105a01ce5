package tombolo.dataplane.core.overlay;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.Rtnetlink;
import tombolo.dataplane.core.SeenLink;

/** A tunnel device as the kernel has it, put together from the answers to a few requests. One thread. */
public final class SeenTunnel {
    private final SeenLink device;
    private final Set<InterfaceAddress> addresses = new HashSet<>();
    private final Map<MacAddress, Set<IpAddress>> forwarding = new TreeMap<>();
    private final Map<IpAddress, MacAddress> neighbours = new TreeMap<>();

    public SeenTunnel(SeenLink device) {
        this.device = device;
    }

    public SeenLink device() {
        return device;
    }

    /** Those that people or programs gave it: link-local ones, which the kernel makes, are left out. */
    public Set<InterfaceAddress> addresses() {
        return addresses;
    }

    public Map<MacAddress, Set<IpAddress>> forwarding() {
        return forwarding;
    }

    /** Permanent ones. */
    public Map<IpAddress, MacAddress> neighbours() {
        return neighbours;
    }

    /** Takes in an answer to a dump of addresses, forwarding entries or neighbours; what is about another interface is passed over. */
    public void take(MessageReader reader) {
        if (reader.type() == Rtnetlink.RTM_NEWADDR) {
            LinkMessage.parseAddress(reader).filter(seen -> seen.index() == device.index() && !seen.address().isLinkLocal())
                    .ifPresent(seen -> addresses.add(seen.onInterface()));
        } else if (reader.type() == NeighbourMessage.RTM_NEWNEIGH && reader.payloadLength() >= 12 && reader.u32(reader.payload() + 4) == device.index()) {
            neighbour(reader);
        }
    }

    private void neighbour(MessageReader reader) {
        boolean bridge = reader.u8(reader.payload()) == NeighbourMessage.AF_BRIDGE;
        boolean permanent = (reader.u16(reader.payload() + 8) & NeighbourMessage.NUD_PERMANENT) != 0;
        Optional<IpAddress> address = Optional.empty();
        Optional<MacAddress> mac = Optional.empty();
        reader.attributes(12);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == NeighbourMessage.NDA_DST && reader.attributeLength() >= 4) {
                address = Optional.of(reader.attributeAddress());
            } else if (reader.attributeType() == NeighbourMessage.NDA_LLADDR) {
                mac = reader.attributeMac();
            }
        }
        if (address.isPresent() && mac.isPresent() && (bridge || permanent)) {
            if (bridge) {
                forwarding.computeIfAbsent(mac.get(), _ -> new TreeSet<>()).add(address.get());
            } else {
                neighbours.put(address.get(), mac.get());
            }
        }
    }
}
