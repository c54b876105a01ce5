package tombolo.azure.cni.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * What is said to the container networking service and what it answers. Keys are read without regard to case, since its own reader does so and its versions
 * differ. Source: {@code cns/NetworkContainerContract.go}, {@code cns/types/codes.go}, 2026-08.
 */
public final class CnsMessages {
    public static final String REQUEST = "/network/requestipconfigs";
    public static final String REQUEST_ONE = "/network/requestipconfig";
    public static final String RELEASE = "/network/releaseipconfigs";
    public static final String RELEASE_ONE = "/network/releaseipconfig";

    private static final int SUCCESS = 0;
    private static final int UNSUPPORTED_API = 43;
    /** Its names, for the operator; 14 and 18 to a release mean that there is nothing to release. */
    private static final Map<Integer, String> CODES = Map.of(SUCCESS, "Success", 14, "NotFound", 15, "AddressUnavailable", 18, "UnknownContainerID", 32, "FailedToAllocateIPConfig",
            33, "EmptyOrchestratorContext", 34, "UnsupportedOrchestratorContext", UNSUPPORTED_API, "UnsupportedAPI", 45, "ConnectionError", 99, "UnexpectedError");
    private static final Set<Integer> NOTHING_THERE = Set.of(14, 18);
    /** The service's pool grows by itself, and its own services come and go. */
    private static final Set<Integer> TEMPORARY = Set.of(15, 32, 45, 99);
    /** Of those, what says nothing about the caller: its own services cannot be reached, or it failed. An empty pool it has seen, and who has an address needs none of it. */
    private static final Set<Integer> UNSAID = Set.of(45, 99);
    /** A container has one address of each family. */
    private static final int MOST_ADDRESSES = 16;

    private CnsMessages() { }

    /** Who asks, in the service's words. @param pod and {@code namespace}: "" where the container is no pod */
    public record Caller(String podInterfaceId, String containerId, String interfaceName, String pod, String namespace) {
        public static Caller of(EndpointId id, Map<String, String> arguments) {
            return new Caller(endpointId(id), id.containerId(), id.interfaceName(), arguments.getOrDefault("K8S_POD_NAME", ""), arguments.getOrDefault("K8S_POD_NAMESPACE", ""));
        }

        public Json.Obj toJson() {
            return Json.Obj.of("podInterfaceID", new Json.Text(podInterfaceId)).with("infraContainerID", containerId).with("ifname", interfaceName).with("pod", pod).with("namespace", namespace);
        }

        /** @throws IllegalArgumentException where the tree is no caller */
        public static Caller read(Json.Obj tree) {
            List<String> parts = new ArrayList<>();
            for (String key : List.of("podInterfaceID", "infraContainerID", "ifname", "pod", "namespace")) {
                parts.add(tree.text(key).orElseThrow(() -> new IllegalArgumentException("a caller without " + key)));
            }
            return new Caller(parts.get(0), parts.get(1), parts.get(2), parts.get(3), parts.get(4));
        }
    }

    /** What an answer says. */
    public sealed interface Answer {
        /**
         * @param addresses with the lengths of their subnets; none in the answer to a release
         * @param access    how containers of that subnet reach the machine's own services; empty where the answer does not say it
         * @param unclear   why what it says of that is of no use, which is of no matter where it is not needed; empty: it is, or says nothing
         */
        record Done(List<InterfaceAddress> addresses, Optional<HostAccess> access, Optional<String> unclear) implements Answer {
            public Done {
                addresses = List.copyOf(addresses);
            }

            public Done(List<InterfaceAddress> addresses) {
                this(addresses, Optional.empty(), Optional.empty());
            }
        }

        /** The service is older than the call: the singular one is to be made. */
        record NotSupported() implements Answer { }

        /**
         * @param temporary whether asking again may help
         * @param unsaid    whether it could not so much as look: then it says nothing about what the caller has
         */
        record Refused(String reason, boolean temporary, boolean unsaid) implements Answer {
            public Refused(String reason, boolean temporary) {
                this(reason, temporary, false);
            }
        }

        /** It gave something that we do not hand on; it has to be given back. */
        record Unusable(String reason) implements Answer { }
    }

    /** The Azure CNI's id of an endpoint: the first 8 characters of the container's and the interface. */
    public static String endpointId(EndpointId id) {
        return id.containerId().substring(0, Math.min(8, id.containerId().length())) + "-" + id.interfaceName();
    }

    /** @param single for the singular call; @param desired any where empty; the singular call takes the first */
    public static Json.Obj request(Caller caller, List<IpAddress> desired, boolean single) {
        Json.Obj context = Json.Obj.of("PodName", new Json.Text(caller.pod)).with("PodNamespace", caller.namespace);
        Json.Obj request = single ? Json.Obj.of("desiredIPAddress", new Json.Text(desired.isEmpty() ? "" : desired.getFirst().toString()))
                : Json.Obj.of("desiredIPAddresses", Json.Arr.texts(desired.stream().map(IpAddress::toString).toList()));
        return request.with("podInterfaceID", caller.podInterfaceId).with("infraContainerID", caller.containerId).with("orchestratorContext", context).with("ifname", caller.interfaceName);
    }

