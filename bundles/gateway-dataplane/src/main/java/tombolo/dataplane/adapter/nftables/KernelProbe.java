package tombolo.dataplane.adapter.nftables;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.kernel.RawPackets;
import tombolo.api.net.AddressFamily;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.nftables.PacketProbe;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.nftables.KernelTable;
import tombolo.dataplane.core.probe.ProbePacket;
import tombolo.dataplane.core.probe.TraceMessage;

/**
 * Probes by the kernel's trace of rules.
 *
 * <pre>
 *  probe-begin (prerouting, before all)  this packet, by interface, addresses, protocol and an odd number of hops ─► a bit of its mark, nftrace
 *     every rule of every table that it meets ─► NFNLGRP_NFTRACE ─► path
 *  probe-out (postrouting), probe-here (input), behind all: that bit ─► drop, so that nobody receives it
 * </pre>
 *
 * The three chains are there while a probe is. Any thread, one probe at a time.
 */
public final class KernelProbe implements PacketProbe {
    private static final String BEGIN = "probe-begin";
    private static final String OUT = "probe-out";
    private static final String HERE = "probe-here";
    /** Of the packet's mark; policy uses the bit below it. */
    private static final int MARK = 0x0800_0000;
    /** No system begins with it. */
    private static final int HOPS = 253;
    private static final int BEFORE_ALL = -350;
    private static final int BEHIND_ALL = 350;
    private static final int MOST_HOPS = 256;
    private static final int RECEIVE_BUFFER = 1 << 20;
    /** To take the chains away again, whatever was left of the limit. */
    private static final Duration CLEANING = Duration.ofSeconds(5);

    private final Netlink netlink;
    private final RawPackets packets;
    private final Nftables writer;
    private final Optional<String> netns;
    private final ReentrantLock busy = new ReentrantLock();

    /** @param netns of the packet filter; empty: the process's own */
    public KernelProbe(Netlink netlink, RawPackets packets, Nftables writer, Optional<String> netns) {
        this.netlink = netlink;
        this.packets = packets;
        this.writer = writer;
        this.netns = netns;
    }

    /** Takes away what an earlier life may have left. */
    public void begin() {
        writer.change(Owner.PROBE, Change.complete(List.of(), List.of()));
    }

    @Override
    public Outcome send(Probe probe, Duration limit) {
        if (limit.compareTo(Duration.ofMillis(100)) < 0 || limit.compareTo(Duration.ofSeconds(30)) > 0) {
            throw new IllegalArgumentException("a probe of " + limit + ": 100 ms to 30 s");
        }
        if (!busy.tryLock()) {
            return new Outcome.Unknown("another probe is under way; try again", List.of());
        }
        try (NetlinkSocket traces = netlink.open(Netlink.Options.netfilter().groups(TraceMessage.GROUP).receiveBuffer(RECEIVE_BUFFER).netns(netns))) {
            long deadline = System.nanoTime() + limit.toNanos();
            Optional<String> refused = put(Change.complete(chains(probe), List.of()), limit);
            if (refused.isPresent()) {
                return new Outcome.Unknown(refused.get(), List.of());
            }
            packets.send(probe.netns(), ProbePacket.of(probe, HOPS));
            return seen(follow(traces, deadline));
        } catch (KernelException e) {
            return new Outcome.Unknown("the probe could not be sent: " + e.getMessage(), List.of());
        } finally {
            put(Change.complete(List.of(), List.of()), CLEANING);
            busy.unlock();
        }
    }

    private Optional<String> put(Change change, Duration limit) {
        try {
            return writer.change(Owner.PROBE, change).get(limit.toMillis(), TimeUnit.MILLISECONDS) instanceof Nftables.Outcome.Refused(String reason, boolean _) ? Optional.of(reason) : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        } catch (ExecutionException | TimeoutException e) {
            return Optional.of("the writer of nftables did not answer within " + limit.toMillis() + " ms");
        }
    }

