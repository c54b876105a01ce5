package tombolo.policy.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Pair;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier.DefaultAction;

/**
 * Which pairs of a node's endpoints gain or lose anything between two states of its policy. Only those are compared that a difference can concern:
 *
 * <pre>
 *  an end's addresses, policies, profiles, or the host endpoint of its interface differ ─┬─► the pair is compared
 *  an end's rules ask for a set that the other end, or it itself, joins or leaves       ─┘
 * </pre>
 *
 * Of these a bounded number; the rest is counted, and nothing is said of it.
 */
final class PairChanges {
    /** Pairs of addresses that are compared: a few seconds of work. */
    static final int MOST_COMPARED = 50_000;

    private final State before;
    private final State after;
    private final Set<ResourceId> otherPolicies = new HashSet<>();
    /** Of each set whose members differ, the endpoints that join or leave it. */
    private final Map<SetId, Set<ResourceId>> moved = new HashMap<>();

    /** One of the two states. @param model of the engine */
    record State(PolicyEngine engine, Model model, HostInterfaces hosts, NodeParameters parameters, Names names, Reach reach) {
        static State of(PolicyEngine engine, Names names, HostInterfaces hosts, NodeParameters parameters) {
            return new State(engine, engine.model(), hosts, parameters, names, new Reach(engine, hosts, parameters));
        }

        private Optional<Model.Endpoint> workload(ResourceId id) {
            return Optional.ofNullable(model.endpoints().get(id)).filter(endpoint -> !endpoint.host());
        }
    }

    /** @param left pairs that a difference may concern and that were not compared */
    record Found(List<Pair> before, List<Pair> after, int left) {
        Found {
            before = List.copyOf(before);
            after = List.copyOf(after);
        }
    }

    /** What an endpoint's policies are, in one direction. */
    private record Tiered(DefaultAction last, List<ResourceId> policies) { }

    private PairChanges(State before, State after) {
        this.before = before;
        this.after = after;
    }

    /** @param most pairs that are told @param late whether there is no more time to compare; once it is, it stays so */
    static Found between(State before, State after, int most, BooleanSupplier late) {
        return new PairChanges(before, after).find(most, late);
    }

    private Found find(int most, BooleanSupplier late) {
        before.model.policies().forEach((id, policy) -> {
            Model.Policy other = after.model.policies().get(id);
            if (other != null && !decides(policy).equals(decides(other))) {
                otherPolicies.add(id);
            }
        });
        Set<ResourceId> all = new TreeSet<>(before.model.endpoints().keySet());
        all.addAll(after.model.endpoints().keySet());
        all.removeIf(id -> before.workload(id).or(() -> after.workload(id)).isEmpty());
        List<ResourceId> ids = List.copyOf(all);
        moved(ids);
        Map<ResourceId, Set<ResourceId>> peers = new HashMap<>();
        Set<ResourceId> other = new HashSet<>();
        for (ResourceId id : ids) {
            Set<ResourceId> joined = differs(id) ? Set.of(id) : peers(id);
            peers.put(id, joined);
            if (joined.contains(id)) {
                other.add(id);
            }
        }
        List<Pair> mine = new ArrayList<>();
        List<Pair> theirs = new ArrayList<>();
        int compared = 0;
        int left = 0;
        for (ResourceId from : ids) {
            for (ResourceId to : ids) {
                if (from.equals(to) || !other.contains(from) && !other.contains(to) && !peers.get(from).contains(to) && !peers.get(to).contains(from)) {
                    continue;
                }
                for (AddressFamily family : AddressFamily.values()) {
                    boolean now = speak(before, from, to, family);
                    boolean then = speak(after, from, to, family);
                    if (!now && !then) {
                        continue;
                    }
                    if (compared >= MOST_COMPARED || mine.size() >= most || late.getAsBoolean()) {
                        left++;
                        continue;
                    }
                    Optional<Pair> one = now ? Optional.of(pair(before, from, to, family, late)) : Optional.empty();
                    Optional<Pair> changed = then ? Optional.of(pair(after, from, to, family, late)) : Optional.empty();
                    if (late.getAsBoolean()) {
                        left++;
                        continue;
                    }
                    compared++;
                    compare(one, changed, mine, theirs);
                }
            }
        }
        return new Found(mine, theirs, left);
    }

    private static void compare(Optional<Pair> now, Optional<Pair> then, List<Pair> mine, List<Pair> theirs) {
        boolean same = now.isPresent() && then.isPresent() && now.get().fromAddress().equals(then.get().fromAddress()) && now.get().toAddress().equals(then.get().toAddress());
        if (same && !now.get().allowed().equals(then.get().allowed())) {
            mine.add(now.get());
            theirs.add(then.get());
        } else if (!same) {
            now.filter(pair -> !pair.allowed().equals("-")).ifPresent(pair -> {
                mine.add(pair);
                theirs.add(nothing(pair));
            });
            then.filter(pair -> !pair.allowed().equals("-")).ifPresent(pair -> {
                mine.add(nothing(pair));
                theirs.add(pair);
            });
        }
    }

    private static Pair nothing(Pair pair) {
        return new Pair(pair.from(), pair.fromAddress(), pair.to(), pair.toAddress(), "-");
    }

    private static boolean speak(State state, ResourceId from, ResourceId to, AddressFamily family) {
        return state.workload(from).flatMap(end -> end.address(family)).isPresent() && state.workload(to).flatMap(end -> end.address(family)).isPresent();
    }

    private static Pair pair(State state, ResourceId from, ResourceId to, AddressFamily family, BooleanSupplier late) {
        Model.Endpoint source = state.workload(from).orElseThrow();
        Model.Endpoint destination = state.workload(to).orElseThrow();
        return new Pair(state.names.of(source), source.address(family).orElseThrow().toString(), state.names.of(destination), destination.address(family).orElseThrow().toString(),
                state.reach.of(source, destination, family, late));
    }

