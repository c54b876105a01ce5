package tombolo.api.nat;

import java.util.Locale;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * A port of the host that leads to a container (CNI conventions, capability {@code portMappings}).
 *
 * @param hostPort      1 to 65535
 * @param containerPort 1 to 65535
 * @param hostAddress   the one of the host's addresses; an unspecified one: all of that family; empty: all of them
 */
public record PortMapping(int hostPort, int containerPort, Protocol protocol, Optional<IpAddress> hostAddress) {
    public PortMapping {
        if (hostPort < 1 || hostPort > 65535 || containerPort < 1 || containerPort > 65535) {
            throw new IllegalArgumentException("port " + hostPort + " to " + containerPort + ": 1 to 65535");
        }
    }

    public enum Protocol {
        TCP(6), UDP(17), SCTP(132);

        private final int number;

        Protocol(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    /** Whether the two cannot be there at once, as two sockets could not listen on both. */
    public boolean clashes(PortMapping other) {
        return hostPort == other.hostPort && protocol == other.protocol
                && (hostAddress.isEmpty() || other.hostAddress.isEmpty() || overlap(hostAddress.get(), other.hostAddress.get()));
    }

    private static boolean overlap(IpAddress one, IpAddress other) {
        return one.family() == other.family() && (one.isUnspecified() || other.isUnspecified() || one.equals(other));
    }

    /** Whether packets to a host's address of that family are meant. */
    public boolean isFor(AddressFamily family) {
        return hostAddress.map(address -> address.family() == family).orElse(true);
    }

    /** {@code 8080/tcp}, {@code 192.0.2.1:8080/tcp}, {@code [2001:db8::1]:8080/tcp}. */
    @Override
    public String toString() {
        return hostAddress.map(address -> (address.isIpv4() ? address.toString() : "[" + address + "]") + ":").orElse("") + hostPort + "/" + protocol.name().toLowerCase(Locale.ROOT);
    }
}
