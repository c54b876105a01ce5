package tombolo.api.resource;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.IpAddress;

/**
 * {@code HostEndpoint}: an interface of a node under policy. Selectors of rules find it by {@code expectedIps} alone.
 *
 * @param interfaceName a name, or {@code *} for all; empty: the one that has an expected address, of which there is then at least one
 * @param profiles      in their order
 */
public record HostEndpoint(String node, Optional<String> interfaceName, List<IpAddress> expectedIps, List<String> profiles, List<Port> ports) implements ResourceSpec {
    public HostEndpoint {
        expectedIps = List.copyOf(expectedIps);
        profiles = List.copyOf(profiles);
        ports = List.copyOf(ports);
    }

    /** A named port. @param port 1–65535 */
    public record Port(String name, IpProtocol protocol, int port) { }
}
