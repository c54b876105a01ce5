package tombolo.cni.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/** An endpoint as JSON, for the node's own record of its endpoints. */
public final class EndpointText {
    private EndpointText() { }

    public static Json.Obj write(Endpoint endpoint) {
        Json.Obj.Builder arguments = new Json.Obj.Builder();
        endpoint.arguments().forEach(arguments::with);
        Json.Obj.Builder tree = new Json.Obj.Builder().with("container", endpoint.id().containerId()).with("interface", endpoint.id().interfaceName())
                .with("state", endpoint.state().name()).with("network", endpoint.network()).with("mode", endpoint.mode()).with("netns", endpoint.netns())
                .with("host", endpoint.hostInterface()).with("mtu", endpoint.mtu())
                .with("addresses", Json.Arr.texts(endpoint.addresses().stream().map(address -> address.address() + "/" + address.prefixLength()).toList()))
                .with("arguments", arguments.build()).with("added", endpoint.addedMillis());
        if (!endpoint.source().isEmpty()) {
            tree.with("source", endpoint.source());
        }
        endpoint.mac().ifPresent(mac -> tree.with("mac", mac.toString()));
        return tree.build();
    }

    /** @throws IllegalArgumentException where the tree is no endpoint */
    public static Endpoint read(Json.Obj tree) {
        Map<String, String> arguments = new TreeMap<>();
        tree.object("arguments").orElse(Json.Obj.EMPTY).members().forEach((key, value) -> {
            if (value instanceof Json.Text(String text)) {
                arguments.put(key, text);
            }
        });
        List<InterfaceAddress> addresses = new ArrayList<>();
        for (Json item : tree.array("addresses")) {
            String text = item instanceof Json.Text(String value) ? value : "";
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw new IllegalArgumentException("'" + text + "' is no address with a prefix length");
            }
            addresses.add(new InterfaceAddress(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1))));
        }
        return new Endpoint(new EndpointId(need(tree, "container"), need(tree, "interface")), need(tree, "network"), need(tree, "mode"), need(tree, "netns"),
                need(tree, "host"), tree.text("mac").map(MacAddress::parse), (int) tree.integer("mtu").orElse(1500), addresses, arguments,
                Endpoint.State.valueOf(need(tree, "state")), tree.integer("added").orElse(0), tree.text("source").orElse(""));
    }

    private static String need(Json.Obj tree, String key) {
        Optional<String> text = tree.text(key);
        return text.orElseThrow(() -> new IllegalArgumentException("an endpoint without " + key));
    }
}
