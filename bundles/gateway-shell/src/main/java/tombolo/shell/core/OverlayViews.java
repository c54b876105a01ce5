package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.api.overlay.Overlays;
import tombolo.api.overlay.Overlays.Device;
import tombolo.api.overlay.Overlays.Reach;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** Tunnels to the other nodes: {@code overlay:list}. */
public final class OverlayViews {
    /** Blocks of a node in the table; --json has all. */
    private static final int SHOWN_BLOCKS = 3;

    private OverlayViews() { }

    public static Document list(Services services) {
        Overlays.Status status = services.need(Overlays.class).status();
        Map<String, Object> json = map("ready", status.ready(), "devices", status.devices().stream().map(OverlayViews::json).toList(),
                "nodes", status.nodes().stream().map(reach -> json(status, reach)).toList(), "notes", status.notes());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder();
            if (!status.ready()) {
                text.append(Tone.WARN.paint("The resources of the cluster or the kernel are not known yet; what is in the kernel is left as it is.", screen)).append('\n');
            }
            if (status.devices().isEmpty() && status.nodes().isEmpty()) {
                return text.append("No pool is encapsulated: there are no tunnels.\n").toString() + notes(status);
            }
            Table devices = new Table("DEVICE", "KIND", ">VNI", ">PORT", "FROM", "TUNNEL ADDRESS", "MAC", ">MTU", ">PEERS", "KERNEL");
            status.devices().forEach(device -> device(devices, device));
            text.append(devices.render(screen));
            Table nodes = new Table("NODE", "WAY", "UNDERLAY", "TUNNEL ADDRESS", "MAC", ">BLOCKS", "");
            status.nodes().forEach(reach -> {
                Optional<OverlayTunnel.Peer> peer = peer(status, reach);
                nodes.row(reach.node(), reach.device().orElse("plain"), reach.underlay(), peer.map(one -> one.tunnel().toString()).orElse("-"),
                        peer.flatMap(OverlayTunnel.Peer::mac).map(Object::toString).orElse("-"), reach.blocks().size(), shortened(reach.blocks()));
            });
            text.append(status.nodes().isEmpty() ? "\nNo other node has a block.\n" : "\n" + nodes.render(screen));
            status.devices().forEach(device -> {
                device.refusal().ifPresent(refusal -> text.append('\n').append(Tone.BAD.paint(Table.clean(refusal), screen)).append('\n'));
                if (device.refusal().isEmpty() && !device.differences().isEmpty()) {
                    text.append('\n').append(Tone.BAD.paint("Differs in the kernel, and is mended within 10 s:", screen)).append('\n');
                    device.differences().forEach(line -> text.append("  ").append(Table.clean(line)).append('\n'));
                }
            });
            return text + notes(status);
        });
    }

    private static void device(Table table, Device device) {
        OverlayTunnel tunnel = device.tunnel();
        boolean vxlan = tunnel.kind() == OverlayTunnel.Kind.VXLAN;
        Cell kernel = device.refusal().isPresent() ? new Cell("refused", Tone.BAD)
                : device.differences().isEmpty() ? new Cell("as wanted", Tone.GOOD) : new Cell(device.differences().size() + " differ", Tone.WARN);
        table.row(tunnel.device(), tunnel.kind().word(), vxlan ? tunnel.vni() : "-", vxlan ? tunnel.port() : "-", tunnel.local(), tunnel.address().map(Object::toString).orElse("-"),
                tunnel.mac().map(Object::toString).orElse("-"), tunnel.mtu(), tunnel.peers().size(), kernel);
    }

    private static Optional<OverlayTunnel.Peer> peer(Overlays.Status status, Reach reach) {
        return status.devices().stream().map(Device::tunnel).filter(tunnel -> reach.device().equals(Optional.of(tunnel.device())))
                .flatMap(tunnel -> Optional.ofNullable(tunnel.peers().get(reach.node())).stream()).findFirst();
    }

    private static String notes(Overlays.Status status) {
        StringBuilder text = new StringBuilder();
        status.notes().forEach(note -> text.append('\n').append(Table.clean(note)).append('\n'));
        return text.toString();
    }

    private static String shortened(List<?> blocks) {
        List<String> words = new ArrayList<>(blocks.stream().limit(SHOWN_BLOCKS).map(Object::toString).toList());
        if (blocks.size() > SHOWN_BLOCKS) {
            words.add("…");
        }
        return String.join(", ", words);
    }

    private static Map<String, Object> json(Device device) {
        OverlayTunnel tunnel = device.tunnel();
        return map("device", tunnel.device(), "kind", tunnel.kind().word(), "vni", tunnel.vni(), "port", tunnel.port(), "local", tunnel.local().toString(), "mtu", tunnel.mtu(),
                "mac", tunnel.mac().map(Object::toString), "address", tunnel.address().map(Object::toString), "peers", tunnel.peers().size(), "differences", device.differences(),
                "refusal", device.refusal());
    }

    private static Map<String, Object> json(Overlays.Status status, Reach reach) {
        Optional<OverlayTunnel.Peer> peer = peer(status, reach);
        return map("node", reach.node(), "device", reach.device(), "underlay", reach.underlay().toString(), "tunnelAddress", peer.map(one -> one.tunnel().toString()),
                "mac", peer.flatMap(OverlayTunnel.Peer::mac).map(Object::toString), "blocks", reach.blocks().stream().map(Object::toString).toList());
    }
}
