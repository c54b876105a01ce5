package tombolo.azure.cni.core;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;

/**
 * The endpoints as the Azure CNI tells of them: in its state file's form ({@code /var/run/azure-vnet.json}, below {@code Network}), and beside it in that of its
 * answer to GET_ENDPOINT_STATE ({@code ContainerInterfaces}), which CNS reads at its start. Whoever reads one passes over the other.
 *
 * <pre>
 *  {"ContainerInterfaces": {"&lt;endpoint&gt;": {PodName, PodNamespace, PodEndpointId, ContainerID, IPAddresses [{IP, Mask}]}},
 *   "Network": {Version, TimeStamp, ExternalInterfaces {&lt;uplink&gt; {Name, Networks {&lt;network&gt; {Id, Mode, VlanId, Subnets [], Endpoints {&lt;endpoint&gt; {…}}}}}}}}
 * </pre>
 *
 * Masks and hardware addresses are in base64, as Go writes bytes. An endpoint's id is the first 8 characters of the container's and the interface; of two with the
 * same the later one in order has its whole container id instead, so that none hides another.
 */
public final class EndpointState {
    private static final String VERSION = "tombolo";

    private EndpointState() { }

    /** @param modes by name, for the gateways; @param uplink "": none */
    public static Json.Obj of(List<Endpoint> endpoints, Map<String, EndpointMode> modes, String uplink, long nowMillis) {
        Map<String, Endpoint> byId = new TreeMap<>();
        endpoints.stream().filter(one -> one.state() == Endpoint.State.READY && !one.addresses().isEmpty()).sorted(java.util.Comparator.comparing(Endpoint::id)).forEach(one -> {
            String id = CnsMessages.endpointId(one.id());
            byId.put(byId.containsKey(id) ? one.id().containerId() + "-" + one.id().interfaceName() : id, one);
        });
        Json.Obj interfaces = Json.Obj.EMPTY;
        for (Map.Entry<String, Endpoint> entry : byId.entrySet()) {
            Endpoint one = entry.getValue();
            interfaces = interfaces.with(entry.getKey(), Json.Obj.of("PodName", new Json.Text(argument(one, "K8S_POD_NAME"))).with("PodNamespace", argument(one, "K8S_POD_NAMESPACE"))
                    .with("PodEndpointId", entry.getKey()).with("ContainerID", one.id().containerId()).with("IPAddresses", networks(one.addresses())));
        }
        Json.Obj networks = Json.Obj.EMPTY;
        for (String network : new TreeSet<>(byId.values().stream().map(Endpoint::network).toList())) {
            Map<String, Endpoint> own = new TreeMap<>(byId);
            own.values().removeIf(one -> !one.network().equals(network));
            networks = networks.with(network, network(network, own, modes));
        }
        Json.Obj external = uplink.isEmpty() && byId.isEmpty() ? Json.Obj.EMPTY
                : Json.Obj.of(uplink, Json.Obj.of("Name", new Json.Text(uplink)).with("Networks", networks));
        return Json.Obj.of("ContainerInterfaces", interfaces).with("Network",
                Json.Obj.of("Version", new Json.Text(VERSION)).with("TimeStamp", Instant.ofEpochMilli(nowMillis).toString()).with("ExternalInterfaces", external));
    }

    private static Json.Obj network(String name, Map<String, Endpoint> endpoints, Map<String, EndpointMode> modes) {
        Json.Obj entries = Json.Obj.EMPTY;
        Map<Prefix, InterfaceAddress> subnets = new TreeMap<>();
        String mode = "";
        for (Map.Entry<String, Endpoint> entry : endpoints.entrySet()) {
            Endpoint one = entry.getValue();
            mode = one.mode();
            one.addresses().forEach(address -> subnets.putIfAbsent(Prefix.of(address.address(), address.prefixLength()), address));
            entries = entries.with(entry.getKey(), endpoint(entry.getKey(), one, modes));
        }
        List<Json> list = new ArrayList<>();
        subnets.forEach((prefix, address) -> list.add(Json.Obj.of("Family", Json.Num.of(address.address().isIpv4() ? 2 : 10))
                .with("Prefix", network(prefix.address(), prefix.length())).with("Gateway", gateways(List.of(address), endpoints.values().iterator().next(), modes).stream().findFirst().orElse(""))
                .with("PrimaryIP", "")));
        return Json.Obj.of("Id", new Json.Text(name)).with("Mode", mode).with("VlanId", 0).with("Subnets", new Json.Arr(list)).with("Endpoints", entries);
    }

    private static Json.Obj endpoint(String id, Endpoint one, Map<String, EndpointMode> modes) {
        List<Json> routes = new ArrayList<>();
        for (String gateway : gateways(one.addresses(), one, modes)) {
            IpAddress address = IpAddress.parse(gateway);
            routes.add(Json.Obj.of("Dst", network(IpAddress.any(address.family()), 0)).with("Gw", gateway));
        }
        return Json.Obj.of("Id", new Json.Text(id)).with("SandboxKey", "").with("IfName", one.id().interfaceName()).with("HostIfName", one.hostInterface())
                .with("MacAddress", one.mac().map(EndpointState::base64).orElse("")).with("IPAddresses", networks(one.addresses()))
                .with("Gateways", Json.Arr.texts(gateways(one.addresses(), one, modes))).with("DNS", Json.Obj.of("Suffix", new Json.Text("")).with("Servers", Json.Arr.EMPTY))
                .with("Routes", new Json.Arr(routes)).with("VlanID", 0).with("EnableSnatOnHost", false).with("NetworkNameSpace", one.netns()).with("ContainerID", one.id().containerId())
                .with("PODName", argument(one, "K8S_POD_NAME")).with("PODNameSpace", argument(one, "K8S_POD_NAMESPACE")).with("NICType", "InfraNIC");
    }

    private static List<String> gateways(List<InterfaceAddress> addresses, Endpoint endpoint, Map<String, EndpointMode> modes) {
        return Stream.ofNullable(modes.get(endpoint.mode())).flatMap(mode -> addresses.stream().map(mode::gateway)).distinct().map(IpAddress::toString).toList();
    }

    private static Json.Arr networks(List<InterfaceAddress> addresses) {
        return new Json.Arr(addresses.stream().<Json>map(address -> network(address.address(), address.prefixLength())).toList());
    }

    private static Json.Obj network(IpAddress address, int length) {
        byte[] mask = new byte[address.family().bits() / 8];
        for (int bit = 0; bit < length; bit++) {
            mask[bit / 8] |= (byte) (0x80 >> bit % 8);
        }
        return Json.Obj.of("IP", new Json.Text(address.toString())).with("Mask", Base64.getEncoder().encodeToString(mask));
    }

    private static String base64(MacAddress mac) {
        byte[] bytes = new byte[6];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (mac.bits() >>> 40 - 8 * i);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String argument(Endpoint endpoint, String key) {
        return endpoint.arguments().getOrDefault(key, "");
    }
}