    private static List<Chain> chains(Probe probe) {
        boolean v4 = probe.source().isIpv4();
        List<Statement> match = new ArrayList<>(List.of(Statement.family(v4 ? AddressFamily.IPV4 : AddressFamily.IPV6),
                Statement.is(Field.INPUT_INTERFACE, Value.interfaceName(probe.interfaceName())), Statement.is(v4 ? Field.HOPS_V4 : Field.HOPS_V6, Value.octet(HOPS)),
                Statement.is(v4 ? Field.SOURCE_V4 : Field.SOURCE_V6, Value.of(probe.source())), Statement.is(v4 ? Field.DESTINATION_V4 : Field.DESTINATION_V6, Value.of(probe.destination())),
                Statement.is(Field.PROTOCOL, Value.octet(probe.protocol().number()))));
        if (probe.destinationPort() > 0) {
            match.add(Statement.is(Field.SOURCE_PORT, Value.port(probe.sourcePort())));
            match.add(Statement.is(Field.DESTINATION_PORT, Value.port(probe.destinationPort())));
        }
        match.add(new Statement.SetMark(false, ~MARK, MARK));
        match.add(new Statement.Trace());
        Rule end = Rule.of("the probe ends", new Statement.Masked(Field.MARK, Value.number(MARK), Statement.Operator.NOT_EQUAL, Value.number(0)), Statement.decide(Verdict.DROP));
        return List.of(Chain.base(BEGIN, new Hook(Chain.Type.FILTER, Point.PREROUTING, BEFORE_ALL, false), "a probe", List.of(new Rule(match, "the probe"))),
                Chain.base(OUT, new Hook(Chain.Type.FILTER, Point.POSTROUTING, BEHIND_ALL, false), "a probe", List.of(end)),
                Chain.base(HERE, new Hook(Chain.Type.FILTER, Point.INPUT, BEHIND_ALL, false), "a probe", List.of(end)));
    }

    /** The steps of the packet that begins in our chain, to the one that drops it. */
    private static List<TraceMessage> follow(NetlinkSocket traces, long deadline) {
        List<TraceMessage> path = new ArrayList<>();
        OptionalInt id = OptionalInt.empty();
        byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(bytes);
        while (System.nanoTime() - deadline < 0) {
            int length = traces.receive(bytes, (int) Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
            reader.reset(Math.max(0, length));
            while (reader.next()) {
                Optional<TraceMessage> step = TraceMessage.read(reader);
                if (step.isEmpty()) {
                    continue;
                }
                if (id.isEmpty() && step.get().table().equals(Nftables.TABLE) && step.get().chain().equals(BEGIN)) {
                    id = OptionalInt.of(step.get().id());
                }
                if (id.isPresent() && id.getAsInt() == step.get().id() && path.size() < MOST_HOPS) {
                    path.add(step.get());
                    if (step.get().drops()) {
                        return path;
                    }
                }
            }
        }
        return path;
    }

    private Outcome seen(List<TraceMessage> steps) {
        if (steps.isEmpty()) {
            return new Outcome.Unknown("the packet did not come in: the container's own routes or rules may have stopped it", List.of());
        }
        List<Hop> path = hops(steps.stream().filter(TraceMessage::tells).filter(step -> !ours(step)).toList());
        TraceMessage last = steps.getLast();
        if (!last.drops()) {
            return new Outcome.Unknown("the packet was not seen any more behind chain " + last.chain() + " of table " + last.tableWords() + ": there may be no route, or the source is refused (rp_filter)",
                    path);
        }
        return new Outcome.Seen(ours(last), path);
    }

    private static boolean ours(TraceMessage step) {
        return step.table().equals(Nftables.TABLE) && Owner.of(step.chain()).filter(Owner.PROBE::equals).isPresent();
    }

    /** Rules are traced by their handles; the kernel is asked for the comments of ours. */
    private List<Hop> hops(List<TraceMessage> steps) {
        Map<Long, String> comments = new HashMap<>();
        Kernel kernel = new Kernel(netlink, netns);
        try {
            List<String> chains = steps.stream().filter(step -> step.table().equals(Nftables.TABLE)).map(TraceMessage::chain).distinct().toList();
            KernelTable table = kernel.readChains(chains);
            chains.forEach(chain -> table.rules(chain).forEach(rule -> comments.put(rule.handle(), rule.comment())));
        } finally {
            kernel.close();
        }
        return steps.stream().map(step -> new Hop(step.tableWords(), step.chain(), step.table().equals(Nftables.TABLE) ? comments.getOrDefault(step.handle(), "") : "", step.words())).toList();
    }
}
