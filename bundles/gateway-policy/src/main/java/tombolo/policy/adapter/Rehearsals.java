package tombolo.policy.adapter;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tombolo.policy.core.Model;
import tombolo.policy.core.PolicyEngine;

/** Work that holds the policy a second and a third time: one at a time, where there is room for it, and for as long as somebody waits for its answer. Any thread. */
final class Rehearsals {
    /** What an answer may take beside making the policy anew. */
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** What everything else in the process needs meanwhile, routes that come in above all. */
    private static final long SPARE = 64L << 20;

    /** Twice what it was with 100,000 endpoints and 2,000 policies: engine, table and all chains and sets took 39 MB. */
    private static final long RESOURCE_OCTETS = 400;
    private static final long MEMBER_OCTETS = 250;
    /** A few of the packet filter's. */
    private static final long RULE_OCTETS = 4_096;
    private static final long NET_OCTETS = 400;

    private final Semaphore turn = new Semaphore(1);
    private final LongSupplier free;
    private final LongSupplier nanos;

    Rehearsals() {
        this(Rehearsals::freeHeap, System::nanoTime);
    }

    /** @param free octets of heap @param nanos the time */
    Rehearsals(LongSupplier free, LongSupplier nanos) {
        this.free = free;
        this.nanos = nanos;
    }

    /**
     * @param needed octets of heap, asked for only where it is this one's turn
     * @param work   is told when its time is over: also where its thread is interrupted
     * @throws IllegalArgumentException with operator text where it cannot be done now
     */
    <T> T one(Supplier<Long> needed, Function<BooleanSupplier, T> work) {
        if (!turn.tryAcquire()) {
            throw new IllegalArgumentException("TMB-POL-054 another policy:plan or policy:pairs is under way, and each holds the policy anew. Try again when it has answered, within a minute");
        }
        try {
            long wanted = needed.get();
            long there = free.getAsLong() - SPARE;
            if (there < wanted) {
                throw new IllegalArgumentException("TMB-POL-055 to hold the policy anew takes about " + mebi(wanted) + " MiB of heap, and " + mebi(Math.max(there, 0)) + " MiB are free beside what the "
                        + "node needs. Give the node more (TOMBOLO_HEAP), or ask a node with the same resources that has more; policy:explain takes none");
            }
            long until = nanos.getAsLong() + LIMIT.toNanos();
            return work.apply(() -> nanos.getAsLong() - until > 0 || Thread.currentThread().isInterrupted());
        } finally {
            turn.release();
        }
    }

    /** About what the policy takes once more, in octets. On its Loop. @param resources how many it is made of */
    static long weight(PolicyEngine engine, int resources) {
        long members = engine.setIds().stream().mapToLong(engine::setSize).sum();
        long rules = 0;
        long nets = 0;
        for (Model.Policy policy : engine.activePolicies().values()) {
            for (List<Model.Rule> list : List.of(policy.ingress(), policy.egress())) {
                rules += list.size();
                for (Model.Rule rule : list) {
                    nets += rule.source().nets().size() + rule.source().notNets().size() + rule.destination().nets().size() + rule.destination().notNets().size();
                }
            }
        }
        return resources * RESOURCE_OCTETS + members * MEMBER_OCTETS + rules * RULE_OCTETS + nets * NET_OCTETS;
    }

    private static long mebi(long octets) {
        return octets >> 20;
    }

    /** As of the last collection, where there was one: what is garbage by now is not told from what is not. */
    private static long freeHeap() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                MemoryUsage collected = pool.getCollectionUsage();
                used += collected == null || collected.getUsed() == 0 ? pool.getUsage().getUsed() : collected.getUsed();
            }
        }
        return Runtime.getRuntime().maxMemory() - used;
    }
}
