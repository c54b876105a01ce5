package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.net.MacAddress;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.PolicyBody.Type;
import tombolo.api.resource.Profile;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Tier;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.api.selector.Selector;

/** The policy of one node, kept up to date by work that is proportional to each change. One thread. */
public final class PolicyEngine {
    /** What it listens to. */
    public static final Set<String> KINDS = Set.of("NetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "StagedKubernetesNetworkPolicy", "Tier",
            "Profile", "NetworkSet", "GlobalNetworkSet", "HostEndpoint", "WorkloadEndpoint");

    /** In Calico every client of the datastore answers it, and nobody can store it. */
    static final String ALLOW_ALL = "projectcalico-default-allow";

    private record Local(Resource resource, boolean host, List<String> profiles) { }

    private final String node;
    private final KnownTraits traits = new KnownTraits();
    private final ActiveSets sets = new ActiveSets();
    private final MatchIndex<ResourceId> scopes = new MatchIndex<>(this::selected);
    private final PolicyOrder order = new PolicyOrder();
    private final Map<ResourceId, HeldPolicy> policies = new HashMap<>();
    private final Map<Selector, Set<HeldPolicy>> byScope = new HashMap<>();
    private final Map<ResourceId, ResourceId> stagedFor = new HashMap<>();
    private final HeldProfiles profiles = new HeldProfiles(sets);
    private final Map<ResourceId, Local> locals = new HashMap<>();

    private final SortedMap<ResourceId, Model.Endpoint> toldEndpoints = new TreeMap<>();
    private final SortedMap<ResourceId, Model.Policy> toldPolicies = new TreeMap<>();
    private final Set<ResourceId> dirtyEndpoints = new HashSet<>();
    private final Map<ResourceId, HeldPolicy> dirtyPolicies = new LinkedHashMap<>();
    private boolean orderDirty;

    /** @param node whose endpoints are local */
    public PolicyEngine(String node) {
        this.node = node;
    }

    /** Takes in changes, all before anything is computed anew, and answers what they did. Resources of other kinds are passed over. */
    public Model.Delta apply(Collection<Resource> puts, Collection<ResourceId> deletes) {
        deletes.forEach(this::delete);
        take(puts);
        Model.Delta delta = flush();
        sets.tell(delta.sets(), delta.setsGone());
        return delta;
    }

    /** Takes in all that there is, for whoever then asks for the {@link #model}: a start need not put together what 100,000 members of sets were a moment ago. */
    public void load(Collection<Resource> all) {
        take(all);
        flush();
        sets.tellNothing();
    }

    private void take(Collection<Resource> puts) {
        // Profiles first: what inherits labels has them from the beginning, and is not looked at again.
        List<Resource> others = new ArrayList<>(puts.size());
        for (Resource resource : puts) {
            if (resource.spec() instanceof Profile) {
                put(resource);
            } else {
                others.add(resource);
            }
        }
        for (Resource resource : others) {
            put(resource);
        }
    }

    // ---------------------------------------------------------------- taking in

    private void put(Resource resource) {
        ResourceId id = resource.id();
        switch (resource.spec()) {
            case WorkloadEndpoint endpoint -> endpoint(resource, endpoint.profiles(), endpoint.node().filter(node::equals).isPresent(), false);
            case HostEndpoint endpoint -> endpoint(resource, endpoint.profiles(), endpoint.node().equals(node), true);
            case Tier tier -> {
                if (order.put(id.name(), tier)) {
                    tierChanged(id.name());
                }
            }
            case Profile profile -> {
                labels(id.name(), profile.labelsToApply());
                if (profiles.put(resource, profile)) {
                    dirtyEndpoints.addAll(profiles.users(id.name()));
                }
            }
            default -> {
                Optional<Member> member = Member.of(resource);
                if (member.isPresent()) {
                    sets.put(id, member.get(), traits.of(resource, List.of()));
                } else {
                    policy(resource);
                }
            }
        }
    }

    private void delete(ResourceId id) {
        switch (id.kind()) {
            case "WorkloadEndpoint", "HostEndpoint", "NetworkSet", "GlobalNetworkSet" -> {
                sets.remove(id);
                forgetLocal(id);
            }
            case "Tier" -> {
                if (order.remove(id.name())) {
                    tierChanged(id.name());
                }
            }
            case "Profile" -> {
                profiles.remove(id.name());
                labels(id.name(), Map.of());
                dirtyEndpoints.addAll(profiles.users(id.name()));
            }
            default -> {
                stagedFor.remove(id);
                forgetPolicy(id);
            }
        }
    }

