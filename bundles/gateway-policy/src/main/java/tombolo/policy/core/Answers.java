package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.End;
import tombolo.api.policy.Policies.Enforcement;
import tombolo.api.policy.Policies.Explanation;
import tombolo.api.policy.Policies.Pair;
import tombolo.api.policy.Policies.Pairs;
import tombolo.api.policy.Policies.Plan;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.policy.Policies.PolicyView;
import tombolo.api.policy.Policies.Question;
import tombolo.api.policy.Policies.SetUse;
import tombolo.api.policy.Policies.Shown;
import tombolo.api.policy.Policies.Status;
import tombolo.api.policy.Policies.Step;
import tombolo.api.policy.Policies.TierView;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier;

/** Answers to people's questions, from the compiled policy. */
public final class Answers {
    /** Pairs in one answer: a hundred endpoints with each other. More is more than anybody reads, and seconds of work. */
    static final int MOST_PAIRS = 10_000;
    /** Members of a set that are shown. */
    private static final int FIRST = 5;

    private final PolicyEngine engine;
    private final Enforcement enforcement;
    private final Names names;
    private final HostInterfaces hosts;
    private final NodeParameters parameters;
    private final Map<String, Set<IpAddress>> interfaces;
    private final MappedPorts ports;

    /** Of a node without interfaces. */
    public Answers(PolicyEngine engine, Enforcement enforcement) {
        this(engine, enforcement, HostInterfaces.of(engine.endpoints().values(), Map.of()), NodeParameters.DEFAULT, Map.of());
    }

    /** Of a node whose ports lead to no containers. @param interfaces of this node with their addresses; empty: not known */
    public Answers(PolicyEngine engine, Enforcement enforcement, HostInterfaces hosts, NodeParameters parameters, Map<String, Set<IpAddress>> interfaces) {
        this(engine, enforcement, hosts, parameters, interfaces, MappedPorts.NONE);
    }

    /** @param interfaces of this node with their addresses; empty: not known @param ports that lead to containers */
    public Answers(PolicyEngine engine, Enforcement enforcement, HostInterfaces hosts, NodeParameters parameters, Map<String, Set<IpAddress>> interfaces, MappedPorts ports) {
        this.engine = engine;
        this.enforcement = enforcement;
        this.names = new Names(engine);
        this.hosts = hosts;
        this.parameters = parameters;
        this.interfaces = Map.copyOf(interfaces);
        this.ports = ports;
    }

    public Status status(String node) {
        Set<SetId> ids = engine.setIds();
        List<Problem> tiers = new ArrayList<>();
        engine.missingTiers().forEach((name, policies) -> tiers.add(new Problem(ResourceId.of("Tier", name), "TMB-POL-047 Tier(" + name + ") does not exist, and " + (policies.size() == 1 ? "a policy names"
                : policies.size() + " policies name") + " it: " + policies.getFirst() + (policies.size() > 1 ? ", …" : "") + ". Create the tier, or move the policies",
                "they are asked behind all other tiers, and what they do not decide is denied")));
        return new Status(Optional.of(node), true, enforcement, engine.endpoints().size(), engine.policies(), engine.activePolicies().size(), ids.size(),
                ids.stream().mapToLong(engine::setSize).sum(), Stream.of(engine.problems(), tiers, HostProblems.of(engine, hosts, parameters)).flatMap(Collection::stream).toList());
    }

    public List<String> endpoints() {
        return engine.endpoints().values().stream().map(names::of).distinct().sorted().toList();
    }

    /** What flows call an endpoint of this node or another; an address stays one. */
    public String endpointOrAddress(String word) {
        Names.End end = names.end(word);
        return end.local().map(names::of).filter(_ -> end.addresses().stream().noneMatch(address -> address.toString().equals(word))).orElse(word);
    }

    // ---------------------------------------------------------------- one endpoint

