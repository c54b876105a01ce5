package tombolo.policy.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;

/** Which endpoint or address a word means. */
final class Names {
    private final PolicyEngine engine;

    Names(PolicyEngine engine) {
        this.engine = engine;
    }

    /**
     * One end of a question.
     *
     * @param text  for the answer
     * @param local the endpoint where it is this node's
     */
    record End(String text, Optional<Model.Endpoint> local, List<IpAddress> addresses) {
        End {
            addresses = List.copyOf(addresses);
        }

        Optional<IpAddress> address(AddressFamily family) {
            return addresses.stream().filter(address -> address.family() == family).findFirst();
        }
    }

    static String of(ResourceId id) {
        return id.namespace().map(namespace -> namespace + "/").orElse("") + id.name();
    }

    /** What people call it: its pod where it has one. */
    String of(Model.Endpoint endpoint) {
        Optional<String> pod = engine.local(endpoint.id()).map(Resource::spec).flatMap(spec -> spec instanceof WorkloadEndpoint workload ? workload.pod() : Optional.empty());
        return pod.map(name -> endpoint.id().namespace().orElse("default") + "/" + name).orElseGet(() -> of(endpoint.id()));
    }

    /** @throws IllegalArgumentException with operator text where there is none, or more than one */
    Model.Endpoint local(String word) {
        Map<ResourceId, Model.Endpoint> found = new TreeMap<>();
        for (Model.Endpoint endpoint : engine.endpoints().values()) {
            if (of(endpoint.id()).equals(word) || of(endpoint).equals(word)) {
                found.put(endpoint.id(), endpoint);
            }
        }
        if (found.isEmpty()) {
            for (Model.Endpoint endpoint : engine.endpoints().values()) {
                if (endpoint.id().name().equals(word) || endpoint.interfaceName().filter(word::equals).isPresent()
                        || endpoint.addresses().stream().map(Prefix::address).anyMatch(address -> address.toString().equals(word))) {
                    found.put(endpoint.id(), endpoint);
                }
            }
        }
        if (found.size() == 1) {
            return found.values().iterator().next();
        }
        throw new IllegalArgumentException(found.isEmpty()
                ? "TMB-POL-010 '" + word + "' is no endpoint of this node: wanted namespace/name, namespace/pod, an interface or an address; policy:show completes them"
                : "TMB-POL-011 '" + word + "' means " + found.size() + " endpoints: " + String.join(", ", found.keySet().stream().map(Names::of).toList()) + ". Name one");
    }

    /** An endpoint of this node or another, or an address. */
    End end(String word) {
        Optional<IpAddress> address = address(word);
        if (address.isPresent()) {
            Optional<Model.Endpoint> holder = engine.endpoints().values().stream().filter(endpoint -> endpoint.addresses().stream().anyMatch(net -> net.contains(address.get()))).findFirst();
            return new End(holder.map(endpoint -> of(endpoint) + " (" + address.get() + ")").orElse(address.get().toString()), holder, List.of(address.get()));
        }
        Optional<End> remote = engine.elsewhere(word).map(member -> new End(word + ", on another node", Optional.empty(), member.nets().stream().map(Prefix::address).toList()));
        if (remote.isPresent()) {
            return remote.get();
        }
        Model.Endpoint endpoint = local(word);
        return new End(of(endpoint), Optional.of(endpoint), endpoint.addresses().stream().map(Prefix::address).toList());
    }

    private static Optional<IpAddress> address(String word) {
        try {
            return Optional.of(IpAddress.parse(word));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
