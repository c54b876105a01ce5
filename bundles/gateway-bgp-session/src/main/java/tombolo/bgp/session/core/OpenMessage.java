package tombolo.bgp.session.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tombolo.api.net.AddressFamily;

/**
 * An OPEN message (RFC 4271 §4.2) whose form is right; whether its content suits is for {@link OpenCheck}.
 *
 * @param version   4, others are refused by the decoder
 * @param shortAs   the "My Autonomous System" field, 0-65535
 * @param holdTime  proposed, seconds, 0-65535
 * @param routerId  the BGP Identifier, unsigned 32 bits; 0 is possible here
 */
public record OpenMessage(int version, int shortAs, int holdTime, int routerId, List<Capability> capabilities) {
    public static final int VERSION = 4;

    public OpenMessage {
        capabilities = List.copyOf(capabilities);
    }

    /** The AS that the sender says it is in: capability 65 where there (RFC 6793 §4.1), else the field. */
    public long as() {
        return find(Capability.FourOctetAs.class).map(Capability.FourOctetAs::as).orElse((long) shortAs);
    }

    /** The last capability of a kind: of several the last counts (RFC 4724 §3 says so for its own; others repeat the same value). */
    public <C extends Capability> Optional<C> find(Class<C> kind) {
        return capabilities.stream().filter(kind::isInstance).map(kind::cast).reduce((first, second) -> second);
    }

    public boolean has(Class<? extends Capability> kind) {
        return capabilities.stream().anyMatch(kind::isInstance);
    }

    /** Unicast families offered; without any multiprotocol capability IPv4 is meant (RFC 4760 §8). */
    public Set<AddressFamily> families() {
        Set<AddressFamily> families = new TreeSet<>();
        if (!has(Capability.Multiprotocol.class)) {
            families.add(AddressFamily.IPV4);
        }
        for (Capability capability : capabilities) {
            if (capability instanceof Capability.Multiprotocol(int afi, int safi)) {
                family(afi, safi).ifPresent(families::add);
            }
        }
        return families;
    }

    static Optional<AddressFamily> family(int afi, int safi) {
        for (AddressFamily family : AddressFamily.values()) {
            if (family.afi() == afi && safi == Capability.UNICAST) {
                return Optional.of(family);
            }
        }
        return Optional.empty();
    }

    /** The OPEN without optional parameters for a peer that refused them (RFC 5492 §5): IPv4 and 2-octet AS numbers. */
    public static OpenMessage bare(PeerPlan plan) {
        return new OpenMessage(VERSION, shortAs(plan), plan.holdTimeSeconds(), plan.routerId().bits(), List.of());
    }

    /**
     * The OPEN that we send to a peer.
     *
     * @param restarting     we came back from a restart that kept the forwarding state (RFC 4724 §4.1: R bit)
     * @param forwardingKept the F bit of every family
     */
    public static OpenMessage offer(PeerPlan plan, boolean restarting, boolean forwardingKept) {
        List<Capability> capabilities = new ArrayList<>();
        for (AddressFamily family : plan.families()) {
            capabilities.add(new Capability.Multiprotocol(family.afi(), Capability.UNICAST));
        }
        capabilities.add(new Capability.RouteRefresh());
        capabilities.add(new Capability.EnhancedRouteRefresh());
        if (plan.extendedMessages()) {
            capabilities.add(new Capability.ExtendedMessage());
        }
        if (plan.gracefulRestart()) {
            List<Capability.GracefulRestart.Family> kept = plan.families().stream()
                    .map(family -> new Capability.GracefulRestart.Family(family.afi(), Capability.UNICAST, forwardingKept)).toList();
            capabilities.add(new Capability.GracefulRestart(restarting, true, plan.restartSeconds(), kept));
        }
        capabilities.add(new Capability.FourOctetAs(plan.localAs().value()));
        return new OpenMessage(VERSION, shortAs(plan), plan.holdTimeSeconds(), plan.routerId().bits(), capabilities);
    }

    private static int shortAs(PeerPlan plan) {
        return (int) (plan.localAs().fitsTwoOctets() ? plan.localAs().value() : tombolo.api.net.Asn.TRANS.value());
    }
}
