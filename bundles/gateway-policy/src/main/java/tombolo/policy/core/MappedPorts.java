package tombolo.policy.core;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.PortCondition;
import tombolo.api.nat.PortCondition.Side;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.IpAddress;

/** Ports of this host that lead to containers: behind what is asked before destinations are changed, a packet to one of them is one to the container. */
public record MappedPorts(List<Exposed> exposed) {
    public static final MappedPorts NONE = new MappedPorts(List.of());

    public MappedPorts {
        exposed = List.copyOf(exposed);
    }

    public MappedPorts(Collection<Exposed> exposed) {
        this(List.copyOf(exposed));
    }

    /** @param conditions without which it would not be led there @param packet with the destination that it is led to */
    record Led(PortMapping mapping, List<PortCondition> conditions, Packet packet) { }

    /** @param packet to one of this host's addresses @param by the interface by which it comes; empty: this host itself sends it */
    Optional<Led> lead(Packet packet, Optional<String> by) {
        for (Exposed each : exposed) {
            List<PortCondition> conditions = each.conditions(packet.source().family());
            Optional<IpAddress> container = each.address(packet.source().family()).map(address -> address.address());
            Optional<PortMapping> mapping = each.mappings().stream().filter(one -> means(one, packet)).findFirst();
            if (container.isPresent() && mapping.isPresent() && conditions.stream().allMatch(condition -> holds(condition, packet, by))) {
                return Optional.of(new Led(mapping.get(), conditions, packet.to(container.get(), mapping.get().containerPort())));
            }
        }
        return Optional.empty();
    }

    private static boolean means(PortMapping mapping, Packet packet) {
        return mapping.protocol().number() == packet.protocol().number() && mapping.hostPort() == packet.destinationPort() && mapping.isFor(packet.destination().family())
                && mapping.hostAddress().map(address -> address.isUnspecified() || address.equals(packet.destination())).orElse(true);
    }

    private static boolean holds(PortCondition condition, Packet packet, Optional<String> by) {
        return condition.negated() != switch (condition) {
            case PortCondition.OfAddress address -> address.prefix().contains(address.side() == Side.SOURCE ? packet.source() : packet.destination());
            case PortCondition.ArrivedBy arrived -> by.filter(name -> arrived.name().endsWith("+") ? name.startsWith(arrived.name().substring(0, arrived.name().length() - 1))
                    : name.equals(arrived.name())).isPresent();
        };
    }
}
