package tombolo.policy.adapter;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tombolo.api.net.Prefix;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.GlobalNetworkSet;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.NetworkSet;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.Profile;
import tombolo.api.resource.Resource;
import tombolo.policy.core.Model;
import tombolo.policy.core.PolicyEngine;

/** Work that holds the policy a second and a third time: one at a time, where there is room for it, and for as long as somebody waits for its answer. Any thread. */
final class Rehearsals {
    /** What an answer may take beside making the policy anew. */
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** What everything else in the process needs meanwhile, routes that come in above all. */
    private static final long SPARE = 64L << 20;

    /** A quarter more than what it was with 100,000 endpoints and 2,000 policies, and with policies of 35,000 rules of the packet filter; of a rule as it is compiled. */
    private static final long RESOURCE_OCTETS = 250;
    private static final long MEMBER_OCTETS = 160;
    private static final long RULE_OCTETS = 550;
    private static final long FILTER_RULE_OCTETS = 400;
    private static final long NET_OCTETS = 250;
    /** Of the packet filter, of a rule that is not compiled yet: two families and four ways to match. */
    private static final long FILTER_RULES = 8;

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

    /** About what the policy takes once more, in octets. On its Loop. @param resources how many it is made of @param filterRules of the packet filter, that it comes to; empty: not known */
    static long weight(PolicyEngine engine, int resources, OptionalInt filterRules) {
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
        long ofFilter = filterRules.isPresent() ? filterRules.getAsInt() : rules * FILTER_RULES;
        return resources * RESOURCE_OCTETS + members * MEMBER_OCTETS + rules * RULE_OCTETS + ofFilter * FILTER_RULE_OCTETS + nets * NET_OCTETS;
    }

    /** About what documents add to it, in octets. */
    static long weight(List<Resource> documents) {
        return documents.stream().mapToLong(document -> RESOURCE_OCTETS + switch (document.spec()) {
            case NetworkSet(List<Prefix> nets) -> nets.size() * (NET_OCTETS + MEMBER_OCTETS);
            case GlobalNetworkSet(List<Prefix> nets) -> nets.size() * (NET_OCTETS + MEMBER_OCTETS);
            case NetworkPolicy policy -> weight(policy.body().ingress(), policy.body().egress());
            case GlobalNetworkPolicy policy -> weight(policy.body().ingress(), policy.body().egress());
            case Profile profile -> weight(profile.ingress(), profile.egress());
            default -> 0; // what is staged is not in the packet filter
        }).sum();
    }

    private static long weight(List<PolicyRule> ingress, List<PolicyRule> egress) {
        return Stream.of(ingress, egress).flatMap(List::stream).mapToLong(rule -> RULE_OCTETS + FILTER_RULES * FILTER_RULE_OCTETS
                + Stream.of(rule.source(), rule.destination()).mapToLong(end -> (end.nets().size() + end.notNets().size()) * NET_OCTETS).sum()).sum();
    }

    private static long mebi(long octets) {
        return octets >> 20;
    }

    private static long freeHeap() {
        long used = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                used += used(pool.getName(), pool.getUsage(), Optional.ofNullable(pool.getCollectionUsage()));
            }
        }
        return Runtime.getRuntime().maxMemory() - used;
    }

    /**
     * What of a pool is not free: where objects are born, what the last collection left, and what it left is nothing where it moved all that lives; where they grow old, what is there now, garbage
     * among it, since a collection of that is rare and what was promoted since may live.
     */
    static long used(String pool, MemoryUsage now, Optional<MemoryUsage> collected) {
        boolean young = pool.contains("Eden") || pool.contains("Survivor");
        return collected.filter(_ -> young).orElse(now).getUsed();
    }
}
