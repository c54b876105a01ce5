package tombolo.cni.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * What a plugin, or a chain of them, came to (CNI 1.1 §Success).
 *
 * <pre>
 *  0.1.0, 0.2.0   ip4 {ip, gateway, routes}, ip6 {...}, dns                      one address of each family, no interfaces
 *  0.3.0 – 0.4.0  interfaces, ips {version, interface, address, gateway}, routes, dns
 *  1.0.0          the same, ips without version
 *  1.1.0          interfaces with mtu
 * </pre>
 *
 * @param tree where it was read from: handed on as it was, with what is not known here
 */
public record CniResult(List<Interface> interfaces, List<Ip> ips, List<Route> routes, Json.Obj dns, Optional<Json.Obj> tree) {
    private static final int MOST = 1_000;

    public CniResult {
        interfaces = List.copyOf(interfaces);
        ips = List.copyOf(ips);
        routes = List.copyOf(routes);
    }

    /** @param sandbox the container's namespace; "" for an interface of the host; @param mtu 0: not stated */
    public record Interface(String name, String mac, String sandbox, int mtu) { }

    /** @param on the position in {@code interfaces} */
    public record Ip(InterfaceAddress address, Optional<IpAddress> gateway, OptionalInt on) { }

    public record Route(Prefix destination, Optional<IpAddress> gateway) { }

    /**
     * The container's end of an attachment. The Azure CNI names it without a sandbox ({@code "interfaces": [{"name": "eth0"}]}), as others name interfaces of the host.
     */
    public Optional<Interface> inner(String name) {
        int position = innerPosition(name);
        return position < 0 ? Optional.empty() : Optional.of(interfaces.get(position));
    }

    private int innerPosition(String name) {
        int found = -1;
        for (int i = 0; i < interfaces.size(); i++) {
            Interface one = interfaces.get(i);
            if (one.name.equals(name) && (!one.sandbox.isEmpty() || found < 0)) {
                found = i;
            }
        }
        return found;
    }

    /** The host's end, as far as it is named: of several interfaces on the host (a bridge, the pair's end) the last, as the reference's plugins order them. */
    public Optional<String> outer(String name) {
        return interfaces.stream().filter(one -> one.sandbox.isEmpty() && !one.name.equals(name)).map(Interface::name).filter(EndpointId::isInterfaceName).reduce((_, last) -> last);
    }

    /** The addresses of the container's end. */
    public List<InterfaceAddress> addresses(String name) {
        int position = innerPosition(name);
        return ips.stream().filter(ip -> ip.on.isEmpty() || position < 0 || ip.on.getAsInt() == position).map(Ip::address).toList();
    }

    /** The result as the version spells it; one that was read and not changed as it was. */
    public Json.Obj toJson(CniVersion version) {
        if (tree.isPresent()) {
            return tree.get().with("cniVersion", version.text());
        }
        Json.Obj result = Json.Obj.of("cniVersion", new Json.Text(version.text()));
        return version.atLeast(CniVersion.V0_3_0) ? current(result, version) : early(result);
    }

    private Json.Obj current(Json.Obj start, CniVersion version) {
        Json.Obj result = start;
        if (!interfaces.isEmpty()) {
            List<Json> items = new ArrayList<>();
            for (Interface one : interfaces) {
                Json.Obj item = Json.Obj.of("name", new Json.Text(one.name));
                item = one.mac.isEmpty() ? item : item.with("mac", one.mac);
                item = one.mtu > 0 && version.atLeast(CniVersion.V1_1_0) ? item.with("mtu", one.mtu) : item;
                items.add(one.sandbox.isEmpty() ? item : item.with("sandbox", one.sandbox));
            }
            result = result.with("interfaces", new Json.Arr(items));
        }
        List<Json> addresses = new ArrayList<>();
        for (Ip ip : ips) {
            Json.Obj item = version.atLeast(CniVersion.V1_0_0) ? Json.Obj.EMPTY : Json.Obj.of("version", new Json.Text(ip.address.address().isIpv4() ? "4" : "6"));
            item = ip.on.isPresent() ? item.with("interface", ip.on.getAsInt()) : item;
            item = item.with("address", ip.address.address() + "/" + ip.address.prefixLength());
            addresses.add(ip.gateway.isPresent() ? item.with("gateway", ip.gateway.get().toString()) : item);
        }
        result = result.with("ips", new Json.Arr(addresses));
        if (!routes.isEmpty()) {
            result = result.with("routes", new Json.Arr(routes.stream().map(CniResult::json).toList()));
        }
        return result.with("dns", dns);
    }

