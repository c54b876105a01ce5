package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.PolicyBody.Type;
import tombolo.api.resource.ResourceId;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.Model;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.SetId;

/** What the packet filter has of policy, and what a change of the compiled policy makes of it. One thread; a refused change leaves it useless: make a new one. */
public final class NftTable {
    private static final String PROFILE = "profile ";
    private static final Model.Delta NOTHING = new Model.Delta(new TreeMap<>(), Set.of(), new TreeMap<>(), Set.of(), new TreeMap<>(), Set.of(), new TreeMap<>(), Set.of());

    private final PolicyEngine engine;
    private NodeParameters parameters;
    private Map<String, Set<IpAddress>> interfaces = Map.of();
    private HostTable hosts = HostTable.NONE;
    private final NftFrame frame;
    /** Whether there are endpoints behind the bridge: rules for them are there only then. */
    private boolean bridged;
    private ClosedInterfaces closed = ClosedInterfaces.NONE;
    private final Map<String, Chain> chains = new HashMap<>();
    /** Of sets that are named by their content, and of chains of endpoints: how many refer to each. */
    private final Map<String, Integer> references = new HashMap<>();
    private final Map<String, List<String>> helpersOf = new HashMap<>();
    private final Map<String, List<String>> hitsOf = new HashMap<>();
    private final Map<ResourceId, Parts.Kind> kinds = new HashMap<>();
    private final Set<String> storedProfiles = new HashSet<>();
    private final SelectorSets sets;
    private final Map<ResourceId, Placed> placed = new HashMap<>();
    private final Map<String, Map<Value, TreeMap<ResourceId, Element>>> claims = new HashMap<>();
    /** Within one change: a policy of all endpoints is composed once. */
    private final Map<Likeness, Parts.Composition> composed = new HashMap<>();
    private final Parts parts;
    private final Lists lists;
    /** The map by which an endpoint's interface is known. */
    private final String toEndpoints;

    /** Where an endpoint's packets go. */
    private record Placed(List<Parts.Composition> compositions, Map<String, List<Element>> elements) { }

    /** Endpoints that are alike in this share their chains. */
    private record Likeness(List<Model.TierPolicies> tiers, List<String> profiles, Set<String> implicit, boolean ingress) { }

    /** @param dropToHost whether what an endpoint's policy lets it send to this host itself is dropped nevertheless */
    public NftTable(PolicyEngine engine, boolean dropToHost) {
        this(engine, NodeParameters.DEFAULT.withDropToHost(dropToHost), Map.of(), NftOptions.DEFAULT);
    }

    /** @param interfaces of this node with their addresses, by which host endpoints find theirs */
    public NftTable(PolicyEngine engine, NodeParameters parameters, Map<String, Set<IpAddress>> interfaces, NftOptions options) {
        this(engine, parameters, interfaces, options, SelectorSets.ONE_FAMILY);
    }

    /** @param oneFamily from how many members of one family the other is left out of a set where it has none */
    NftTable(PolicyEngine engine, NodeParameters parameters, Map<String, Set<IpAddress>> interfaces, NftOptions options, int oneFamily) {
        this.engine = engine;
        this.parameters = parameters;
        this.interfaces = Map.copyOf(interfaces);
        this.sets = new SelectorSets(engine::set, oneFamily);
        this.frame = new NftFrame(options.log(), options.wholeFlows(), options.bridge(), options.uplink(), options.apart(), options.numbered());
        this.lists = new Lists(options.numbered());
        this.toEndpoints = NftNames.to(options.numbered());
        this.parts = new Parts(id -> kinds.getOrDefault(id, Parts.Kind.NONE), storedProfiles::contains, () -> this.parameters.invalid(), options);
    }

    /** What the counters' comments say, with the whole names where they were too long for a comment. @param owners policies, {@code profile NAME} and {@code tier NAME} */
    public static UnaryOperator<String> wholeNames(Collection<String> owners) {
        Map<String, String> byHash = new HashMap<>();
        owners.forEach(owner -> byHash.put(NftNames.hash(owner), owner));
        return comment -> NftNames.whole(comment, byHash);
    }

    /** Changes what becomes of what an endpoint's policy lets it send to this host. */
    public Change toHost(boolean drop) {
        return parameters(parameters.withDropToHost(drop));
    }