    public Shown show(String word) {
        Model.Endpoint endpoint = names.local(word);
        List<TierView> tiers = new ArrayList<>();
        for (Model.TierPolicies tier : endpoint.tiers()) {
            tiers.add(new TierView(tier.tier(), tier.order(), tier.defaultAction() == Tier.DefaultAction.PASS ? "pass" : "deny", views(tier.ingress(), true), views(tier.egress(), false)));
        }
        List<String> profiles = endpoint.profiles().stream().map(name -> endpoint.implicit().contains(name) ? name + " (not stored: allows everything)"
                : engine.profile(name).isPresent() ? name : name + " (not stored: allows nothing)").toList();
        Optional<String> interfaceName = endpoint.host() ? hosts.governedBy(endpoint.id()).or(() -> Optional.of("none: " + hosts.idle().getOrDefault(endpoint.id(), "not known")))
                : endpoint.interfaceName();
        return new Shown(names.of(endpoint), interfaceName, endpoint.addresses().stream().map(net -> net.address().toString()).toList(),
                new TreeMap<>(engine.labels(endpoint.id())), tiers, profiles, enforcement);
    }

    private List<PolicyView> views(List<ResourceId> ids, boolean ingress) {
        return ids.stream().map(engine.activePolicies()::get).map(policy -> new PolicyView(policy.id(), policy.order(), policy.scope(), policy.staged().isPresent(), stage(policy),
                (ingress ? policy.ingress() : policy.egress()).stream().map(RuleWords::of).toList())).toList();
    }

    private static String stage(Model.Policy policy) {
        return policy.untracked() ? "doNotTrack" : policy.preDnat() ? "preDNAT" : policy.onForward() ? "applyOnForward" : "";
    }

    // ---------------------------------------------------------------- one packet

    public Explanation explain(Question question) {
        return explain(question, Packet.UNPRIVILEGED);
    }

    /** A packet that can be sent: whose it is, and what it is. */
    public record Sending(Model.Endpoint from, Packet packet) { }

    /** @throws IllegalArgumentException with operator text where the source is no container of this node */
    public Sending sending(Question question, int sourcePort) {
        Names.End from = names.end(question.from());
        Names.End to = names.end(question.to());
        AddressFamily family = family(from, to, question);
        Model.Endpoint local = from.local().filter(endpoint -> !endpoint.host() && endpoint.interfaceName().isPresent()).orElseThrow(() -> new IllegalArgumentException(
                "TMB-POL-021 a packet can be sent by a container of this node alone, and " + from.text() + " is none; policy:explain without --probe asks the model"));
        return new Sending(local, packet(from.address(family).orElseThrow(), to.address(family).orElseThrow(), question, sourcePort));
    }

    /** @param sourcePort where the protocol has ports */
    public Explanation explain(Question question, int sourcePort) {
        Names.End from = names.end(question.from());
        Names.End to = names.end(question.to());
        AddressFamily family = family(from, to, question);
        Packet packet = packet(from.address(family).orElseThrow(), to.address(family).orElseThrow(), question, sourcePort);
        List<Optional<MappedPorts.Led>> led = led(from, to, packet);
        List<End> ends = new ArrayList<>();
        boolean allowed = ends(from, to, packet, led, false, ends);
        if (ends.isEmpty()) {
            throw new IllegalArgumentException("TMB-POL-012 neither " + from.text() + " nor " + to.text() + " is an endpoint of this node: no policy here decides about it");
        }
        boolean pending = ends(from, to, packet, led, true, new ArrayList<>());
        return new Explanation(from.text(), to.text(), packet + words(led), allowed, ends, pending == allowed ? Optional.empty() : Optional.of(pending), enforcement);
    }

    /** Where a port of this host leads: what it does for each interface by which the packet may come, each once; empty: nowhere. */
    private List<Optional<MappedPorts.Led>> led(Names.End from, Names.End to, Packet packet) {
        if (!isHost(to, packet.destination())) {
            return List.of(Optional.empty());
        }
        Optional<String> known = from.local().flatMap(endpoint -> endpoint.bridged().isPresent() ? hosts.bridge().map(HostInterfaces.Bridge::name) : endpoint.interfaceName());
        List<Optional<String>> by = isHost(from, packet.source()) ? List.of(Optional.empty()) : known.map(name -> List.of(known)).orElseGet(() -> outside().map(Optional::of).toList());
        return (by.isEmpty() ? List.of(Optional.of("")) : by).stream()
                .map(each -> from.local().isEmpty() && each.filter(name -> untracked(name, packet)).isPresent() ? Optional.<MappedPorts.Led>empty() : ports.lead(packet, each)).distinct().toList();
    }