    private void endpoint(Resource resource, List<String> names, boolean local, boolean host) {
        ResourceId id = resource.id();
        Traits now = traits.of(resource, names);
        sets.put(id, Member.of(resource).orElse(Member.NONE), now);
        if (!local) {
            forgetLocal(id);
            return;
        }
        Local before = locals.put(id, new Local(resource, host, names));
        if (before == null || !before.profiles.equals(names)) {
            if (before != null) {
                profiles.left(before.profiles, id);
            }
            profiles.used(names, id);
        }
        dirtyEndpoints.add(id);
        scopes.put(id, now);
    }

    private void forgetLocal(ResourceId id) {
        Local before = locals.remove(id);
        if (before != null) {
            scopes.remove(id);
            profiles.left(before.profiles, id);
            dirtyEndpoints.add(id);
        }
    }

    private void labels(String profile, Map<String, String> labels) {
        sets.parent(profile, labels);
        scopes.parent(profile, labels);
    }

    private void policy(Resource resource) {
        ResourceId id = resource.id();
        HeldPolicy.standsFor(resource).ifPresentOrElse(other -> stagedFor.put(id, other), () -> stagedFor.remove(id));
        if (!HeldPolicy.isOne(resource)) {
            forgetPolicy(id);
            return;
        }
        HeldPolicy held = policies.get(id);
        Selector scope = null;
        if (held == null) {
            held = HeldPolicy.of(resource);
            policies.put(id, held);
            orderDirty = true;
        } else {
            scope = held.version.scope();
            Model.Policy before = held.version.policy();
            held.put(resource);
            Model.Policy after = held.version.policy();
            if (!before.tier().equals(after.tier()) || !before.order().equals(after.order())) {
                orderDirty = true;
            } else if (before.types().equals(after.types()) && scope.equals(held.version.scope())) {
                dirtyPolicies.put(id, held); // nobody's list of policies changes, only this one's rules
                if (before.untracked() == after.untracked() && before.preDnat() == after.preDnat()) {
                    return;
                }
            }
        }
        rescope(held, scope);
    }

    private void rescope(HeldPolicy held, @Nullable Selector before) {
        Selector now = held.version.scope();
        if (before != null) {
            dirtyEndpoints.addAll(scopes.matching(before));
            if (!before.equals(now)) {
                leave(held, before);
            }
        }
        byScope.computeIfAbsent(now, _ -> new HashSet<>()).add(held);
        dirtyEndpoints.addAll(scopes.add(now));
        dirtyPolicies.put(held.id, held);
    }

    private void leave(HeldPolicy held, Selector scope) {
        Set<HeldPolicy> sharing = byScope.get(scope);
        sharing.remove(held);
        if (sharing.isEmpty()) {
            byScope.remove(scope);
            scopes.remove(scope);
        }
    }

    private void forgetPolicy(ResourceId id) {
        HeldPolicy held = policies.remove(id);
        if (held != null) {
            dirtyEndpoints.addAll(scopes.matching(held.version.scope()));
            leave(held, held.version.scope());
            // Here and not with the rest: another policy of that name may come within the same step.
            held.acquired.forEach(sets::release);
            held.acquired = Set.of();
            held.told = null;
            dirtyPolicies.put(id, held);
        }
    }

    /** Policies that are asked here, by the tier that they name and nobody has stored. */
    public Map<String, List<ResourceId>> missingTiers() {
        Map<String, List<ResourceId>> missing = new TreeMap<>();
        activePolicies().values().stream().filter(policy -> !order.isThere(policy.tier())).forEach(policy -> missing.computeIfAbsent(policy.tier(), _ -> new ArrayList<>()).add(policy.id()));
        return missing;
    }

    /** Policies for host endpoints that select endpoints of this node, and no host endpoint. Looks at every policy. */
    List<Model.Policy> ofContainersAlone() {
        return policies.values().stream().filter(held -> held.onlyForHosts() && held.version.policy().staged().isEmpty() && scopes.anyMatching(held.version.scope(), _ -> true)
                && !scopes.anyMatching(held.version.scope(), id -> applies(held, id))).map(held -> held.version.policy()).sorted(Comparator.comparing(Model.Policy::id)).toList();
    }

    private void tierChanged(String name) {
        orderDirty = true;
        for (HeldPolicy held : policies.values()) {
            if (held.version.policy().tier().equals(name)) {
                dirtyEndpoints.addAll(scopes.matching(held.version.scope()));
            }
        }
    }

