package tombolo.policy.adapter;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.CniSettings;
import tombolo.api.config.PolicySettings;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.endpoint.Endpoints;
import tombolo.api.kernel.Connections;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.api.nat.Nat;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.nftables.PacketLog;
import tombolo.api.nftables.PacketProbe;
import tombolo.api.policy.Policies;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.policy.adapter.nft.ClosedInterfaces;
import tombolo.policy.adapter.nft.NftDifferences;
import tombolo.policy.adapter.nft.NftLog;
import tombolo.policy.adapter.nft.NftOptions;
import tombolo.policy.adapter.nft.NftTable;
import tombolo.policy.core.Answers;
import tombolo.policy.core.AutomaticHosts;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.MappedPorts;
import tombolo.policy.core.Model;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.UnheededParameters;
import tombolo.runtime.FollowedResources;
import tombolo.runtime.Loop;

/** The policy of this node: hears of resources, compiles on one Loop, answers questions. The other services may come and go at any moment. */
public final class PolicyNode implements SettingsListener, Policies, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyNode.class);
    /** Steps of the feed, each a bounded batch, and questions. */
    private static final int MAILBOX = 4096;
    /** A full compile of 2,000 policies and 100,000 addresses takes a few seconds on a busy machine. */
    private static final Duration ANSWER = Duration.ofSeconds(20);
    /** A call that gave up waits for the reason no longer than this: it has a limit of its own behind which its caller waits. */
    private static final Duration REASON = Duration.ofSeconds(2);

    /** Between two attempts to hand a step to a Loop whose mailbox is full. */
    private static final Duration PAUSE = Duration.ofMillis(5);
    private static final Set<String> CONFIGURATION = Set.of("FelixConfiguration", "Node", "KubeControllersConfiguration");
    private static final Set<String> OTHERS = Set.of("FelixConfiguration", "Node", "KubeControllersConfiguration", "HostEndpoint");
    private static final ResourceId CONTROLLERS = ResourceId.of("KubeControllersConfiguration", "default");
    private static final Set<String> KINDS = Stream.concat(PolicyEngine.KINDS.stream(), CONFIGURATION.stream()).collect(Collectors.toUnmodifiableSet());
    /** Of which no change makes or mends a problem. */
    private static final Set<String> HARMLESS = Set.of("WorkloadEndpoint", "NetworkSet", "GlobalNetworkSet");
    /** Between two looks at the interfaces' addresses, while a host endpoint is found by them. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Loop loop = Loop.prompt("tombolo-policy", MAILBOX);
    private final FlowWatch flows = new FlowWatch(loop, () -> Optional.ofNullable(this.engine), () -> this.enforcer.hosts());
    private final FlowCut cut = new FlowCut(loop, () -> Optional.ofNullable(this.engine), () -> this.enforcer.hosts(), () -> this.enforcer.parameters(), flows::cut);
    private final Probing probing = new Probing();
    private final Rehearsals rehearsals;
    private final Enforcer enforcer = new Enforcer(loop, this::inForce);
    private final FollowedResources resources = new FollowedResources("tombolo-policy-resources", KINDS, this::insist, this::changed, problem ->
            LOG.warn("TMB-POL-002 the resources of the cluster cannot be followed ({}); the policy they said last stays as it is. Restart gateway-resources", problem.toString()));
    private final AutomaticHostWriter automatic = new AutomaticHostWriter(loop::schedule, this::automatic);
    private final Path net;
    private final Closing closing;
    private final Admissions admissions;
    private final ToldProblems problems = new ToldProblems();
    private volatile boolean stopping;
    private volatile Optional<Nat> nat = Optional.empty();
    private volatile AzureCniSettings azure = AzureCniSettings.DEFAULT;
    private NftOptions options = NftOptions.DEFAULT;
    private @Nullable String node;
    private @Nullable PolicyEngine engine;
    private @Nullable Links links;
    private Map<String, Set<IpAddress>> seen = Map.of();
    private String workloadPrefix = CniSettings.OFF.interfacePrefix();
    private List<String> prefixes = List.of();
    private boolean looking;

    /** @param data what is to outlive the process; empty: nothing does */
    public PolicyNode(Optional<Path> data) {
        this(data, Bridged.INTERFACES, new Rehearsals());
    }

    /** @param net where the kernel shows its interfaces */
    PolicyNode(Optional<Path> data, Path net, Rehearsals rehearsals) {
        this.net = net;
        this.rehearsals = rehearsals;
        closing = new Closing(data.map(folder -> folder.resolve("closed")));
        admissions = new Admissions(loop, enforcer, closing, resources, this::take, this::parameters, REASON);
    }

    // ---- from any thread ----

    @Override
    public void settingsChanged(Settings settings) {
        NftLog log = new NftLog(settings.policy().logDenied(), settings.policy().logRate());
        AzureCniSettings said = settings.azureCni();
        azure = said;
        boolean cuts = settings.policy().established() == PolicySettings.Established.CUT;
        submit(() -> {
            workloadPrefix = settings.cni().interfacePrefix();
            // Beside an uplink the bridge carries what is no container's too.
            closing.settings(settings.policy().closeAzure(), Optional.of(said.bridge()).filter(_ -> said.bridgeUplink().isEmpty()));
            flows.rules(log);
            options = new NftOptions(log, cuts, Optional.of(said.bridge()), said.bridgeUplink().isPresent());
            apart();
            cut.wanted(cuts);
            named(settings.node().name());
            parameters();
        });
    }

    public void resourcesCame(Resources came) {
        resources.came(came);
        submit(() -> {
            automatic.resources(came);
            automatic();
        });
    }

    public void resourcesWent(Resources went) {
        resources.went(went);
        submit(() -> automatic.resources(null));
    }

    public void writerCame(Nftables came) {
        submit(() -> enforcer.writerCame(came));
    }

    public void writerWent(Nftables went) {
        submit(() -> enforcer.writerWent(went));
    }

    public void linksCame(Links came) {
        submit(() -> {
            links = came;
            look();
        });
    }

    /** The addresses stay as they were seen last. */
    public void linksWent(Links went) {
        submit(() -> {
            if (links == went) {
                links = null;
            }
        });
    }

    public void packetLogCame(PacketLog came) {
        submit(() -> flows.sourceCame(came));
    }

    public void packetLogWent(PacketLog went) {
        submit(() -> flows.sourceWent(went));
    }

    public void connectionsCame(Connections came) {
        submit(() -> cut.meansCame(came));
    }

    public void connectionsWent(Connections went) {
        submit(() -> cut.meansWent(went));
    }

    /** What sends packets; empty: nobody. */
    public void packetProbe(Optional<PacketProbe> service) {
        probing.probe(service);
    }

    /** Who knows which ports of this host lead to containers; empty: nobody. */
    public void nat(Optional<Nat> service) {
        nat = service;
    }

    /** Who knows the namespaces of containers; empty: nobody. */
    public void containers(Optional<Endpoints> service) {
        probing.endpoints(service);
    }

    // ---- on the Loop ----

    private void named(String name) {
        if (!name.equals(node)) {
            node = name;
            engine = null;
            if (resources.heard()) {
                start();
            }
        }
    }

    private void start() {
        String name = node;
        if (name != null) {
            PolicyEngine fresh = new PolicyEngine(name);
            engine = fresh;
            fresh.load(resources.held());
            fresh.load(admissions.foretold().all(resources::held));
            closing.uses(fresh.endpoints().values());
            compiled();
            parameters();
            automatic();
            look();
            enforcer.engine(fresh);
            flows.begin(name, resources::held);
        }
    }

    private void changed(ResourceListener.Changes changes) {
        PolicyEngine current = engine;
        ResourceListener.Changes news = admissions.foretold().heard(changes); // also of the first: from what it tells of the store counts
        if (current == null) {
            start();
        } else {
            Model.Delta delta = current.apply(news.puts(), news.deletes());
            flows.changed(changes.puts(), changes.deletes());
            Set<String> changed = Stream.concat(changes.puts().stream().map(Resource::id), changes.deletes().stream()).map(ResourceId::kind).collect(Collectors.toSet());
            if (!HARMLESS.containsAll(changed)) {
                compiled();
            }
            if (changed.contains("WorkloadEndpoint")) {
                apart();
            }
            // First the policies: what host endpoints want is made of those that the table knows.
            enforcer.changed(delta);
            if (closing.uses(delta.endpoints().values()) || changed.stream().anyMatch(CONFIGURATION::contains)) {
                parameters();
            }
            if (changed.stream().anyMatch(OTHERS::contains)) {
                automatic();
                look();
            }
        }
    }

    private void take(List<Resource> puts, List<ResourceId> deletes) {
        PolicyEngine current = engine;
        if (current != null) {
            apart();
            enforcer.changed(current.apply(puts, deletes));
        }
    }

    /** Containers come where the uplink's port has been made as the configuration wants it. */
    private void apart() {
        enforcer.options(options.apart(Bridged.isApart(net, azure.bridge(), azure.bridgeUplink())));
    }

    /**
     * What the configuration of the node comes to.
     *
     * @param prefixes of workloads' interfaces, as FelixConfiguration and tombolo.cni.cfg say them
     */
    record Said(NodeParameters parameters, List<String> prefixes, ClosedInterfaces closed) {
        /** @param workloadPrefix of tombolo.cni.cfg @param shut what is closed whatever the configuration says */
        static Said of(String node, Collection<Resource> configuration, String workloadPrefix, ClosedInterfaces shut) {
            Map<String, String> labels = configuration.stream().filter(each -> each.id().equals(ResourceId.of("Node", node))).findFirst().map(Resource::labels).orElse(Map.of());
            NodeParameters now = NodeParameters.of(node, labels, configuration, List.of(workloadPrefix));
            ClosedInterfaces closed = shut.with(now.workloads());
            // What is open may be anybody's, and is the host endpoint's that is for all interfaces; of a known endpoint it is not in any case.
            return new Said(closed.prefixes().contains(Closing.AZURE_PREFIX) ? now.withWorkload(Closing.AZURE_PREFIX) : now, now.workloads(), closed);
        }
    }

    private void parameters() {
        String name = node;
        if (name != null && resources.heard()) {
            Said now = Said.of(name, resources.held(CONFIGURATION), workloadPrefix, closing.now());
            prefixes = now.prefixes;
            enforcer.close(now.closed); // an endpoint gets no traffic before it is known, whether its ADD waits for that or not
            enforcer.parameters(now.parameters);
        }
    }

    private void automatic() {
        String name = node;
        if (name != null && resources.heard()) {
            automatic.write(automatic(name, resources.held(OTHERS), enforcer.parameters(), interfaces()));
        }
    }

    /** What host endpoints this node would store or remove by itself. */
    static AutomaticHosts.Plan automatic(String node, Collection<Resource> resources, NodeParameters parameters, Map<String, Set<IpAddress>> interfaces) {
        Map<String, Set<IpAddress>> machine = new HashMap<>(interfaces);
        machine.keySet().removeIf(each -> each.equals(HostInterfaces.LOOPBACK) || Closing.concerns(each) || parameters.isWorkload(each));
        return AutomaticHosts.of(node, one(resources, ResourceId.of("Node", node)), one(resources, CONTROLLERS), resources, machine);
    }

    private static Optional<Resource> one(Collection<Resource> resources, ResourceId id) {
        return resources.stream().filter(each -> each.id().equals(id)).findFirst();
    }

    /** With their addresses, as they were seen last. */
    private Map<String, Set<IpAddress>> interfaces() {
        Links current = links;
        if (current != null) {
            Map<String, Set<IpAddress>> now = new HashMap<>();
            current.links().forEach(link -> now.put(link.name(), link.addresses().stream().map(Link.InterfaceAddress::address).collect(Collectors.toUnmodifiableSet())));
            seen = Map.copyOf(now);
        }
        return seen;
    }

    /** At the interfaces, where a host endpoint is found by its addresses, or made for one: again and again while there is one. */
    private void look() {
        PolicyEngine known = engine;
        String name = node;
        if (links == null || known == null || name == null) {
            return;
        }
        boolean made = resources.heard() && AutomaticHosts.looksAtInterfaces(resources.held(ResourceId.of("Node", name)), resources.held(CONTROLLERS));
        boolean found = known.endpoints().values().stream().anyMatch(endpoint -> endpoint.host() && endpoint.interfaceName().isEmpty());
        if (!made && !found) {
            return;
        }
        if (found) {
            enforcer.interfaces(interfaces());
        }
        if (made) {
            automatic();
        }
        if (!looking && !stopping) {
            looking = true;
            loop.schedule(LOOK, () -> {
                looking = false;
                look();
            });
        }
    }

    private void inForce() {
        cut.changed();
        flows.book(); // there is time for it now
    }

    private void compiled() {
        PolicyEngine current = engine;
        if (current != null) {
            problems.tell(current.problems());
        }
    }

    /** From the feed's own thread, which can wait: a step that were lost would be missing from policy until the next listing. */
    private void insist(Runnable task) {
        while (!loop.offer(task) && !stopping) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void submit(Runnable task) {
        if (!loop.offer(task) && !stopping) {
            LOG.warn("TMB-POL-003 the mailbox of {} tasks is full: a change was not taken in. Report this with gateway:diag.", MAILBOX);
        }
    }

    // ---- questions, from any thread ----

    @Override
    public Status status() {
        Map<ResourceId, String> interfaces = new TreeMap<>();
        List<Closed> closed = new ArrayList<>();
        List<Problem> unheeded = new ArrayList<>();
        Status status = loop.ask(() -> {
            PolicyEngine current = engine;
            String name = node;
            if (name != null && resources.heard()) {
                unheeded.addAll(UnheededParameters.of(name, resources.held(ResourceId.of("Node", name)).map(Resource::labels).orElse(Map.of()), resources.held(CONFIGURATION)));
            }
            if (current != null && resources.heard()) {
                closed.addAll(closing.told(prefixes, workloadPrefix, interfaces().keySet(), each -> enforcer.endpointAt(each).isPresent()));
            }
            if (current != null) {
                current.endpoints().values().stream().filter(endpoint -> !endpoint.host())
                        .forEach(endpoint -> endpoint.interfaceName().filter(EndpointId::isInterfaceName).ifPresent(each -> interfaces.put(endpoint.id(), each)));
            }
            return current == null || !resources.heard() ? new Status(Optional.ofNullable(node), resources.heard(), enforcer.enforcement(), 0, 0, 0, 0, 0, List.of())
                    : new Answers(current, enforcer.enforcement(), enforcer.hosts(), enforcer.parameters(), interfaces()).status(String.valueOf(node));
        }, ANSWER);
        List<Problem> problems = Stream.of(status.problems(), unheeded, Bridged.of(net, interfaces, azure.bridge(), azure.bridgeUplink())).flatMap(List::stream).toList();
        return new Status(status.node(), status.heard(), status.enforcement(), status.endpoints(), status.policies(), status.activePolicies(), status.sets(), status.setMembers(), problems, closed);
    }

    @Override
    public List<String> endpoints() {
        return ask(Answers::endpoints);
    }

    @Override
    public Shown show(String endpoint) {
        return ask(answers -> answers.show(endpoint));
    }

    @Override
    public Explanation explain(Question question) {
        return ask(ports(), answers -> answers.explain(question));
    }

    @Override
    public Probed probe(Question question) {
        return probing.send(question, (asked, port) -> ask(ports(), answers -> new Probing.Asked(answers.explain(asked, port), answers.sending(asked, port))));
    }

    @Override
    public Pairs pairs(Optional<String> from, Optional<String> to) {
        return rehearsals.one(this::weight, late -> Rehearsal.of(moment(), List.of(), List.of()).answers().pairs(from, to, late));
    }

    @Override
    public List<SetUse> sets() {
        return ask(Answers::sets);
    }

    @Override
    public List<Counter> counters() {
        Nftables writer = loop.ask(enforcer::writer, ANSWER)
                .orElseThrow(() -> new IllegalArgumentException("TMB-POL-017 nothing is counted: there is no writer of the packet filter; see gateway:status for gateway-dataplane"));
        UnaryOperator<String> names = NftTable.wholeNames(loop.ask(() -> Stream.ofNullable(engine).flatMap(FlowWatch::owners).collect(Collectors.toSet()), ANSWER));
        TreeMap<String, Counter> sums = new TreeMap<>();
        writer.counters(Owner.POLICY).values().forEach(counters -> counters.forEach(each -> {
            String rule = names.apply(each.comment());
            sums.merge(rule, new Counter(rule, each.packets(), each.bytes()), (one, other) -> new Counter(rule, one.packets() + other.packets(), one.bytes() + other.bytes()));
        }));
        return List.copyOf(sums.values());
    }

    @Override
    public Flows flows(FlowQuery query) {
        return ask(answers -> flows.answer(query, answers));
    }

    @Override
    public Plan plan(List<Resource> puts, List<ResourceId> deletes) {
        return rehearsals.one(() -> 2 * weight() + Rehearsals.weight(puts), late -> {
            Rehearsal.Moment moment = moment();
            Rehearsal before = Rehearsal.of(moment, List.of(), List.of());
            Rehearsal after = Rehearsal.of(moment, puts, deletes);
            return before.answers().plan(after.answers(), NftDifferences.of(before.table().whole(), after.table().whole()), after.uncounted(before), late);
        });
    }

    private long weight() {
        return loop.ask(() -> Stream.ofNullable(engine).mapToLong(known -> Rehearsals.weight(known, resources.held().size(), enforcer.filterRules())).sum(), ANSWER);
    }

    /** For whoever makes containers. */
    public EndpointPolicy admissions() {
        return admissions;
    }

    private <T> T ask(Function<Answers, T> question) {
        return ask(MappedPorts.NONE, question);
    }

    /** Not on the Loop: who knows it may be busy with a change. */
    private MappedPorts ports() {
        return nat.map(service -> new MappedPorts(service.view().exposed().values())).orElse(MappedPorts.NONE);
    }

    private <T> T ask(MappedPorts ports, Function<Answers, T> question) {
        return loop.ask(() -> {
            PolicyEngine current = engine;
            if (current == null || !resources.heard()) {
                throw notYet();
            }
            return question.apply(new Answers(current, enforcer.enforcement(), enforcer.hosts(), enforcer.parameters(), interfaces(), ports));
        }, ANSWER);
    }

    private Rehearsal.Moment moment() {
        return loop.ask(() -> {
            PolicyEngine current = engine;
            String name = node;
            if (current == null || !resources.heard() || name == null) {
                throw notYet();
            }
            Map<ResourceId, Resource> all = new HashMap<>();
            resources.held().forEach(resource -> all.put(resource.id(), resource));
            admissions.foretold().all(resources::held).forEach(resource -> all.put(resource.id(), resource));
            current.problems().forEach(problem -> current.inForce(problem.resource()).ifPresent(version -> all.put(version.id(), version)));
            String prefix = workloadPrefix;
            ClosedInterfaces shut = closing.now();
            return new Rehearsal.Moment(name, all, enforcer.enforcement(), interfaces(), enforcer.options(), configuration -> Said.of(name, configuration, prefix, shut));
        }, ANSWER);
    }

    private static IllegalArgumentException notYet() {
        return new IllegalArgumentException("TMB-POL-015 the resources of the cluster have not been heard yet, or this node has no name yet; see datastore:status and gateway:config");
    }

    /** What was compiled last is not taken back. */
    @Override
    public void close() {
        try {
            loop.ask(() -> {
                flows.leave();
                return stopping = true;
            }, Duration.ofSeconds(5));
        } catch (IllegalStateException e) {
            LOG.warn("TMB-POL-004 gateway-policy did not stop in order: {}", e.getMessage());
        }
        resources.close();
        loop.close();
    }
}