    /** Whether what comes by an interface from outside is not tracked: destinations of what is not are not changed. */
    private boolean untracked(String interfaceName, Packet packet) {
        return hosts.at(interfaceName).map(engine.endpoints()::get).filter(host -> new HostVerdicts(engine, hosts, parameters).untracks(host, packet)).isPresent();
    }

    private static String words(List<Optional<MappedPorts.Led>> led) {
        String or = led.size() == 1 ? "" : " where " + led.stream().flatMap(Optional::stream).flatMap(each -> each.conditions().stream()).map(Object::toString).distinct().collect(Collectors.joining(", "));
        return led.stream().flatMap(Optional::stream).map(each -> ", led to " + each.packet().destination() + " port " + each.packet().destinationPort() + " by the mapped port " + each.mapping())
                .distinct().collect(Collectors.joining()) + or;
    }

    /** Where a port leads to a container for some interfaces only, nobody knows whether for this packet: it is denied only where it is both ways. */
    private boolean ends(Names.End from, Names.End to, Packet packet, List<Optional<MappedPorts.Led>> led, boolean pending, List<End> ends) {
        boolean allowed = false;
        for (Optional<MappedPorts.Led> way : led) {
            allowed |= ends(from, way.map(each -> names.end(each.packet().destination().toString())).orElse(to), packet, way.map(MappedPorts.Led::packet).orElse(packet), pending, ends);
        }
        return allowed;
    }

    /** Every place on this node that decides about a packet, in the order of its way. @param before the packet before its destination was changed */
    private boolean ends(Names.End from, Names.End to, Packet before, Packet packet, boolean pending, List<End> ends) {
        HostVerdicts hostVerdicts = new HostVerdicts(engine, hosts, parameters);
        Verdicts verdicts = new Verdicts(engine);
        boolean fromHost = isHost(from, packet.source());
        boolean fromWorkload = from.local().isPresent() && !fromHost;
        boolean toGroup = fromWorkload && packet.findsNeighbours() && packet.destination().isMulticast(); // such a group's messages end at the router
        boolean toHost = toGroup || isHost(to, packet.destination());
        boolean toWorkload = to.local().isPresent() && !toHost;
        boolean allowed = true;
        if (fromWorkload && from.local().equals(to.local()) && before.equals(packet)) {
            return add(from, Direction.EGRESS, said(true, "interfaces", "allows: what a container says to itself does not leave it"), ends);
        }
        if (!fromHost && !toHost) {
            allowed &= at(from, Direction.INGRESS, host -> hostVerdicts.forwards(host, Direction.INGRESS, fromWorkload, pending),
                    host -> hostVerdicts.forwarded(host, Direction.INGRESS, before, packet, fromWorkload, pending), ends);
        } else if (fromWorkload) {
            allowed &= at(from, Direction.INGRESS, host -> hostVerdicts.arrives(host, pending), host -> hostVerdicts.arriving(host, packet, pending), ends);
        }
        if (fromWorkload && toHost && packet.findsNeighbours()) {
            return allowed & add(to, Direction.INGRESS, said(true, "interfaces", "allows: without these messages no endpoint finds its IPv6 neighbours and groups"), ends);
        }
        if (fromWorkload && parameters.wrapped().drops(packet)) {
            allowed &= add(from, Direction.EGRESS, said(false, "interfaces", "drops: endpoints may not send what tunnels between nodes carry; see "
                    + (packet.protocol().number() == NodeParameters.IP_IN_IP ? "allowIPIPPacketsFromWorkloads" : "allowVXLANPacketsFromWorkloads") + " of FelixConfiguration"), ends);
        } else if (fromWorkload) {
            allowed &= add(from, Direction.EGRESS, pending ? verdicts.pendingAt(from.local().get(), Direction.EGRESS, packet) : verdicts.at(from.local().get(), Direction.EGRESS, packet), ends);
        }
        if (fromWorkload && toHost) {
            allowed &= add(to, Direction.INGRESS, said(!parameters.dropToHost(), "defaultEndpointToHostAction", parameters.dropToHost() ? "drops what endpoints send to this host"
                    : "accepts what endpoints may send to this host; what host endpoints may receive is not asked"), ends);
        } else if (fromHost && toHost && hosts.named().containsKey(HostInterfaces.LOOPBACK)) {
            for (Direction direction : List.of(Direction.EGRESS, Direction.INGRESS)) {
                Model.Endpoint loopback = engine.endpoints().get(hosts.named().get(HostInterfaces.LOOPBACK));
                Verdicts.Verdict verdict = hostVerdicts.own(loopback, direction, packet, pending);
                ends.add(new End(names.of(loopback), direction, verdict.allowed() ? "allow" : "deny", verdict.steps()));
                allowed &= verdict.allowed();
            }
        } else if (fromHost && toHost) {
            allowed &= add(from, Direction.EGRESS, said(true, "interfaces", "allows: what a host says to itself leaves by no interface that is policed"), ends);
        } else if (fromHost && toWorkload) {
            allowed &= add(from, Direction.EGRESS, said(true, "interfaces", "allows: what this host sends to its own endpoints always passes"), ends);
        } else if (fromHost) {
            allowed &= own(from, to, Direction.EGRESS, hostVerdicts, packet, pending, ends);
        } else if (toHost) {
            allowed &= own(to, from, Direction.INGRESS, hostVerdicts, packet, pending, ends);
        } else if (toWorkload) {
            allowed &= add(to, Direction.INGRESS, pending ? verdicts.pendingAt(to.local().get(), Direction.INGRESS, packet) : verdicts.at(to.local().get(), Direction.INGRESS, packet), ends);
        }
        if (!fromHost && !toHost) {
            allowed &= at(to, Direction.EGRESS, host -> hostVerdicts.forwards(host, Direction.EGRESS, toWorkload, pending),
                    host -> hostVerdicts.forwarded(host, Direction.EGRESS, packet, toWorkload, pending), ends);
        }
        return allowed;
    }

