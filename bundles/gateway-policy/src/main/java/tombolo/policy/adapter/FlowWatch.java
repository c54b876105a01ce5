package tombolo.policy.adapter;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tombolo.api.kernel.Connection;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.LoggedPacket;
import tombolo.api.nftables.PacketLog;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Flow;
import tombolo.api.policy.Policies.FlowEnd;
import tombolo.api.policy.Policies.FlowQuery;
import tombolo.api.policy.Policies.Flows;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.policy.adapter.nft.NftLog;
import tombolo.policy.core.AddressBook;
import tombolo.policy.core.Answers;
import tombolo.policy.core.FlowLog;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.Model;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.Stage;
import tombolo.runtime.Loop;

/** Hears what the rules of policy log, and remembers it by flow with the names of today. On the Loop alone, but for what is handed to it. */
final class FlowWatch implements FlowLog.Ends {
    private final Loop loop;
    private final Supplier<Optional<PolicyEngine>> engine;
    private final Supplier<HostInterfaces> hosts;
    private final FlowLog flows = new FlowLog(FlowQuery.MOST);
    private String node = "";
    private Supplier<? extends Collection<Resource>> all = List::of;
    /** Made when somebody asks for a name, or when there is time: of 100,000 endpoints it takes long, and a start has more urgent things to do. */
    private @Nullable AddressBook book;
    private @Nullable PacketLog source;
    private PacketLog.@Nullable Listening listening;
    private long logged;
    /** Packets that found the Loop's mailbox full. */
    private long missed;
    private long lostBefore;
    private NftLog rules = NftLog.DEFAULT;

    /** @param hosts which host endpoint governs which interface */
    FlowWatch(Loop loop, Supplier<Optional<PolicyEngine>> engine, Supplier<HostInterfaces> hosts) {
        this.loop = loop;
        this.engine = engine;
        this.hosts = hosts;
    }

    void sourceCame(PacketLog came) {
        leave();
        source = came;
        listening = came.listen(NftLog.GROUP, this::heard);
    }

    void sourceWent(PacketLog went) {
        if (source == went) {
            leave();
        }
    }

    /** Hears nothing more; what was heard stays. */
    void leave() {
        PacketLog.Listening open = listening;
        source = null;
        listening = null;
        if (open != null) {
            open.close();
            lostBefore += open.counts().lost();
        }
    }

    void rules(NftLog now) {
        rules = now;
    }

    /** Another node, or the first. @param now all that there is, whenever it is asked for */
    void begin(String name, Supplier<? extends Collection<Resource>> now) {
        node = name;
        all = now;
        book = null;
    }

    /** Whose every address is. */
    AddressBook book() {
        AddressBook known = book;
        if (known == null) {
            known = new AddressBook(node);
            all.get().forEach(known::put);
            book = known;
        }
        return known;
    }

    void changed(Collection<Resource> puts, Collection<ResourceId> deletes) {
        AddressBook known = book;
        if (known != null) {
            deletes.forEach(known::remove);
            puts.forEach(known::put);
        }
    }

    /** On the reader's thread. */
    private void heard(List<LoggedPacket> packets) {
        if (!loop.offer(() -> packets.forEach(this::take))) {
            loop.schedule(java.time.Duration.ZERO, () -> missed += packets.size()); // timers do not count against the mailbox
        }
    }

    private void take(LoggedPacket packet) {
        NftLog.read(packet.prefix()).ifPresent(origin -> {
            logged++;
            flows.add(new FlowLog.Seen(origin.denied() ? FlowLog.DENY : FlowLog.LOG, origin.direction(), origin.host(), name(origin), origin.rule(), packet), this);
        });
    }

