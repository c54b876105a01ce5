package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.overlay.TunnelMac;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.Resource;

/** This node's own Node resource, as this node keeps it: addresses and AS are ours to say, all else stays as it is. */
public final class OwnNode {
    private static final String OUR_TYPE = "CalicoNodeIP";

    private OwnNode() { }

    /**
     * @param as of this node, where it differs from that of the cluster; empty: what stands there stays
     * @return the document to write; empty where the stored one says it already
     */
    public static Optional<Json.Obj> document(String name, Optional<Resource> stored, Optional<InterfaceAddress> ipv4, Optional<InterfaceAddress> ipv6, Optional<Asn> as) {
        return document(name, stored, ipv4, ipv6, as, Map.of());
    }

    /** @param tunnels this node's tunnel addresses; of a kind that is not there, what stands there stays */
    public static Optional<Json.Obj> document(String name, Optional<Resource> stored, Optional<InterfaceAddress> ipv4, Optional<InterfaceAddress> ipv6, Optional<Asn> as,
                                              Map<TunnelKind, Optional<IpAddress>> tunnels) {
        Json.Obj before = stored.map(Resource::tree).orElse(Json.Obj.of("apiVersion", new Json.Text("projectcalico.org/v3")).with("kind", "Node")
                .with("metadata", Json.Obj.of("name", new Json.Text(name))));
        Json.Obj spec = before.object("spec").orElse(Json.Obj.EMPTY);
        Json.Obj bgp = address(address(spec.object("bgp").orElse(Json.Obj.EMPTY), "ipv4Address", ipv4), "ipv6Address", ipv6);
        if (as.isPresent()) {
            bgp = bgp.with("asNumber", as.get().value());
        }
        if (tunnels.containsKey(TunnelKind.IPIP)) {
            bgp = address(bgp, "ipv4IPIPTunnelAddr", tunnels.get(TunnelKind.IPIP));
        }
        Json.Obj after = spec.with("addresses", addresses(spec, ipv4, ipv6));
        after = vxlan(after, name, AddressFamily.IPV4, tunnels.get(TunnelKind.VXLAN));
        after = vxlan(after, name, AddressFamily.IPV6, tunnels.get(TunnelKind.VXLAN_V6));
        after = bgp.members().isEmpty() ? after.without("bgp") : after.with("bgp", bgp);
        if (stored.isPresent() && after.equals(spec)) {
            return Optional.empty();
        }
        Json.Obj metadata = before.object("metadata").orElse(Json.Obj.EMPTY);
        if (stored.isPresent()) {
            metadata = metadata.with("resourceVersion", Long.toString(stored.get().revision()));
        }
        return Optional.of(before.with("metadata", metadata).with("spec", after));
    }

    /** The address, and beside it the device's hardware address: one that stands there is kept, since the device follows it. */
    private static Json.Obj vxlan(Json.Obj spec, String name, AddressFamily family, @Nullable Optional<IpAddress> address) {
        if (address == null) {
            return spec;
        }
        String field = family == AddressFamily.IPV4 ? "vxlanTunnelMACAddr" : "vxlanTunnelMACAddrV6";
        String derived = TunnelMac.of(name, family).toString();
        Json.Obj after = address(spec, family == AddressFamily.IPV4 ? "ipv4VXLANTunnelAddr" : "ipv6VXLANTunnelAddr", address);
        if (address.isPresent()) {
            return after.text(field).isPresent() ? after : after.with(field, derived);
        }
        return after.text(field).filter(derived::equals).isPresent() ? after.without(field) : after;
    }

    private static Json.Obj address(Json.Obj bgp, String field, Optional<?> address) {
        return address.isPresent() ? bgp.with(field, address.get().toString()) : bgp.without(field);
    }

    private static Json addresses(Json.Obj spec, Optional<InterfaceAddress> ipv4, Optional<InterfaceAddress> ipv6) {
        List<Json> all = new ArrayList<>();
        ipv4.ifPresent(address -> all.add(entry(address)));
        ipv6.ifPresent(address -> all.add(entry(address)));
        spec.array("addresses").stream().filter(entry -> !(entry instanceof Json.Obj object && object.text("type").filter(OUR_TYPE::equals).isPresent())).forEach(all::add);
        return new Json.Arr(all);
    }

    private static Json entry(InterfaceAddress address) {
        return Json.Obj.of("address", new Json.Text(address.toString())).with("type", OUR_TYPE);
    }
}