    private boolean isHost(Names.End end, IpAddress address) {
        return end.local().map(Model.Endpoint::host).orElseGet(() -> interfaces.values().stream().anyMatch(held -> held.contains(address)));
    }

    /** What this host sends to another end, or receives from it: by the endpoint that the question names, else by all that may govern the interface. */
    private boolean own(Names.End host, Names.End other, Direction direction, HostVerdicts verdicts, Packet packet, boolean pending, List<End> ends) {
        return host.local().map(named -> add(host, direction, verdicts.own(named, direction, packet, pending), ends))
                .orElseGet(() -> at(other, direction, _ -> true, each -> verdicts.own(each, direction, packet, pending), ends));
    }

    /**
     * What the host endpoint of the interface says by which a packet comes from an end or goes there. A local endpoint's interface is known; else every interface outside may be it, each is
     * told of, and only what all say is sure.
     *
     * @param asked whether a host endpoint has anything to say
     */
    private boolean at(Names.End end, Direction direction, Predicate<Model.Endpoint> asked, Function<Model.Endpoint, Verdicts.Verdict> verdict, List<End> ends) {
        List<Optional<ResourceId>> ways = ways(end);
        boolean allowed = false;
        for (Optional<ResourceId> way : ways) {
            Optional<Model.Endpoint> host = way.map(engine.endpoints()::get).filter(asked);
            if (host.isEmpty()) {
                allowed = true;
                continue;
            }
            Verdicts.Verdict said = verdict.apply(host.get());
            String condition = ways.size() == 1 ? "" : ", if it " + (direction == Direction.INGRESS ? "comes" : "leaves") + " by " + hosts.governedBy(host.get().id()).orElse("it");
            ends.add(new End(names.of(host.get()), direction, (said.allowed() ? "allow" : "deny") + condition, said.steps()));
            allowed |= said.allowed();
        }
        return allowed;
    }