    private void selected(ResourceId endpoint, List<Selector> started, List<Selector> stopped) {
        dirtyEndpoints.add(endpoint);
        for (List<Selector> list : List.of(started, stopped)) {
            for (Selector selector : list) {
                byScope.getOrDefault(selector, Set.of()).forEach(held -> dirtyPolicies.put(held.id, held));
            }
        }
    }

    // ---------------------------------------------------------------- computing

    private Model.Delta flush() {
        Model.Delta delta = new Model.Delta(new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), new TreeSet<>(), new TreeMap<>(), new TreeSet<>());
        dirtyPolicies.values().forEach(held -> flushPolicy(held, delta));
        dirtyPolicies.clear();
        profiles.flush(delta);
        if (orderDirty) {
            orderDirty = false;
            Comparator<Model.Policy> comparator = order.comparator();
            List<HeldPolicy> sorted = new ArrayList<>(policies.values());
            sorted.sort((one, other) -> comparator.compare(one.version.policy(), other.version.policy()));
            for (int i = 0; i < sorted.size(); i++) {
                sorted.get(i).rank = i;
            }
        }
        dirtyEndpoints.forEach(id -> flushEndpoint(id, delta));
        dirtyEndpoints.clear();
        return delta;
    }

    private void flushPolicy(HeldPolicy held, Model.Delta delta) {
        boolean active = policies.get(held.id) == held && scopes.anyMatching(held.version.scope(), id -> applies(held, id));
        if (!active) {
            held.acquired.forEach(sets::release);
            held.acquired = Set.of();
            held.told = null;
            if (policies.get(held.id) == held || !policies.containsKey(held.id)) {
                if (toldPolicies.remove(held.id) != null) {
                    delta.policiesGone().add(held.id);
                }
            }
            return;
        }
        Set<SetId> before = held.acquired;
        held.acquired = held.sets();
        held.acquired.forEach(sets::acquire); // before the release: what both refer to stays as it is
        before.forEach(sets::release);
        if (!held.version.policy().equals(held.told)) {
            held.told = held.version.policy();
            if (!held.told.equals(toldPolicies.put(held.id, held.told))) {
                delta.policies().put(held.id, held.told);
            }
            delta.policiesGone().remove(held.id);
        }
    }

    private void flushEndpoint(ResourceId id, Model.Delta delta) {
        Local local = locals.get(id);
        if (local == null) {
            if (toldEndpoints.remove(id) != null) {
                delta.endpointsGone().add(id);
            }
            return;
        }
        Model.Endpoint now = endpoint(id, local);
        if (!now.equals(toldEndpoints.put(id, now))) {
            delta.endpoints().put(id, now);
        }
    }

    private boolean applies(HeldPolicy held, ResourceId endpoint) {
        return !held.onlyForHosts() || Optional.ofNullable(locals.get(endpoint)).filter(Local::host).isPresent();
    }

    private Model.Endpoint endpoint(ResourceId id, Local local) {
        List<HeldPolicy> applicable = new ArrayList<>();
        for (Selector selector : scopes.selectorsOf(id)) {
            for (HeldPolicy held : byScope.getOrDefault(selector, Set.of())) {
                if (applies(held, id)) {
                    applicable.add(held);
                }
            }
        }
        applicable.sort(Comparator.comparingInt(held -> held.rank));
        List<Model.TierPolicies> tiers = tiers(applicable);
        Member member = Member.of(local.resource).orElse(Member.NONE);
        ResourceSpec spec = local.resource.spec();
        Optional<String> interfaceName = spec instanceof WorkloadEndpoint workload ? workload.interfaceName() : spec instanceof HostEndpoint host ? host.interfaceName() : Optional.empty();
        return new Model.Endpoint(id, local.host, interfaceName, member.nets(), spec instanceof WorkloadEndpoint workload ? NetUnion.of(workload.allowSpoofedSourcePrefixes()) : List.of(), tiers,
                local.profiles, implicit(local), bridged(local.resource));
    }

    private static Optional<MacAddress> bridged(Resource resource) {
        boolean bridge = resource.tree().object("metadata").flatMap(metadata -> metadata.object("annotations")).flatMap(annotations -> annotations.text(EndpointMode.ANNOTATION))
                .filter(EndpointMode.BRIDGE::equals).isPresent();
        try {
            return bridge && resource.spec() instanceof WorkloadEndpoint endpoint ? endpoint.mac().map(MacAddress::parse) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // whoever wrote that: nothing of it will be known by an address that is none
        }
    }

    private List<Model.TierPolicies> tiers(List<HeldPolicy> sorted) {
        List<Model.TierPolicies> tiers = new ArrayList<>();
        int at = 0;
        while (at < sorted.size()) {
            String name = sorted.get(at).version.policy().tier();
            List<ResourceId> ingress = new ArrayList<>();
            List<ResourceId> egress = new ArrayList<>();
            for (; at < sorted.size() && sorted.get(at).version.policy().tier().equals(name); at++) {
                HeldPolicy held = sorted.get(at);
                if (held.version.policy().types().contains(Type.INGRESS)) {
                    ingress.add(held.id);
                }
                if (held.version.policy().types().contains(Type.EGRESS)) {
                    egress.add(held.id);
                }
            }
            Tier tier = order.tier(name);
            tiers.add(new Model.TierPolicies(name, tier.order(), tier.defaultAction(), ingress, egress));
        }
        return tiers;
    }

    private Set<String> implicit(Local local) {
        Set<String> implicit = new HashSet<>();
        if (local.profiles.contains(ALLOW_ALL) && !profiles.contains(ALLOW_ALL)) {
            implicit.add(ALLOW_ALL);
        }
        if (!(local.resource.spec() instanceof WorkloadEndpoint endpoint)) {
            return implicit;
        }
        String ofNamespace = Scopes.namespaceProfile(local.resource.id().namespace().orElse("default"));
        boolean ofNetwork = endpoint.orchestrator().filter("cni"::equals).isPresent();
        for (String name : local.profiles) {
            if (!profiles.contains(name) && (ofNetwork || name.equals(ofNamespace))) {
                implicit.add(name);
            }
        }
        return implicit;
    }

    // ---------------------------------------------------------------- questions

    /** All of it, as it is now. */
    public Model model() {
        return new Model(new TreeMap<>(toldEndpoints), new TreeMap<>(toldPolicies), profiles.rules(), sets.all());
    }

    /** A live view. */
    public Map<ResourceId, Model.Endpoint> endpoints() {
        return java.util.Collections.unmodifiableMap(toldEndpoints);
    }

    /** A live view of those that select a local endpoint. */
    public Map<ResourceId, Model.Policy> activePolicies() {
        return java.util.Collections.unmodifiableMap(toldPolicies);
    }

    public int policies() {
        return policies.size();
    }

    public Optional<Model.Profile> profile(String name) {
        return profiles.rules(name);
    }

    /** The resource of a local endpoint. */
    public Optional<Resource> local(ResourceId id) {
        return Optional.ofNullable(locals.get(id)).map(Local::resource);
    }

    /** Of an endpoint or a set, those that it inherits included. */
    public Map<String, String> labels(ResourceId id) {
        return sets.labels(id).orElse(Map.of());
    }

    public Set<SetId> setIds() {
        return new TreeSet<>(sets.ids());
    }

    public Model.SetContents set(SetId id) {
        return sets.content(id);
    }

    public int setSize(SetId id) {
        return sets.size(id);
    }

    /** Policies that would not be in force, or not as they are, once what is staged is enforced. */
    Set<ResourceId> replacedByStaged() {
        return new HashSet<>(stagedFor.values());
    }

    /** What an endpoint of another node brings to sets. @param word {@code namespace/name}, or a host endpoint's name */
    Optional<Member> elsewhere(String word) {
        int slash = word.indexOf('/');
        ResourceId id = slash < 0 ? ResourceId.of("HostEndpoint", word) : ResourceId.of("WorkloadEndpoint", word.substring(0, slash), word.substring(slash + 1));
        return locals.containsKey(id) ? Optional.empty() : sets.member(id);
    }

    /** The version of a policy that is in force, where it is another than the last one heard. */
    public Optional<Resource> inForce(ResourceId id) {
        HeldPolicy held = policies.get(id);
        return held == null || held.problem.isEmpty() ? Optional.empty() : Optional.of(held.version.source());
    }

    ActiveSets sets() {
        return sets;
    }

    /** Resources that are not in force as they stand. */
    public List<Problem> problems() {
        List<Problem> problems = new ArrayList<>(profiles.problems());
        policies.values().stream().filter(held -> held.problem.isPresent()).sorted(Comparator.comparing(held -> held.id)).forEach(held -> problems.add(held.problem.get()));
        return problems;
    }
}