    public Change parameters(NodeParameters now) {
        NodeParameters before = parameters;
        parameters = now;
        Collected collected = new Collected();
        if (now.dropToHost()) {
            frame.toHost().forEach(chain -> collected.chains.put(chain.name(), chain));
        } else if (before.dropToHost()) {
            frame.toHost().forEach(chain -> collected.goneChains.add(chain.name()));
        }
        if (!now.wrapped().equals(before.wrapped()) || now.invalid() != before.invalid()) {
            frame.chains(bridged, now).forEach(chain -> collected.chains.put(chain.name(), chain));
        }
        if (now.sources() != before.sources()) {
            endpoints(NOTHING, engine.endpoints().values().stream().filter(endpoint -> !endpoint.spoofable().isEmpty()).toList(), collected);
        }
        hosts(collected);
        return differences(collected);
    }

    /** How many rules it has in its chains. */
    public int size() {
        return chains.values().stream().mapToInt(chain -> chain.rules().size()).sum();
    }

    /** Where no host endpoint is concerned, nothing comes of it: an empty change. */
    public Change interfaces(Map<String, Set<IpAddress>> now) {
        interfaces = Map.copyOf(now);
        Collected collected = new Collected();
        hosts(collected);
        return differences(collected);
    }

    /** Closes interfaces that are an endpoint's by their name and of which no endpoint is known: their rules are on their way. What else nobody knows is left alone. */
    public Change close(ClosedInterfaces interfaces) {
        Change.Builder builder = Change.differences();
        frame.closing(closed).forEach(chain -> builder.removeChain(chain.name()));
        closed = interfaces;
        frame.closing(closed).forEach(builder::put);
        return builder.build();
    }

    /** The local endpoint whose rules an interface has: of several that name it, which happens while one is made anew, the first. */
    public Optional<ResourceId> endpointAt(String interfaceName) {
        return EndpointId.isInterfaceName(interfaceName) ? Optional.ofNullable(claims.getOrDefault(toEndpoints, Map.of()).get(Value.interfaceName(interfaceName))).map(TreeMap::firstKey) : Optional.empty();
    }

    /** All there is, for a writer that does not know it yet. Once, first. */
    public Change whole() {
        Model model = engine.model();
        TreeMap<SetId, Model.SetDelta> sets = new TreeMap<>();
        model.sets().forEach((id, contents) -> sets.put(id, new Model.SetDelta(true, contents, Model.SetContents.EMPTY)));
        Model.Delta all = new Model.Delta(model.endpoints(), Set.of(), model.policies(), Set.of(), model.profiles(), Set.of(), sets, Set.of());
        Collected collected = new Collected();
        apply(all, collected);
        hosts(collected);
        List<Chain> standing = frame.chains(bridged, parameters);
        standing.forEach(chain -> collected.chains.remove(chain.name())); // also said where the first endpoint came behind the bridge
        List<Chain> whole = new ArrayList<>(collected.chains.values());
        whole.addAll(standing);
        if (parameters.dropToHost()) {
            whole.addAll(frame.toHost());
        }
        whole.addAll(frame.closing(closed));
        List<NamedSet> wholeSets = new ArrayList<>(collected.sets.values());
        wholeSets.addAll(lists.sets(collected));
        wholeSets.add(lists.map(toEndpoints, "to endpoints", List.of(DataType.INTERFACE_NAME), collected.puts(toEndpoints)));
        for (AddressFamily family : AddressFamily.values()) {
            List<DataType> key = List.of(DataType.INTERFACE_NAME, NftRules.addressType(family));
            wholeSets.add(lists.map(NftNames.from(frame.numbered(), family), "from endpoints", key, collected.puts(NftNames.from(frame.numbered(), family))));
            wholeSets.add(new NamedSet(NftNames.wide(family), key, true, new NamedSet.MapData.Verdicts(), "allowedSourcePrefixes", collected.puts(NftNames.wide(family))));
            if (frame.bridge().isPresent()) {
                wholeSets.add(new NamedSet(NftNames.bridgedWide(family), List.of(DataType.ETHER_ADDRESS, NftRules.addressType(family)), true, new NamedSet.MapData.Verdicts(),
                        "allowedSourcePrefixes behind the bridge", collected.puts(NftNames.bridgedWide(family))));
                wholeSets.add(map(NftNames.bridgedFrom(family), "from endpoints behind the bridge", List.of(DataType.ETHER_ADDRESS, NftRules.addressType(family)), collected));
                if (frame.uplink()) {
                    wholeSets.add(NamedSet.set(NftNames.bridgedAddresses(family), "endpoints behind the bridge", List.of(NftRules.addressType(family)),
                            collected.puts(NftNames.bridgedAddresses(family))));
                }
                wholeSets.add(map(NftNames.bridgedTo(family), "to endpoints behind the bridge", List.of(NftRules.addressType(family)), collected));
            }
        }
        if (frame.bridge().isPresent()) {
            wholeSets.add(NamedSet.set(NftNames.BRIDGED_MACS, "endpoints behind the bridge", List.of(DataType.ETHER_ADDRESS), collected.puts(NftNames.BRIDGED_MACS)));
        }
        wholeSets.add(NamedSet.set(NftNames.WORKLOADS, "interfaces of endpoints", List.of(DataType.INTERFACE_NAME), collected.puts(NftNames.WORKLOADS)));
        return Change.complete(whole, wholeSets);
    }