    /** Who governs the interface that leads to an end, for each that may be it. Never empty; where nobody governs one that is in it as empty. */
    private List<Optional<ResourceId>> ways(Names.End end) {
        Optional<Model.Endpoint> workload = end.local().filter(endpoint -> !endpoint.host());
        if (workload.isPresent()) {
            return List.of(hosts.at(workload.get()));
        }
        Optional<String> known = end.local().flatMap(Model.Endpoint::interfaceName);
        List<String> outside = known.map(List::of).orElseGet(() -> outside().toList());
        return (outside.isEmpty() ? Stream.concat(hosts.named().values().stream().map(Optional::of), Stream.of(hosts.all())) : outside.stream().map(hosts::at)).distinct().toList();
    }

    /** Interfaces that lead to no container. */
    private Stream<String> outside() {
        Set<String> containers = engine.endpoints().values().stream().filter(endpoint -> !endpoint.host()).flatMap(endpoint -> endpoint.interfaceName().stream()).collect(Collectors.toSet());
        hosts.bridge().filter(bridge -> !bridge.uplink() && engine.endpoints().values().stream().anyMatch(endpoint -> endpoint.bridged().isPresent())).ifPresent(bridge -> containers.add(bridge.name()));
        return interfaces.keySet().stream().filter(name -> !name.equals(HostInterfaces.LOOPBACK) && !parameters.isWorkload(name) && !containers.contains(name)).sorted();
    }

    private boolean add(Names.End end, Direction direction, Verdicts.Verdict verdict, List<End> ends) {
        ends.add(new End(end.local().map(names::of).orElse("this host"), direction, verdict.allowed() ? "allow" : "deny", verdict.steps()));
        return verdict.allowed();
    }

    private static Verdicts.Verdict said(boolean allowed, String where, String words) {
        return new Verdicts.Verdict(allowed, List.of(new Step(where, Optional.empty(), 0, words)));
    }

