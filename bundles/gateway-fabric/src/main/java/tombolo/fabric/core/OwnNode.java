package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
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
        Json.Obj before = stored.map(Resource::tree).orElse(Json.Obj.of("apiVersion", new Json.Text("projectcalico.org/v3")).with("kind", "Node")
                .with("metadata", Json.Obj.of("name", new Json.Text(name))));
        Json.Obj spec = before.object("spec").orElse(Json.Obj.EMPTY);
        Json.Obj bgp = address(address(spec.object("bgp").orElse(Json.Obj.EMPTY), "ipv4Address", ipv4), "ipv6Address", ipv6);
        if (as.isPresent()) {
            bgp = bgp.with("asNumber", as.get().value());
        }
        Json.Obj after = spec.with("addresses", addresses(spec, ipv4, ipv6));
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

    private static Json.Obj address(Json.Obj bgp, String field, Optional<InterfaceAddress> address) {
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