    private static NamedSet map(String name, String comment, List<DataType> key, Collected collected) {
        return NamedSet.verdicts(name, comment, key, collected.puts(name));
    }

    /** @param delta what the engine has just answered */
    public Change change(Model.Delta delta) {
        Collected collected = new Collected();
        if (apply(delta, collected)) {
            hosts(collected);
        }
        return differences(collected);
    }

    private static Change differences(Collected collected) {
        Change.Builder builder = Change.differences();
        collected.chains.values().forEach(builder::put);
        collected.sets.values().forEach(builder::put);
        collected.goneChains.forEach(builder::removeChain);
        collected.goneSets.forEach(builder::removeSet);
        Set<String> names = new LinkedHashSet<>(collected.put.keySet());
        names.addAll(collected.gone.keySet());
        names.stream().filter(name -> !collected.sets.containsKey(name) && !collected.goneSets.contains(name)).forEach(name ->
                builder.elements(name, collected.puts(name), List.copyOf(collected.gone.getOrDefault(name, Set.of()))));
        return builder.build();
    }

    // ---------------------------------------------------------------- host endpoints

    /** Host endpoints are few: what they want is made anew as a whole, and what differs is told. */
    private void hosts(Collected to) {
        HostTable before = hosts;
        hosts = HostTable.of(engine, HostInterfaces.of(engine.endpoints().values(), interfaces), parameters, parts, frame.behindUplink(bridged));
        hosts.chains().forEach((name, chain) -> {
            if (!chain.equals(before.chains().get(name))) {
                to.chains.put(name, chain);
            }
        });
        hosts.sets().forEach((name, set) -> {
            if (!set.equals(before.sets().get(name))) {
                to.sets.put(name, set);
            }
        });
        before.chains().keySet().stream().filter(name -> !hosts.chains().containsKey(name)).forEach(to.goneChains::add);
        before.sets().keySet().stream().filter(name -> !hosts.sets().containsKey(name)).forEach(to.goneSets::add);
    }

    // ---------------------------------------------------------------- a change

