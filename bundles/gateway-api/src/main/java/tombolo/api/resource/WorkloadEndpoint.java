package tombolo.api.resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * {@code WorkloadEndpoint}: an interface of a container or virtual machine.
 *
 * @param ipNetworks                 single addresses: /32 and /128
 * @param profiles                   in their order
 * @param allowSpoofedSourcePrefixes may be sent from besides its own addresses
 * @param qosControls                limits by their names, such as {@code ingressBandwidth}; only those that are set, none of them 0
 */
public record WorkloadEndpoint(Optional<String> orchestrator, Optional<String> workload, Optional<String> node, Optional<String> containerId, Optional<String> pod,
                               Optional<String> endpoint, Optional<String> serviceAccountName, List<Prefix> ipNetworks, List<IpNat> ipNats, Optional<IpAddress> ipv4Gateway,
                               Optional<IpAddress> ipv6Gateway, List<String> profiles, Optional<String> interfaceName, Optional<String> mac, List<Port> ports,
                               List<Prefix> allowSpoofedSourcePrefixes, Map<String, Long> qosControls) implements ResourceSpec {
    public WorkloadEndpoint {
        ipNetworks = List.copyOf(ipNetworks);
        ipNats = List.copyOf(ipNats);
        profiles = List.copyOf(profiles);
        ports = List.copyOf(ports);
        allowSpoofedSourcePrefixes = List.copyOf(allowSpoofedSourcePrefixes);
        qosControls = Map.copyOf(qosControls);
    }

    public record IpNat(IpAddress internalIp, IpAddress externalIp) { }

    /**
     * @param name     where a port of the host is mapped it may be without
     * @param port     1–65535
     * @param hostPort 1–65535
     */
    public record Port(Optional<String> name, IpProtocol protocol, int port, OptionalInt hostPort, Optional<IpAddress> hostIp) { }
}
