package tombolo.dataplane.core.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.overlay.OverlayTunnel.Kind;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.dataplane.core.LinkDiff;
import tombolo.dataplane.core.LinkDiff.Step;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.SeenLink;

/**
 * What separates the kernel from a wanted tunnel, in the order in which it is put right. The empty diff means that all is well.
 *
 * <pre>
 *  device of that name    not there ─────────────────────► CREATE, then look again
 *                         of another kind ────────────────► FOREIGN: never touched
 *                         VNI, port, address, learning differ: ours ─► REPLACE    not marked ─► FOREIGN
 *                         otherwise ─────────────────────► steps; an unmarked one (Calico's) is taken over
 * </pre>
 */
public final class TunnelDiff {
    /** The alias that says that a device is ours to replace and to remove. */
    public static final String MARK = "tombolo";

    private TunnelDiff() { }

    public static LinkDiff of(OverlayTunnel wanted, Optional<SeenTunnel> seen) {
        if (seen.isEmpty()) {
            return LinkDiff.create(wanted.device());
        }
        SeenLink device = seen.get().device();
        if (!device.kind().equals(wanted.kind().word())) {
            return LinkDiff.foreign("interface " + wanted.device() + " is " + (device.kind().isEmpty() ? "hardware" : "of kind " + device.kind()) + ", wanted "
                    + wanted.kind().word());
        }
        Optional<String> fixed = wanted.kind() == Kind.VXLAN ? fixed(wanted, device) : Optional.empty();
        if (fixed.isPresent()) {
            String reason = "interface " + wanted.device() + " has " + fixed.get();
            return device.mark().equals(MARK) ? LinkDiff.replace(reason) : LinkDiff.foreign(reason);
        }
        List<Step> steps = new ArrayList<>();
        device(wanted, device, steps);
        List<InterfaceAddress> own = wanted.address().stream().map(address -> new InterfaceAddress(address, address.family().bits())).toList(); // of full length: no route comes with it
        LinkDiff.unwantedAddresses(wanted.device(), Set.copyOf(own), seen.get().addresses(), steps::add);
        LinkDiff.missingAddresses(wanted.device(), own, seen.get().addresses(), steps::add);
        if (wanted.kind() == Kind.VXLAN) {
            forwarding(wanted, seen.get().forwarding(), steps);
            neighbours(wanted, seen.get().neighbours(), steps);
        }
        return LinkDiff.of(steps);
    }

    /** What the kernel does not change on a device that is there. */
    private static Optional<String> fixed(OverlayTunnel wanted, SeenLink device) {
        List<String> wrong = new ArrayList<>();
        if (device.segment().tag() != wanted.vni()) {
            wrong.add("VNI " + device.segment().tag() + ", wanted " + wanted.vni());
        }
        if (device.segment().type() != wanted.port()) {
            wrong.add("port " + device.segment().type() + ", wanted " + wanted.port());
        }
        if (!device.segment().local().equals(Optional.of(wanted.local()))) {
            wrong.add("local address " + device.segment().local().map(IpAddress::toString).orElse("none") + ", wanted " + wanted.local());
        }
        if (device.segment().learning()) {
            wrong.add("learning, wanted nolearning");
        }
        return wrong.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", wrong));
    }

    private static void device(OverlayTunnel wanted, SeenLink device, List<Step> steps) {
        List<String> wrong = new ArrayList<>();
        if (device.mtu() != wanted.mtu()) {
            wrong.add("MTU " + device.mtu() + ", wanted " + wanted.mtu());
        }
        if (wanted.mac().isPresent() && !device.mac().equals(wanted.mac())) {
            wrong.add("hardware address " + device.mac().map(MacAddress::toString).orElse("none") + ", wanted " + wanted.mac().get());
        }
        if (!device.up()) {
            wrong.add("state down, wanted up");
        }
        if (!device.mark().equals(MARK)) {
            wrong.add("no mark that it is this gateway's");
        }
        if (!wrong.isEmpty()) {
            steps.add(new Step("interface " + wanted.device() + " has " + String.join("; ", wrong),
                    (writer, sequence, index) -> TunnelMessages.setTunnel(writer, sequence, index, wanted, MARK)));
        }
    }

    private static void forwarding(OverlayTunnel wanted, Map<MacAddress, Set<IpAddress>> seen, List<Step> steps) {
        Map<MacAddress, IpAddress> ends = new TreeMap<>();
        wanted.peers().values().forEach(peer -> peer.mac().ifPresent(mac -> ends.put(mac, peer.underlay())));
        seen.forEach((mac, addresses) -> addresses.stream().filter(address -> !address.equals(ends.get(mac))).forEach(address ->
                steps.add(new Step("forwarding entry " + mac + " at " + address + " is not wanted",
                        (writer, sequence, index) -> NeighbourMessage.forwardTo(writer, sequence, index, mac, address, false)))));
        ends.forEach((mac, address) -> {
            if (!seen.getOrDefault(mac, Set.of()).contains(address)) {
                steps.add(new Step("forwarding entry " + mac + " at " + address + " is not there",
                        (writer, sequence, index) -> NeighbourMessage.forwardTo(writer, sequence, index, mac, address, true)));
            }
        });
    }

    private static void neighbours(OverlayTunnel wanted, Map<IpAddress, MacAddress> seen, List<Step> steps) {
        Map<IpAddress, MacAddress> ends = new TreeMap<>();
        wanted.peers().values().forEach(peer -> peer.mac().ifPresent(mac -> ends.put(peer.tunnel(), mac)));
        seen.forEach((address, mac) -> {
            if (!ends.containsKey(address)) {
                steps.add(new Step("neighbour " + address + " at " + mac + " is not wanted",
                        (writer, sequence, index) -> NeighbourMessage.delete(writer, sequence, index, address)));
            }
        });
        ends.forEach((address, mac) -> {
            if (!mac.equals(seen.get(address))) {
                steps.add(new Step("neighbour " + address + " at " + mac + (seen.containsKey(address) ? " is there as " + seen.get(address) : " is not there"),
                        (writer, sequence, index) -> NeighbourMessage.add(writer, sequence, index, address, mac)));
            }
        });
    }
}