    /** Flows that were ended because policy no longer allows them. */
    void cut(List<FlowCut.Cut> cuts) {
        long now = System.currentTimeMillis();
        cuts.forEach(one -> {
            Connection connection = one.connection();
            String by = one.step().policy().orElse(one.step().tier().equals("profiles") ? "profiles" : "tier " + one.step().tier());
            flows.add(new FlowLog.Seen(FlowLog.CUT, one.direction(), one.host(), by, one.step().rule(), new LoggedPacket(now, "", "", "", connection.source(), connection.destination(),
                    connection.protocol(), connection.sourcePort(), connection.destinationPort(), connection.icmpType(), connection.icmpCode(), 0)), at(one.endpoint(), one.own()));
        });
    }

    /** Of what is no packet: at an endpoint that is known. */
    private FlowLog.Ends at(ResourceId endpoint, boolean own) {
        Optional<AddressBook.Holder> holder = book().of(endpoint);
        return new FlowLog.Ends() {
            @Override
            public FlowEnd source(FlowLog.Seen seen) {
                return end(seen.packet().source(), seen.direction() == Direction.EGRESS && own ? holder : Optional.empty());
            }

            @Override
            public FlowEnd destination(FlowLog.Seen seen) {
                return end(seen.packet().destination(), seen.direction() == Direction.INGRESS && own ? holder : Optional.empty());
            }

            @Override
            public Optional<String> at(FlowLog.Seen seen) {
                return holder.map(AddressBook.Holder::name);
            }
        };
    }

    /** A name too long for a prefix is that of a policy or profile with the same hash. */
    private String name(NftLog.Origin origin) {
        return origin.whole() ? origin.owner() : engine.get().stream().flatMap(FlowWatch::owners).filter(name -> NftLog.means(origin, name)).findFirst().orElse(origin.owner() + "…");
    }

    /** Whose rules there are, as logs and counters name them; some more than once. */
    static Stream<String> owners(PolicyEngine engine) {
        return Stream.of(engine.activePolicies().keySet().stream().map(ResourceId::toString),
                engine.endpoints().values().stream().flatMap(endpoint -> endpoint.profiles().stream()).map(name -> "profile " + name),
                engine.endpoints().values().stream().flatMap(endpoint -> endpoint.tiers().stream()).map(tier -> "tier " + tier.tier())).flatMap(names -> names);
    }

    @Override
    public FlowEnd source(FlowLog.Seen seen) {
        LoggedPacket packet = seen.packet();
        return end(packet.source(), seen.direction() == Direction.INGRESS ? Optional.empty() : packet.inputInterface().isEmpty() ? own(packet.source(), packet.outputInterface())
                : book().behind(packet.inputInterface()));
    }

    @Override
    public FlowEnd destination(FlowLog.Seen seen) {
        LoggedPacket packet = seen.packet();
        return end(packet.destination(), seen.direction() == Direction.EGRESS ? Optional.empty() : packet.outputInterface().isEmpty() ? own(packet.destination(), packet.inputInterface())
                : book().behind(packet.outputInterface()));
    }

    /** What this host sends has no interface by which it came; what it receives, or what is asked before it is routed, none by which it leaves. */
    @Override
    public Optional<String> at(FlowLog.Seen seen) {
        boolean ingress = seen.direction() == Direction.INGRESS;
        String outside = ingress ? seen.packet().inputInterface() : seen.packet().outputInterface(); // where a host endpoint would be asked
        String inside = ingress ? seen.packet().outputInterface() : seen.packet().inputInterface();
        Optional<AddressBook.Holder> host = outside.isEmpty() ? Optional.empty() : host(outside);
        // Behind the node's bridge the interface is the bridge's, and the address tells.
        Optional<AddressBook.Holder> workload = inside.isEmpty() ? Optional.empty() : book().behind(inside)
                .or(() -> book().at(ingress ? seen.packet().destination() : seen.packet().source()).filter(holder -> holder.id().kind().equals("WorkloadEndpoint") && isHere(holder)));
        if (host.isPresent() && workload.isPresent()) {
            // Forwarded between the two, each with policies of its own: the host endpoint is asked first of what comes in, last of what goes out.
            boolean byHost = seen.host() || decides(host.get(), Stage.FORWARD, ingress, seen.policy()) && (ingress || !decides(workload.get(), Stage.OWN, false, seen.policy()));
            return Optional.of((byHost ? host : workload).get().name());
        }
        return workload.or(() -> host).map(AddressBook.Holder::name);
    }