    private static AddressFamily family(Names.End from, Names.End to, Question question) {
        List<AddressFamily> order = question.protocol().equals(IpProtocol.ICMPV6) ? List.of(AddressFamily.IPV6) : question.protocol().equals(IpProtocol.ICMP)
                ? List.of(AddressFamily.IPV4) : List.of(AddressFamily.IPV4, AddressFamily.IPV6);
        return order.stream().filter(family -> from.address(family).isPresent() && to.address(family).isPresent()).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("TMB-POL-013 " + from.text() + " and " + to.text() + " have no addresses of one family for " + question.protocol()));
    }

    private static Packet packet(IpAddress source, IpAddress destination, Question question, int sourcePort) {
        OptionalInt number = question.port();
        Packet plain = Packet.of(source, destination, question.protocol());
        if (question.protocol().hasPorts()) {
            int port = number.orElseThrow(() -> new IllegalArgumentException("TMB-POL-014 " + question.protocol() + " needs a port: policy:explain FROM TO " + question.protocol() + " PORT"));
            if (port < 1 || port > 65535) {
                throw new IllegalArgumentException("TMB-POL-014 port " + port + ": 1 to 65535");
            }
            return new Packet(source, destination, question.protocol(), sourcePort, port, -1, -1);
        }
        if (number.isPresent() && !Packet.isControl(question.protocol())) {
            throw new IllegalArgumentException("TMB-POL-014 policy knows no ports of " + question.protocol() + ": ask without one");
        }
        if (number.isPresent() && (number.getAsInt() < 0 || number.getAsInt() > 255)) {
            throw new IllegalArgumentException("TMB-POL-014 " + question.protocol() + " type " + number.getAsInt() + ": 0 to 255");
        }
        return number.isPresent() ? new Packet(source, destination, question.protocol(), 0, 0, number.getAsInt(), 0) : plain;
    }

    // ---------------------------------------------------------------- pairs

    public Pairs pairs(Optional<String> from, Optional<String> to) {
        return pairs(from, to, () -> false);
    }

    /** @param late whether there is no more time: the rest is left out and counted; once it is, it stays so */
    public Pairs pairs(Optional<String> from, Optional<String> to, BooleanSupplier late) {
        List<Model.Endpoint> all = engine.endpoints().values().stream().filter(endpoint -> !endpoint.host()).toList();
        List<Model.Endpoint> sources = from.map(word -> List.of(names.local(word))).orElse(all);
        List<Model.Endpoint> destinations = to.map(word -> List.of(names.local(word))).orElse(all);
        Reach reach = new Reach(engine, hosts, parameters);
        List<Pair> pairs = new ArrayList<>();
        int left = 0;
        for (Model.Endpoint source : sources) {
            for (Model.Endpoint destination : destinations) {
                if (source == destination) {
                    continue;
                }
                for (AddressFamily family : AddressFamily.values()) {
                    if (source.address(family).isEmpty() || destination.address(family).isEmpty()) {
                        continue;
                    }
                    if (pairs.size() >= MOST_PAIRS || late.getAsBoolean()) {
                        left++;
                        continue;
                    }
                    String allowed = reach.of(source, destination, family, late);
                    if (late.getAsBoolean()) {
                        left++;
                        continue;
                    }
                    pairs.add(new Pair(names.of(source), source.address(family).get().toString(), names.of(destination), destination.address(family).get().toString(), allowed));
                }
            }
        }
        return new Pairs(pairs, left, enforcement);
    }

    // ---------------------------------------------------------------- sets

    public List<SetUse> sets() {
        Map<SetId, Set<String>> users = new TreeMap<>();
        engine.activePolicies().values().forEach(policy -> List.of(policy.ingress(), policy.egress())
                .forEach(rules -> RuleCompiler.sets(rules, set -> users.computeIfAbsent(set, _ -> new TreeSet<>()).add(policy.id().toString()))));
        List<SetUse> uses = new ArrayList<>();
        for (SetId id : engine.setIds()) {
            Model.SetContents contents = engine.set(id);
            List<?> members = id instanceof SetId.Nets ? contents.nets() : contents.ports();
            uses.add(new SetUse(id.selector().uniqueId(), id.text(), id instanceof SetId.Nets ? "addresses" : "ports", members.size(),
                    members.stream().limit(FIRST).map(Object::toString).toList(), List.copyOf(users.getOrDefault(id, Set.of()))));
        }
        return uses;
    }

    // ---------------------------------------------------------------- a change

    /**
     * What becomes other where this policy is replaced by another.
     *
     * @param kernel    in the packet filter, in words
     * @param uncounted what is not counted in all this
     * @param late      whether there is no more time to compare pairs: the rest is counted; once it is, it stays so
     */
    public Plan plan(Answers after, List<String> kernel, List<Problem> uncounted, BooleanSupplier late) {
        PairChanges.State now = state();
        PairChanges.State then = after.state();
        PairChanges.Found pairs = PairChanges.between(now, then, MOST_PAIRS, late);
        List<String> objects = objects(now.model(), then.model());
        parameters.differences(after.parameters).forEach(what -> objects.add("~ " + what));
        return new Plan(pairs.before(), pairs.after(), pairs.left(), objects, kernel, Stream.of(uncounted, after.engine.problems()).flatMap(Collection::stream).toList(), enforcement);
    }

    private PairChanges.State state() {
        return PairChanges.State.of(engine, names, hosts, parameters);
    }

    private static List<String> objects(Model before, Model after) {
        List<String> lines = new ArrayList<>();
        differences("endpoint", before.endpoints(), after.endpoints(), lines);
        differences("policy", before.policies(), after.policies(), lines);
        differences("profile", before.profiles(), after.profiles(), lines);
        Map<String, Model.SetContents> mine = new TreeMap<>();
        Map<String, Model.SetContents> theirs = new TreeMap<>();
        before.sets().forEach((id, contents) -> mine.put(id.text(), contents));
        after.sets().forEach((id, contents) -> theirs.put(id.text(), contents));
        differences("set", mine, theirs, lines);
        return lines;
    }

    private static <K> void differences(String what, Map<K, ?> before, Map<K, ?> after, List<String> lines) {
        Set<K> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (K key : keys) {
            if (!after.containsKey(key)) {
                lines.add("- " + what + " " + key);
            } else if (!before.containsKey(key)) {
                lines.add("+ " + what + " " + key);
            } else if (!after.get(key).equals(before.get(key))) {
                lines.add("~ " + what + " " + key);
            }
        }
    }
}