    /** @return whether what host endpoints want may be other than before */
    private boolean apply(Model.Delta delta, Collected to) {
        boolean before = bridged;
        Set<SetId> reshaped = sets.take(delta, to);
        Set<ResourceId> policies = new LinkedHashSet<>(delta.policies().keySet());
        Set<String> profiles = new LinkedHashSet<>(delta.profiles().keySet());
        if (!reshaped.isEmpty()) {
            engine.activePolicies().values().stream().filter(policy -> refers(policy.ingress(), reshaped) || refers(policy.egress(), reshaped)).forEach(policy -> policies.add(policy.id()));
            storedProfiles.stream().filter(name -> engine.profile(name).filter(profile -> refers(profile.ingress(), reshaped) || refers(profile.egress(), reshaped)).isPresent())
                    .forEach(profiles::add);
        }
        Set<ResourceId> otherKind = new HashSet<>();
        for (ResourceId id : policies) {
            Model.Policy policy = engine.activePolicies().get(id);
            Parts.Kind kind = Parts.Kind.of(policy);
            Parts.Kind old = kinds.put(id, kind);
            if (old != null && !old.equals(kind)) {
                otherKind.add(id);
            }
            chain(kind.ingressChain(), id.toString(), !kind.stages().isEmpty() && policy.types().contains(Type.INGRESS), policy.ingress(), true, HostTable.allowed(kind), to);
            chain(kind.egressChain(), id.toString(), !kind.stages().isEmpty() && policy.types().contains(Type.EGRESS), policy.egress(), false, HostTable.allowed(kind), to);
        }
        Set<String> fresh = new HashSet<>();
        for (String name : profiles) {
            Model.Profile profile = engine.profile(name).orElseThrow();
            if (storedProfiles.add(name)) {
                fresh.add(name);
            }
            chain(NftNames.profile(name, true), PROFILE + name, true, profile.ingress(), true, Verdict.ACCEPT, to);
            chain(NftNames.profile(name, false), PROFILE + name, true, profile.egress(), false, Verdict.ACCEPT, to);
        }
        storedProfiles.removeAll(delta.profilesGone());
        delta.policiesGone().forEach(kinds::remove);
        Set<String> otherProfiles = new HashSet<>(delta.profilesGone());
        delta.profiles().keySet().stream().filter(fresh::contains).forEach(otherProfiles::add);
        endpoints(delta, affected(delta, otherKind, otherProfiles), to);
        delta.policiesGone().forEach(id -> List.of(true, false).forEach(ingress -> chain(NftNames.policy(id, ingress), "", false, List.of(), ingress, Verdict.ACCEPT, to)));
        delta.profilesGone().forEach(name -> List.of(true, false).forEach(ingress -> chain(NftNames.profile(name, ingress), "", false, List.of(), ingress, Verdict.ACCEPT, to)));
        return before != bridged || !otherKind.isEmpty() || !otherProfiles.isEmpty() || !delta.policies().isEmpty() && !hosts.isEmpty() || delta.endpoints().values().stream().anyMatch(Model.Endpoint::host)
                || delta.endpointsGone().stream().anyMatch(id -> id.kind().equals("HostEndpoint"));
    }

    /** Endpoints whose chains are composed otherwise: those that changed, and those with a policy of another kind or a profile that came or went. */
    private Collection<Model.Endpoint> affected(Model.Delta delta, Set<ResourceId> policies, Set<String> profiles) {
        if (policies.isEmpty() && profiles.isEmpty()) {
            return delta.endpoints().values();
        }
        return engine.endpoints().values().stream().filter(endpoint -> delta.endpoints().containsKey(endpoint.id()) || endpoint.profiles().stream().anyMatch(profiles::contains)
                || endpoint.tiers().stream().anyMatch(tier -> tier.ingress().stream().anyMatch(policies::contains) || tier.egress().stream().anyMatch(policies::contains))).toList();
    }

    private static boolean refers(List<Model.Rule> rules, Set<SetId> sets) {
        return rules.stream().flatMap(rule -> java.util.stream.Stream.of(rule.source(), rule.destination()))
                .anyMatch(side -> side.in().filter(sets::contains).isPresent() || side.notIn().filter(sets::contains).isPresent());
    }

    /** The chain of a policy or profile in one direction, and the sets that it alone names. */
    private void chain(String name, String owner, boolean wanted, List<Model.Rule> rules, boolean ingress, Verdict allowed, Collected to) {
        if (!wanted) {
            if (chains.containsKey(name)) {
                remove(name, to);
            }
            return;
        }
        NftRules compiler = new NftRules(sets::parts, owner.startsWith(PROFILE), frame.log(), allowed);
        Chain chain = Chain.of(name, owner + (ingress ? " ingress" : " egress"), compiler.rules(owner, rules, ingress));
        Chain before = chains.put(name, chain);
        hits(compiler.hits(), hitsOf.put(name, List.copyOf(compiler.hits().keySet())), to);
        List<String> old = helpersOf.put(name, List.copyOf(compiler.helpers().keySet()));
        compiler.helpers().forEach((helper, set) -> {
            if (references.merge(helper, 1, Integer::sum) == 1) {
                to.goneSets.remove(helper);
                to.sets.put(helper, set);
            }
        });
        if (old != null) {
            old.forEach(helper -> releaseSet(helper, to));
        }
        if (!chain.equals(before)) {
            to.goneChains.remove(name);
            to.chains.put(name, chain);
        }
    }