    private Json.Obj early(Json.Obj start) {
        Json.Obj result = start;
        for (AddressFamily family : AddressFamily.values()) {
            Optional<Ip> first = ips.stream().filter(ip -> ip.address.address().family() == family).findFirst();
            if (first.isPresent()) {
                Json.Obj item = Json.Obj.of("ip", new Json.Text(first.get().address.address() + "/" + first.get().address.prefixLength()));
                item = first.get().gateway.isPresent() ? item.with("gateway", first.get().gateway.get().toString()) : item;
                List<Json> own = routes.stream().filter(route -> route.destination.family() == family).map(CniResult::json).toList();
                result = result.with(family == AddressFamily.IPV4 ? "ip4" : "ip6", own.isEmpty() ? item : item.with("routes", new Json.Arr(own)));
            }
        }
        return result.with("dns", dns);
    }

    private static Json json(Route route) {
        Json.Obj item = Json.Obj.of("dst", new Json.Text(route.destination.toString()));
        return route.gateway.isPresent() ? item.with("gw", route.gateway.get().toString()) : item;
    }

    /** Another plugin's result; empty where it is none. */
    public static Optional<CniResult> readResult(CniVersion version, Json.Obj tree) {
        try {
            return Optional.of(read(version, tree));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    /** Reads a {@code prevResult} of the configuration's own version. */
    static CniResult read(CniVersion version, Json.Obj tree) throws Refusal {
        List<Interface> interfaces = new ArrayList<>();
        for (Json item : limited("interfaces", tree)) {
            Json.Obj one = object("prevResult.interfaces", item);
            interfaces.add(new Interface(one.text("name").orElse(""), one.text("mac").orElse(""), one.text("sandbox").orElse(""), (int) one.integer("mtu").orElse(0)));
        }
        List<Ip> ips = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        if (version.atLeast(CniVersion.V0_3_0)) {
            for (Json item : limited("ips", tree)) {
                Json.Obj one = object("prevResult.ips", item);
                OptionalInt on = one.integer("interface").isPresent() ? OptionalInt.of((int) one.integer("interface").getAsLong()) : OptionalInt.empty();
                if (on.isPresent() && (on.getAsInt() < 0 || on.getAsInt() >= interfaces.size())) {
                    throw new Refusal(CniError.INVALID_CONFIGURATION, "prevResult.ips.interface " + on.getAsInt() + " is none of " + interfaces.size() + " interfaces", "");
                }
                ips.add(ip(one.text("address").orElse(""), one, on));
            }
            readRoutes(tree, routes);
        } else {
            for (String key : List.of("ip4", "ip6")) {
                Optional<Json.Obj> one = tree.object(key);
                if (one.isPresent()) {
                    ips.add(ip(one.get().text("ip").orElse(""), one.get(), OptionalInt.empty()));
                    readRoutes(one.get(), routes);
                }
            }
        }
        return new CniResult(interfaces, ips, routes, tree.object("dns").orElse(Json.Obj.EMPTY), Optional.of(tree));
    }

    private static void readRoutes(Json.Obj tree, List<Route> routes) throws Refusal {
        for (Json item : limited("routes", tree)) {
            Json.Obj one = object("prevResult.routes", item);
            // The reference's plugins write host bits at times (1.2.3.4/24); what counts is the prefix.
            String destination = one.text("dst").orElse("");
            IpAddress address = NetworkConfiguration.address("prevResult.routes.dst", destination);
            routes.add(new Route(Prefix.of(address, length("prevResult.routes.dst", destination, address)), gateway(one, "gw")));
        }
    }

    private static Ip ip(String text, Json.Obj one, OptionalInt on) throws Refusal {
        IpAddress address = NetworkConfiguration.address("prevResult.ips.address", text);
        return new Ip(new InterfaceAddress(address, length("prevResult.ips.address", text, address)), gateway(one, "gateway"), on);
    }

    private static int length(String field, String text, IpAddress address) throws Refusal {
        int slash = text.indexOf('/');
        String digits = slash < 0 ? "" : text.substring(slash + 1);
        int length = digits.matches("[0-9]{1,3}") ? Integer.parseInt(digits) : -1;
        if (length < 0 || length > address.family().bits()) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, field + ": '" + CniRequest.shown(text) + "' has no prefix length of its family", "");
        }
        return length;
    }

    private static Optional<IpAddress> gateway(Json.Obj one, String key) throws Refusal {
        Optional<String> text = one.text(key).filter(value -> !value.isEmpty());
        return text.isPresent() ? Optional.of(NetworkConfiguration.address("prevResult gateway", text.get())) : Optional.empty();
    }

    private static Json.Obj object(String field, Json item) throws Refusal {
        if (item instanceof Json.Obj object) {
            return object;
        }
        throw new Refusal(CniError.INVALID_CONFIGURATION, field + " holds something that is no JSON object", "");
    }

    private static List<Json> limited(String key, Json.Obj tree) throws Refusal {
        List<Json> items = tree.array(key);
        if (items.size() > MOST) {
            throw new Refusal(CniError.INVALID_CONFIGURATION, "prevResult." + key + " has " + items.size() + " items", "the most is " + MOST);
        }
        return items;
    }
}
