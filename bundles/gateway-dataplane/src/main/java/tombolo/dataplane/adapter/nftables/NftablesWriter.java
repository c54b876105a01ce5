package tombolo.dataplane.adapter.nftables;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.dataplane.adapter.nftables.Kernel.Committed;
import tombolo.dataplane.core.nftables.DesiredTable;
import tombolo.dataplane.core.nftables.KernelTable;
import tombolo.dataplane.core.nftables.Steps;
import tombolo.runtime.Loop;

/**
 * The Loop that alone writes our table.
 *
 * <pre>
 *  change ─► mailbox ─► wanted ─┐ all that came meanwhile
 *                               ├─► steps ─► transaction for generation g ─┬─► in force, g + 1
 *  a foreign hand, a start ─► read the table, compare                      ├─► another generation: ours untouched → again with that one; else read
 *                                                                          └─► refused: read and try once more; then take back what the refused object's owner wanted
 * </pre>
 *
 * Closing leaves the kernel as it is.
 */
public final class NftablesWriter implements Nftables, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NftablesWriter.class);
    /** Changes that wait while a transaction is on its way: 400 containers a second are a few at a time. */
    private static final int MAILBOX = 4_096;
    /** A transaction that meets others' so often in a row is put off. */
    private static final int ATTEMPTS = 20;
    private static final long NEWS_MILLIS = 250;
    /** A foreign hand that does not stop is undone as often as this, not more. */
    private static final Duration BETWEEN_REPAIRS = Duration.ofSeconds(1);
    /** After a failure the table is compared again. */
    private static final Duration AGAIN = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    /** A transaction of so many objects is not listened to: see {@link #commitUnheard}. */
    private static final int MANY = 2_000;

    private final Loop loop = Loop.prompt("tombolo-nftables", MAILBOX);
    private final Kernel kernel;
    private final Netlink netlink;
    private final Optional<String> netns;
    private final Duration betweenRepairs;
    private volatile Notifications news;
    private final DesiredTable desired = new DesiredTable();
    private final List<Waiting> waiting = new ArrayList<>();
    private volatile boolean closed;
    private int generation;
    private boolean reading = true;
    private boolean repairing;
    private long lastRepairNanos;
    private boolean repairScheduled;
    private long transactions;
    private long repairs;

    private record Waiting(Owner owner, CompletableFuture<Outcome> told) { }

    /** @param netns path of the namespace to work in; empty for the process's own */
    public NftablesWriter(Netlink netlink, Optional<String> netns) {
        this(netlink, netns, BETWEEN_REPAIRS);
    }

    /** @param betweenRepairs shorter for tests, which are many foreign hands */
    NftablesWriter(Netlink netlink, Optional<String> netns, Duration betweenRepairs) {
        this.netlink = netlink;
        this.netns = netns;
        this.betweenRepairs = betweenRepairs;
        kernel = new Kernel(netlink, netns);
        try {
            news = new Notifications(netlink, netns, kernel.portId(), this::touched);
        } catch (RuntimeException e) {
            kernel.close();
            loop.close();
            throw e;
        }
        lastRepairNanos = System.nanoTime() - betweenRepairs.toNanos();
        loop.worker(this::work);
        news.start();
        loop.wake();
    }

    @Override
    public CompletableFuture<Outcome> change(Owner owner, Change change) {
        CompletableFuture<Outcome> told = new CompletableFuture<>();
        boolean taken = !closed && loop.offer(() -> take(owner, change, told));
        if (!taken) {
            told.complete(new Outcome.Refused("TMB-NFT-001 " + owner + ": the writer of nftables is " + (closed ? "stopping" : "behind by " + MAILBOX + " changes") + "; try again", true));
        }
        return told;
    }

    @Override
    public Map<String, List<Counter>> counters(Owner owner) {
        return loop.ask(() -> {
            KernelTable seen = kernel.readChains(desired.chains(owner));
            Map<String, List<Counter>> all = new LinkedHashMap<>();
            for (String chain : desired.chains(owner)) {
                List<Counter> counters = new ArrayList<>();
                List<KernelTable.SeenRule> rules = seen.rules(chain);
                for (int i = 0; i < rules.size(); i++) {
                    int position = i;
                    rules.get(i).counted().ifPresent(counted -> counters.add(new Counter(position, rules.get(position).comment(), counted.packets(), counted.bytes())));
                }
                all.put(chain, List.copyOf(counters));
            }
            return all;
        }, ANSWER);
    }

    @Override
    public Status status() {
        return loop.ask(() -> new Status(Integer.toUnsignedLong(generation), desired.chains(), desired.sets(), desired.elements(), transactions, repairs, List.copyOf(desired.unspoken())), ANSWER);
    }

    @Override
    public void close() {
        closed = true;
        loop.close();
        news.close();
        kernel.close();
        waiting.forEach(one -> one.told.complete(new Outcome.Refused("TMB-NFT-001 " + one.owner + ": the writer of nftables is stopping; try again", true)));
        waiting.clear();
    }

    // ------------------------------------------------------------------------------------------------ the Loop's

    private void take(Owner owner, Change change, CompletableFuture<Outcome> told) {
        boolean first = desired.unspoken().contains(owner);
        Optional<String> wrong = desired.apply(owner, change);
        if (wrong.isPresent()) {
            told.complete(new Outcome.Refused("TMB-NFT-002 " + wrong.get(), false));
            return;
        }
        reading |= first; // what an earlier life left of this owner is compared with what it wants
        waiting.add(new Waiting(owner, told));
        loop.wake();
    }

    private void touched() {
        loop.offer(this::repairSoon); // where the mailbox is full, the next transaction finds out
    }

    private void repairSoon() {
        long wait = betweenRepairs.toNanos() - (System.nanoTime() - lastRepairNanos);
        if (wait <= 0) {
            if (news.takeTouched()) {
                lastRepairNanos = System.nanoTime();
                reading = true;
                repairing = true;
                loop.wake();
            }
        } else if (!repairScheduled) {
            repairScheduled = true;
            loop.schedule(Duration.ofNanos(wait), () -> {
                repairScheduled = false;
                repairSoon();
            });
        }
    }

    /** Background work: everything that waits becomes one transaction. */
    private boolean work() {
        try {
            commit();
        } catch (KernelException | IllegalStateException e) {
            LOG.error("TMB-NFT-003 nftables cannot be written: {}. What was in force stays; {} changes are refused", e.getMessage(), waiting.size());
            for (Owner owner : Owner.values()) {
                desired.rollBack(owner);
            }
            reading = true;
            loop.schedule(AGAIN, loop::wake);
            finish(new Outcome.Refused("TMB-NFT-003 nftables cannot be written: " + e.getMessage(), true));
        }
        return false;
    }

    private void commit() {
        boolean again = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            boolean compared = reading;
            Steps steps = compared ? compare() : desired.steps();
            if (!steps.changed().isEmpty()) {
                steps.edit(kernel.readChains(steps.changed()));
            }
            if (steps.isEmpty()) {
                repairing = false;
                desired.settle();
                finish(new Outcome.InForce(0));
                return;
            }
            switch (commit(steps)) {
                case Committed.Done _ -> {
                    done(steps);
                    return;
                }
                case Committed.OtherGeneration _ -> {
                    int now = kernel.generation();
                    if (!compared && news.untouchedUntil(now, NEWS_MILLIS)) {
                        generation = now;
                    } else {
                        reading = true;
                    }
                }
                case Committed.Refused refused -> {
                    if (again) {
                        takeBack(refused);
                        again = false;
                    } else {
                        again = true; // what is in force may not be what we think: compare, and try that
                    }
                    reading = true;
                }
            }
        }
        throw new KernelException("others change the rule set all the time (" + ATTEMPTS + " attempts)", 0);
    }

    /** Where a part behind the first is not taken, what the first made is used by nobody, and is there when the kernel is read anew. */
    private Committed commit(Steps steps) {
        List<Steps> parts = steps.inTurn();
        Committed committed = parts.stream().allMatch(part -> part.size() < MANY) ? commit(parts) : commitUnheard(parts);
        if (committed instanceof Committed.Done && reading) {
            loop.wake(); // somebody else's hand came right behind
        }
        return committed;
    }

    private Committed commit(List<Steps> parts) {
        boolean begun = false;
        for (Steps part : parts) {
            Committed committed = kernel.commit(part, generation);
            if (!(committed instanceof Committed.Done)) {
                reading |= begun;
                return committed;
            }
            begun = true;
            generation++;
            transactions++;
        }
        return new Committed.Done();
    }

    /**
     * While anybody listens, the kernel writes a message of a page about each object of a transaction and keeps all until the end, also those that the listener's filter
     * then drops: four fifths of the time of a start, and 600 MB for 150,000 elements. So nobody of ours listens meanwhile. Nothing is missed: each transaction names the
     * generation before it, and another one than that behind the last is seen once we listen again.
     */
    private Committed commitUnheard(List<Steps> parts) {
        news.close();
        boolean touched = news.takeTouched();
        Committed committed;
        try {
            committed = commit(parts);
        } finally {
            listen();
        }
        // Where it was not taken, what the listener had not read when it was closed is told by nobody any more.
        reading |= touched || !(committed instanceof Committed.Done) || kernel.generation() != generation;
        repairing |= touched;
        return committed;
    }

    private void listen() {
        try {
            Notifications fresh = new Notifications(netlink, netns, kernel.portId(), this::touched);
            news = fresh;
            fresh.start();
            if (closed) {
                fresh.close();
            }
        } catch (KernelException e) {
            LOG.error("TMB-NFT-005 changes of the rule set by others are not heard: {}. Trying again in {} s", e.getMessage(), AGAIN.toSeconds());
            loop.schedule(AGAIN, () -> {
                listen();
                reading = true;
                loop.wake();
            });
        }
    }

    private Steps compare() {
        repairing |= news.takeTouched(); // whatever it was, it is seen now
        Kernel.Read read = kernel.read();
        generation = read.generation();
        reading = false;
        if (desired.unspoken().size() == Owner.values().length) {
            return new Steps();
        }
        Steps steps = desired.steps(read.table());
        steps.edit(read.table());
        return steps;
    }

    private void done(Steps steps) {
        if (repairing) {
            repairs++;
            LOG.warn("TMB-NFT-004 table inet {} was changed by another hand and is put right: {}", TABLE, steps);
            repairing = false;
        }
        LOG.debug("generation {}: {}", Integer.toUnsignedLong(generation), steps);
        desired.settle();
        finish(new Outcome.InForce(Integer.toUnsignedLong(generation)));
    }

    /** What one owner asks for cannot be in force: its waiting changes are refused, the others' go on. */
    private void takeBack(Committed.Refused refused) {
        Optional<Owner> guilty = refused.about().flatMap(about -> Owner.of(about.name()));
        String reason = "TMB-NFT-006 the kernel refuses " + refused.about().map(about -> about.words()).orElse("the transaction") + ": " + Errno.text(refused.errno())
                + (refused.text().isEmpty() ? "" : " (" + refused.text() + ")");
        LOG.warn("{}. What was in force before stays", reason);
        if (guilty.filter(owner -> waiting.stream().anyMatch(one -> one.owner == owner)).isEmpty() && waiting.isEmpty()) {
            throw new KernelException(reason, 0); // nothing is asked for, and what was in force before cannot be put back
        }
        boolean known = guilty.filter(owner -> waiting.stream().anyMatch(one -> one.owner == owner)).isPresent();
        for (Owner owner : Owner.values()) {
            if (!known || guilty.get() == owner) {
                desired.rollBack(owner);
            }
        }
        List<Waiting> over = waiting.stream().filter(one -> !known || one.owner == guilty.get()).toList();
        waiting.removeAll(over);
        over.forEach(one -> one.told.complete(new Outcome.Refused(reason, refused.errno() == 12)));
    }

    private void finish(Outcome outcome) {
        List<Waiting> over = List.copyOf(waiting);
        waiting.clear();
        over.forEach(one -> one.told.complete(outcome));
    }
}