    /** @param before those to which this chain led until now */
    private void hits(Map<String, Chain> now, @Nullable List<String> before, Collected to) {
        now.forEach((name, chain) -> acquire(chain, to));
        if (before != null) {
            before.forEach(name -> releaseChain(name, to));
        }
    }

    private void remove(String name, Collected to) {
        hits(Map.of(), hitsOf.remove(name), to);
        chains.remove(name);
        to.chains.remove(name);
        to.goneChains.add(name);
        List<String> helpers = helpersOf.remove(name);
        if (helpers != null) {
            helpers.forEach(helper -> releaseSet(helper, to));
        }
    }

    private void releaseSet(String helper, Collected to) {
        if (references.merge(helper, -1, Integer::sum) == 0) {
            references.remove(helper);
            to.sets.remove(helper);
            to.goneSets.add(helper);
        }
    }

    // ---------------------------------------------------------------- endpoints

    private void endpoints(Model.Delta delta, Collection<Model.Endpoint> affected, Collected to) {
        List<Placed> left = new ArrayList<>();
        for (ResourceId id : delta.endpointsGone()) {
            Placed before = placed.remove(id);
            if (before != null) {
                left.add(before);
                claim(id, before.elements, Map.of(), to);
            }
        }
        for (Model.Endpoint endpoint : affected) {
            place(endpoint, left, to);
        }
        composed.clear();
        bridged(to);
        // Behind everything else: a chain that one leaves may be the one that another comes to.
        for (Placed before : left) {
            before.compositions.forEach(composition -> release(composition, to));
        }
    }

    private void bridged(Collected to) {
        boolean now = !claims.getOrDefault(NftNames.BRIDGED_MACS, Map.of()).isEmpty();
        if (now != bridged) {
            frame.chains(bridged, parameters).forEach(chain -> to.goneChains.add(chain.name()));
            bridged = now;
            frame.chains(bridged, parameters).forEach(chain -> {
                to.goneChains.remove(chain.name());
                to.chains.put(chain.name(), chain);
            });
        }
    }

    private void place(Model.Endpoint endpoint, List<Placed> left, Collected to) {
        Optional<String> name = endpoint.interfaceName();
        if (endpoint.host() || name.filter(EndpointId::isInterfaceName).isEmpty()) {
            return;
        }
        Parts.Composition ingress = composition(endpoint, true);
        Parts.Composition egress = composition(endpoint, false);
        acquire(ingress, to);
        acquire(egress, to);
        lists.acquired(ingress.first(), to);
        lists.acquired(egress.first(), to);
        String comment = endpoint.id().namespace().map(namespace -> namespace + "/").orElse("") + endpoint.id().name();
        Map<String, List<Element>> elements = new LinkedHashMap<>();
        Value key = Value.interfaceName(name.get());
        elements.put(toEndpoints, List.of(Element.entry(key, lists.way(ingress.first()), comment)));
        elements.put(NftNames.WORKLOADS, List.of(Element.of(key)));
        behindBridge(endpoint, ingress, egress, comment, elements);
        for (AddressFamily family : AddressFamily.values()) {
            elements.put(NftNames.from(frame.numbered(), family), endpoint.addresses().stream().filter(net -> net.family() == family)
                    .map(net -> Element.entry(Value.concatenated(key, Value.of(net.address())), lists.way(egress.first()), comment)).toList());
        }
        for (AddressFamily family : AddressFamily.values()) {
            elements.put(NftNames.wide(family), wide(endpoint, family, key, egress, comment));
        }
        Placed before = placed.put(endpoint.id(), new Placed(List.of(ingress, egress), elements));
        claim(endpoint.id(), before == null ? Map.of() : before.elements, elements, to);
        if (before != null) {
            left.add(before);
        }
    }