    /** @param status of HTTP; @param body of the answer, where it is JSON */
    public static Answer answer(int status, Optional<Json> body, boolean release) {
        if (status == 404 || status == 405) {
            return new Answer.NotSupported(); // a service without that path
        }
        if (status != 200) {
            boolean busy = status >= 500 || status == 429;
            return new Answer.Refused("HTTP status " + status, busy, busy);
        }
        if (!(body.orElse(Json.Null.NULL) instanceof Json.Obj tree)) {
            return new Answer.Refused("the answer is no JSON object", false);
        }
        // Answers to releases have been seen with the code inside "response" and without.
        Json.Obj response = object(tree, "response").orElse(tree);
        Optional<Json> stated = any(response, "ReturnCode");
        if (stated.isEmpty() && !release) {
            return new Answer.Refused("the answer has no ReturnCode", false);
        }
        long code = stated.map(value -> value instanceof Json.Num number ? number.integer().orElse(-1) : -1L).orElse(0L);
        if (code == UNSUPPORTED_API) {
            return new Answer.NotSupported();
        }
        if (code != SUCCESS) {
            int known = code == (int) code ? (int) code : -1;
            if (release && NOTHING_THERE.contains(known)) {
                return new Answer.Done(List.of());
            }
            String message = any(response, "Message").map(value -> value instanceof Json.Text(String text) ? ": " + VnetInterfaces.shown(text) : "").orElse("");
            return new Answer.Refused("ReturnCode " + code + " (" + CODES.getOrDefault(known, "not known here") + ")" + message, TEMPORARY.contains(known), UNSAID.contains(known));
        }
        if (release) {
            return new Answer.Done(List.of());
        }
        try {
            return given(tree);
        } catch (IllegalArgumentException e) {
            return new Answer.Unusable(String.valueOf(e.getMessage()));
        }
    }

    /** A list in the plural's answer, an object in the singular's. */
    private static Answer given(Json.Obj tree) {
        List<Json> entries = switch (any(tree, "podIPInfo").orElse(Json.Null.NULL)) {
            case Json.Arr(List<Json> items) -> items;
            case Json.Obj one -> List.of(one);
            default -> List.of();
        };
        List<InterfaceAddress> addresses = new ArrayList<>();
        Set<IpAddress> seen = new HashSet<>();
        Optional<HostAccess> access = Optional.empty();
        Optional<String> unclear = Optional.empty();
        for (Json entry : entries) {
            Json.Obj one = entry instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            String nic = text(one, "NICType").toLowerCase(Locale.ROOT);
            if (!nic.isEmpty() && !nic.equals("infranic") && !nic.equals("legacy")) {
                return new Answer.Unusable("NICType '" + VnetInterfaces.shown(nic) + "': interfaces that are handed to a container whole are not done here");
            }
            if (any(one, "SkipDefaultRoutes").equals(Optional.of(Json.Bool.TRUE))) {
                return new Answer.Unusable("skipDefaultRoutes: containers with other routes than the mode's are not done here");
            }
            Json.Obj config = object(one, "PodIPConfig").orElseThrow(() -> new IllegalArgumentException("an entry of podIPInfo without PodIPConfig"));
            IpAddress address = IpAddress.parse(text(config, "IPAddress"));
            if (address.isUnspecified() || address.isMulticast() || address.isLoopback() || !seen.add(address)) {
                throw new IllegalArgumentException("the address " + address + " is no container's, or is there twice");
            }
            addresses.add(new InterfaceAddress(address, length(one, config, address)));
            try {
                access = access.or(() -> access(one, address));
            } catch (IllegalArgumentException e) {
                unclear = Optional.of(String.valueOf(e.getMessage()));
            }
        }
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
            return new Answer.Unusable(addresses.size() + " addresses in the answer; wanted 1 to " + MOST_ADDRESSES);
        }
        return new Answer.Done(addresses, access, unclear);
    }

    /** Of the first IPv4 address; the subnet is that of the network container, whatever length stands beside the address. @throws IllegalArgumentException where one of its addresses is none */
    private static Optional<HostAccess> access(Json.Obj entry, IpAddress address) {
        Json.Obj subnet = object(entry, "NetworkContainerPrimaryIPConfig").flatMap(container -> object(container, "IPSubnet")).orElse(Json.Obj.EMPTY);
        String primary = text(subnet, "IPAddress");
        String machine = object(entry, "HostPrimaryIPInfo").map(host -> text(host, "PrimaryIP")).orElse("");
        int length = number(subnet);
        if (!address.isIpv4() || primary.isEmpty() || machine.isEmpty() || length == 0) {
            return Optional.empty();
        }
        return Optional.of(new HostAccess(Prefix.of(address, length), IpAddress.parse(primary), IpAddress.parse(machine)));
    }

    /** The length that stands beside the address; where that is none, its subnet's. */
    private static int length(Json.Obj entry, Json.Obj config, IpAddress address) {
        Json.Obj container = object(entry, "NetworkContainerPrimaryIPConfig").orElse(Json.Obj.EMPTY);
        Json.Obj subnet = object(container, address.isIpv4() ? "IPSubnet" : "IPSubnetV6").orElse(Json.Obj.EMPTY);
        int stated = number(config);
        int length = stated > 0 ? stated : number(subnet);
        if (length == 0) {
            return address.family().bits();
        }
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException("the length " + length + " of " + address);
        }
        return length;
    }

    private static int number(Json.Obj tree) {
        return (int) any(tree, "PrefixLength").map(value -> value instanceof Json.Num one ? one.integer().orElse(0) : 0L).orElse(0L).longValue();
    }

    private static String text(Json.Obj tree, String key) {
        return any(tree, key).map(value -> value instanceof Json.Text(String text) ? text : "").orElse("");
    }

    private static Optional<Json.Obj> object(Json.Obj tree, String key) {
        return any(tree, key).flatMap(value -> value instanceof Json.Obj object ? Optional.of(object) : Optional.empty());
    }

    private static Optional<Json> any(Json.Obj tree, String key) {
        return tree.get(key).or(() -> tree.members().entrySet().stream().filter(member -> member.getKey().equalsIgnoreCase(key)).map(Map.Entry::getValue).findFirst());
    }
}