    // ---------------------------------------------------------------- what differs

    private static List<Object> decides(Model.Policy policy) {
        return List.of(policy.ingress(), policy.egress(), policy.untracked(), policy.preDnat(), policy.onForward(), policy.staged().isEmpty());
    }

    /** Whether anything that decides about an endpoint is other than before, but for the members of sets. */
    private boolean differs(ResourceId id) {
        Optional<Model.Endpoint> one = before.workload(id);
        Optional<Model.Endpoint> other = after.workload(id);
        if (one.isEmpty() || other.isEmpty() || !before.parameters.betweenEndpoints().equals(after.parameters.betweenEndpoints())) {
            return true;
        }
        Model.Endpoint now = one.get();
        Model.Endpoint then = other.get();
        return !now.addresses().equals(then.addresses()) || !now.profiles().equals(then.profiles()) || !now.implicit().equals(then.implicit())
                || now.profiles().stream().anyMatch(name -> !Objects.equals(before.model.profiles().get(name), after.model.profiles().get(name)))
                || differ(now, then) || differ(before.reach.host(now, Direction.INGRESS), after.reach.host(then, Direction.INGRESS))
                || differ(before.reach.host(now, Direction.EGRESS), after.reach.host(then, Direction.EGRESS));
    }

    private boolean differ(Optional<Model.Endpoint> host, Optional<Model.Endpoint> other) {
        return !host.map(Model.Endpoint::id).equals(other.map(Model.Endpoint::id))
                || host.isPresent() && (!before.hosts.all().equals(after.hosts.all()) || differ(host.get(), other.orElseThrow()));
    }

    private boolean differ(Model.Endpoint now, Model.Endpoint then) {
        for (boolean ingress : List.of(true, false)) {
            List<Tiered> tiers = tiers(before, now, ingress);
            if (!tiers.equals(tiers(after, then, ingress)) || tiers.stream().anyMatch(tier -> tier.policies.stream().anyMatch(otherPolicies::contains))) {
                return true;
            }
        }
        return false;
    }

    /** Those that are enforced. */
    private static List<Tiered> tiers(State state, Model.Endpoint endpoint, boolean ingress) {
        List<Tiered> tiers = new ArrayList<>();
        for (Model.TierPolicies tier : endpoint.tiers()) {
            List<ResourceId> policies = (ingress ? tier.ingress() : tier.egress()).stream().filter(id -> state.model.policies().get(id).staged().isEmpty()).toList();
            if (!policies.isEmpty()) {
                tiers.add(new Tiered(tier.defaultAction(), policies));
            }
        }
        return tiers;
    }

    // ---------------------------------------------------------------- members of sets

    private void moved(List<ResourceId> ids) {
        before.model.sets().forEach((set, contents) -> {
            Model.SetContents other = after.model.sets().get(set);
            if (other == null || other.equals(contents)) {
                return; // where a set comes or goes, a policy does
            }
            Set<ResourceId> those = new HashSet<>();
            Set<IpAddress> ports = set instanceof SetId.Ports ? difference(contents.ports(), other.ports()) : Set.of();
            for (ResourceId id : ids) {
                List<IpAddress> addresses = before.workload(id).or(() -> after.workload(id)).orElseThrow().addresses().stream().map(Prefix::address).toList();
                if (addresses.stream().anyMatch(address -> set instanceof SetId.Nets nets ? before.engine.sets().contains(nets, address) != after.engine.sets().contains(nets, address)
                        : ports.contains(address))) {
                    those.add(id);
                }
            }
            moved.put(set, those);
        });
    }

    private static Set<IpAddress> difference(List<SetId.PortMember> one, List<SetId.PortMember> other) {
        Set<SetId.PortMember> mine = new HashSet<>(one);
        Set<SetId.PortMember> theirs = new HashSet<>(other);
        Set<IpAddress> addresses = new HashSet<>();
        one.stream().filter(member -> !theirs.contains(member)).forEach(member -> addresses.add(member.address()));
        other.stream().filter(member -> !mine.contains(member)).forEach(member -> addresses.add(member.address()));
        return addresses;
    }

    /** The endpoints that join or leave a set for which rules of this one ask, or of the host endpoint of its interface. */
    private Set<ResourceId> peers(ResourceId id) {
        if (moved.isEmpty()) {
            return Set.of();
        }
        Set<ResourceId> peers = new HashSet<>();
        Model.Endpoint endpoint = before.workload(id).orElseThrow();
        asked(endpoint, peers);
        before.reach.host(endpoint, Direction.INGRESS).ifPresent(host -> asked(host, peers));
        before.reach.host(endpoint, Direction.EGRESS).ifPresent(host -> asked(host, peers));
        return peers;
    }

    private void asked(Model.Endpoint endpoint, Set<ResourceId> peers) {
        for (boolean ingress : List.of(true, false)) {
            tiers(before, endpoint, ingress).stream().flatMap(tier -> tier.policies.stream()).map(before.model.policies()::get).forEach(policy -> asked(ingress ? policy.ingress() : policy.egress(), peers));
        }
        endpoint.profiles().stream().map(name -> Optional.ofNullable(before.model.profiles().get(name))).flatMap(Optional::stream).forEach(profile -> {
            asked(profile.ingress(), peers);
            asked(profile.egress(), peers);
        });
    }

    private void asked(List<Model.Rule> rules, Set<ResourceId> peers) {
        RuleCompiler.sets(rules, set -> peers.addAll(moved.getOrDefault(set, Set.of())));
    }
}
