package tombolo.policy.core;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.Prefix;
import tombolo.api.resource.GlobalNetworkSet;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.NetworkSet;
import tombolo.api.resource.Resource;
import tombolo.api.resource.WorkloadEndpoint;

/** What a resource brings to the sets that choose it. */
record Member(List<Prefix> nets, List<Port> ports) {
    static final Member NONE = new Member(List.of(), List.of());

    record Port(String name, IpProtocol protocol, int port) { }

    Member {
        nets = List.copyOf(nets);
        ports = List.copyOf(ports);
    }

    /** Empty where the resource is not of a kind that selectors of rules choose. */
    static Optional<Member> of(Resource resource) {
        return switch (resource.spec()) {
            case WorkloadEndpoint endpoint -> Optional.of(new Member(endpoint.ipNetworks(),
                    endpoint.ports().isEmpty() ? List.of() : endpoint.ports().stream().filter(port -> port.name().isPresent()).map(port -> new Port(port.name().get(), port.protocol(), port.port())).toList()));
            case HostEndpoint endpoint -> Optional.of(new Member(endpoint.expectedIps().stream().map(Prefix::host).toList(),
                    endpoint.ports().stream().map(port -> new Port(port.name(), port.protocol(), port.port())).toList()));
            case NetworkSet set -> Optional.of(new Member(set.nets(), List.of()));
            case GlobalNetworkSet set -> Optional.of(new Member(set.nets(), List.of()));
            default -> Optional.empty();
        };
    }
}