    /** What it sends and receives goes by the bridge, whose name stands for nobody else then: who sends is told by the hardware address, which its port takes from nobody else. */
    private void behindBridge(Model.Endpoint endpoint, Parts.Composition ingress, Parts.Composition egress, String comment, Map<String, List<Element>> elements) {
        if (frame.bridge().isEmpty() || endpoint.bridged().isEmpty()) {
            return;
        }
        Value mac = Value.of(endpoint.bridged().get());
        elements.put(NftNames.BRIDGED_MACS, List.of(Element.of(mac)));
        if (!frame.uplink()) {
            elements.put(NftNames.WORKLOADS, List.of(Element.of(Value.interfaceName(endpoint.interfaceName().orElseThrow())), Element.of(Value.interfaceName(frame.bridge().get()))));
        }
        for (AddressFamily family : AddressFamily.values()) {
            List<Value> addresses = endpoint.addresses().stream().filter(net -> net.family() == family).map(net -> Value.of(net.address())).toList();
            elements.put(NftNames.bridgedFrom(family), addresses.stream().map(address -> Element.entry(Value.concatenated(mac, address), Verdict.jump(egress.first()), comment)).toList());
            if (frame.uplink()) {
                elements.put(NftNames.bridgedAddresses(family), addresses.stream().map(Element::of).toList());
            }
            elements.put(NftNames.bridgedWide(family), wide(endpoint, family, mac, egress, comment));
            elements.put(NftNames.bridgedTo(family), addresses.stream().map(address -> Element.entry(address, Verdict.jump(ingress.first()), comment)).toList());
        }
    }

    /** @param who its interface or its hardware address */
    private List<Element> wide(Model.Endpoint endpoint, AddressFamily family, Value who, Parts.Composition egress, String comment) {
        return endpoint.spoofable().stream().filter(net -> parameters.sources() && net.family() == family)
                .map(net -> new Element(Value.concatenated(who, Value.of(net.address())), Value.concatenated(who, Value.last(net)), Optional.of(Verdict.jump(egress.first())), comment)).toList();
    }

    private Parts.Composition composition(Model.Endpoint endpoint, boolean ingress) {
        return composed.computeIfAbsent(new Likeness(endpoint.tiers(), endpoint.profiles(), endpoint.implicit(), ingress), _ -> parts.of(endpoint, ingress));
    }

    /** Two endpoints may name the same interface for a moment, when one is made anew: the first by name has it, and none takes it from the other by going. */
    private void claim(ResourceId id, Map<String, List<Element>> before, Map<String, List<Element>> now, Collected to) {
        Map<String, Set<Value>> touched = new LinkedHashMap<>();
        before.forEach((set, elements) -> elements.forEach(element -> {
            claims.get(set).get(element.from()).remove(id);
            touched.computeIfAbsent(set, _ -> new LinkedHashSet<>()).add(element.from());
        }));
        now.forEach((set, elements) -> elements.forEach(element -> {
            claims.computeIfAbsent(set, _ -> new HashMap<>()).computeIfAbsent(element.from(), _ -> new TreeMap<>()).put(id, element);
            touched.computeIfAbsent(set, _ -> new LinkedHashSet<>()).add(element.from());
        }));
        Map<Value, Element> old = new HashMap<>();
        touched.forEach((set, keys) -> {
            old.clear();
            before.getOrDefault(set, List.of()).forEach(element -> old.put(element.from(), element));
            for (Value key : keys) {
                TreeMap<ResourceId, Element> holders = claims.get(set).get(key);
                if (holders.isEmpty()) {
                    claims.get(set).remove(key);
                    to.gone(set, key);
                } else if (!holders.firstEntry().getValue().equals(old.get(key)) || holders.size() > 1) {
                    to.put(set, holders.firstEntry().getValue());
                }
            }
        });
    }

    private void acquire(Parts.Composition composition, Collected to) {
        composition.chains().forEach(chain -> acquire(chain, to));
    }

    private void release(Parts.Composition composition, Collected to) {
        composition.chains().forEach(chain -> releaseChain(chain.name(), to));
        if (!chains.containsKey(composition.first())) {
            lists.released(composition.first(), to);
        }
    }

    private void acquire(Chain chain, Collected to) {
        if (references.merge(chain.name(), 1, Integer::sum) == 1) {
            chains.put(chain.name(), chain);
            to.goneChains.remove(chain.name());
            to.chains.put(chain.name(), chain);
        }
    }

    private void releaseChain(String name, Collected to) {
        if (references.merge(name, -1, Integer::sum) == 0) {
            references.remove(name);
            chains.remove(name);
            to.chains.remove(name);
            to.goneChains.add(name);
        }
    }
}
