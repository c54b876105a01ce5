package tombolo.policy.core;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyBody.Type;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.PolicyRule.Icmp;
import tombolo.api.resource.PolicyRule.Port.Range;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.StagedAction;
import tombolo.api.resource.Tier.DefaultAction;

/**
 * The compiled policy of a node: what each local endpoint is subject to, in order, with every selector replaced by the set of addresses that it stands for. Equal
 * resources make an equal model, in whatever order they came.
 *
 * @param endpoints local ones
 * @param policies  those that select one of them, staged ones too
 * @param profiles  those that one of them names and that are there
 * @param sets      those that a rule of these refers to
 */
public record Model(SortedMap<ResourceId, Endpoint> endpoints, SortedMap<ResourceId, Policy> policies, SortedMap<String, Profile> profiles, SortedMap<SetId, SetContents> sets) {

    /**
     * One end of a rule; everything that is set must hold.
     *
     * @param nets       disjoint; empty: any
     * @param notNets    in none of these
     * @param in         in this set
     * @param notIn      not in this set
     * @param ports      a port in one of these, or in one of {@code namedPorts}; both empty: any
     * @param notPorts   the port is in none of these and in none of {@code notNamedPorts}
     */
    public record Side(List<Prefix> nets, List<Prefix> notNets, Optional<SetId.Nets> in, Optional<SetId.Nets> notIn, List<Range> ports, List<SetId.Ports> namedPorts, List<Range> notPorts,
                List<SetId.Ports> notNamedPorts) {
        public Side {
            nets = List.copyOf(nets);
            notNets = List.copyOf(notNets);
            ports = List.copyOf(ports);
            namedPorts = List.copyOf(namedPorts);
            notPorts = List.copyOf(notPorts);
            notNamedPorts = List.copyOf(notNamedPorts);
        }
    }

    /** @param number from 1, as it stands in the policy; @param families those that it can match: at least one */
    public record Rule(int number, PolicyRule.Action action, Set<AddressFamily> families, Optional<IpProtocol> protocol, Optional<IpProtocol> notProtocol, Optional<Icmp> icmp,
                Optional<Icmp> notIcmp, Side source, Side destination) {
        public Rule {
            families = Set.copyOf(families);
        }
    }

    /**
     * @param scope     what chooses its endpoints, whole
     * @param untracked decided before connections are tracked, at host endpoints
     * @param preDnat   decided before destinations are changed, at host endpoints
     * @param onForward also for what a host endpoint forwards
     * @param staged    set: told of and not enforced
     */
    public record Policy(ResourceId id, String tier, OptionalDouble order, String scope, Set<Type> types, List<Rule> ingress, List<Rule> egress, boolean untracked, boolean preDnat,
                  boolean onForward, Optional<StagedAction> staged) {
        public Policy {
            types = Set.copyOf(types);
            ingress = List.copyOf(ingress);
            egress = List.copyOf(egress);
        }
    }

    public record Profile(List<Rule> ingress, List<Rule> egress) {
        public Profile {
            ingress = List.copyOf(ingress);
            egress = List.copyOf(egress);
        }
    }

    /** The policies of a tier that an endpoint has, in order; a tier without one in a direction is passed over in that direction. */
    public record TierPolicies(String tier, OptionalDouble order, DefaultAction defaultAction, List<ResourceId> ingress, List<ResourceId> egress) {
        public TierPolicies {
            ingress = List.copyOf(ingress);
            egress = List.copyOf(egress);
        }
    }

    /**
     * @param host          a host endpoint
     * @param interfaceName for a host endpoint {@code *} for all
     * @param addresses     its own
     * @param spoofable     may be sent from besides its own
     * @param profiles      in their order, those that are not there too
     * @param implicit      profiles that are not there and allow everything, see {@link PolicyEngine}
     * @param bridged       set: what it sends comes in by the node's bridge, from this hardware address
     */
    public record Endpoint(ResourceId id, boolean host, Optional<String> interfaceName, List<Prefix> addresses, List<Prefix> spoofable, List<TierPolicies> tiers, List<String> profiles,
                    Set<String> implicit, Optional<MacAddress> bridged) {
        public Endpoint {
            addresses = List.copyOf(addresses);
            spoofable = List.copyOf(spoofable);
            tiers = List.copyOf(tiers);
            profiles = List.copyOf(profiles);
            implicit = Set.copyOf(implicit);
        }

        public Optional<IpAddress> address(AddressFamily family) {
            return addresses.stream().map(Prefix::address).filter(address -> address.family() == family).findFirst();
        }
    }

    /** Disjoint and sorted. @param ports of a set of named ports; the other list is then empty */
    public record SetContents(List<Prefix> nets, List<SetId.PortMember> ports) {
        public static final SetContents EMPTY = new SetContents(List.of(), List.of());

        public SetContents {
            nets = List.copyOf(nets);
            ports = List.copyOf(ports);
        }
    }

    /** @param fresh the set was not there before: {@code added} is all of it */
    public record SetDelta(boolean fresh, SetContents added, SetContents removed) { }

    /** What differs from before: what is new or other, whole, and what is gone. Of sets, only their members. */
    public record Delta(SortedMap<ResourceId, Endpoint> endpoints, Set<ResourceId> endpointsGone, SortedMap<ResourceId, Policy> policies, Set<ResourceId> policiesGone,
                 SortedMap<String, Profile> profiles, Set<String> profilesGone, SortedMap<SetId, SetDelta> sets, Set<SetId> setsGone) {
        public boolean isEmpty() {
            return endpoints.isEmpty() && endpointsGone.isEmpty() && policies.isEmpty() && policiesGone.isEmpty() && profiles.isEmpty() && profilesGone.isEmpty() && sets.isEmpty()
                    && setsGone.isEmpty();
        }
    }
}