    private boolean isHere(AddressBook.Holder holder) {
        return engine.get().filter(known -> known.endpoints().containsKey(holder.id())).isPresent();
    }

    private boolean decides(AddressBook.Holder holder, Stage stage, boolean ingress, String policy) {
        Optional<PolicyEngine> current = engine.get();
        Optional<Model.Endpoint> endpoint = current.flatMap(known -> Optional.ofNullable(known.endpoints().get(holder.id())));
        return endpoint.isPresent() && endpoint.get().tiers().stream().anyMatch(tier -> {
            List<ResourceId> there = (ingress ? tier.ingress() : tier.egress()).stream().filter(id -> stage.has(current.get().activePolicies().get(id))).toList();
            return there.stream().anyMatch(id -> id.toString().equals(policy));
        });
    }

    /** The host endpoint that governs an interface. */
    private Optional<AddressBook.Holder> host(String interfaceName) {
        HostInterfaces known = hosts.get();
        return Optional.ofNullable(known.named().get(interfaceName)).or(() -> interfaceName.equals(HostInterfaces.LOOPBACK) ? Optional.empty() : known.all()).flatMap(book()::of);
    }

    /** An address of this host; or, before destinations are changed and packets routed, perhaps a workload's. */
    private Optional<AddressBook.Holder> own(IpAddress address, String interfaceName) {
        return book().at(address).filter(holder -> holder.id().kind().equals("WorkloadEndpoint")).or(() -> host(interfaceName));
    }

    private FlowEnd end(IpAddress address, Optional<AddressBook.Holder> known) {
        Optional<AddressBook.Holder> holder = known.or(() -> book().at(address));
        return new FlowEnd(address.toString(), holder.map(AddressBook.Holder::name),
                new TreeMap<>(holder.flatMap(one -> engine.get().map(current -> current.labels(one.id()))).orElse(java.util.Map.of())));
    }

    Flows answer(FlowQuery query, Answers names) {
        List<Flow> found = flows.flows(query.denied(), query.since(), flow -> query.endpoint().isEmpty() || of(flow, query.endpoint().get()));
        if (found.isEmpty() && query.endpoint().isPresent()) {
            String name = names.endpointOrAddress(query.endpoint().get()); // such as by its interface; a word that means nothing is refused here
            found = flows.flows(query.denied(), query.since(), flow -> of(flow, name));
        }
        Optional<PacketLog.Counts> counts = Optional.ofNullable(listening).map(PacketLog.Listening::counts);
        long lost = lostBefore + missed + counts.map(PacketLog.Counts::lost).orElse(0L);
        return new Flows(found, flows.last(), counts.filter(PacketLog.Counts::listening).isPresent(), state(counts, lost), logged, lost, flows.forgotten());
    }

    private static boolean of(Flow flow, String word) {
        return flow.at().equals(Optional.of(word)) || Stream.of(flow.source(), flow.destination()).anyMatch(end -> end.address().equals(word) || end.endpoint().equals(Optional.of(word)));
    }

    private String state(Optional<PacketLog.Counts> counts, long lost) {
        String hears = counts.isEmpty() ? "nothing is heard: gateway-dataplane does not run" : counts.get().problem().orElse(counts.get().listening() ? "hears NFLOG group " + NftLog.GROUP
                : "not listening yet");
        return hears + "; of each rule at most " + rules.perSecond() + " packets a second, of all together " + NftLog.OF_ALL + (rules.denied() ? "" : "; denied packets are not logged (log-denied in etc/tombolo.policy.cfg)")
                + (lost == 0 ? "" : "; " + lost + " packets came too fast and are missing");
    }
}
