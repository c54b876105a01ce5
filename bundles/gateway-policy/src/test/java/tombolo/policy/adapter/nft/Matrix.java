package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.RandomWorld;
import tombolo.policy.oracle.Oracle;

/** Worlds at random, one after the other between the same pods: what comes through is held against what is expected. */
final class Matrix implements AutoCloseable {
    final Pods pods;
    private final LinuxNetlink netlink = new LinuxNetlink();
    private final NftablesWriter writer;
    private long seed;
    private int round;
    private int arrived;
    private int lost;

    Matrix(Pods pods) {
        this.pods = pods;
        this.writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
    }

    /** @param random of the seed, from which the world is made too */
    record World(long seed, Random random, RandomWorld resources) { }

    /** @param least packets that must have come through in all worlds, and as many that did not */
    void worlds(String name, int count, int least, Consumer<World> each) {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println(name + " seeds " + first + " to " + (first + count - 1));
        for (seed = first; seed < first + count; seed++) {
            round = 0;
            Random random = new Random(seed);
            each.accept(new World(seed, random, new RandomWorld(random)));
        }
        System.out.println(name + ": " + arrived + " came through, " + lost + " did not");
        assertTrue(lost > least && arrived > least, "the worlds were too plain");
    }

    void inForce(Change change) {
        try {
            Outcome outcome = writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS);
            assertInstanceOf(Outcome.InForce.class, outcome, () -> "seed " + seed + ": " + outcome);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("seed " + seed, e);
        }
    }

    /** The packet by which a probe begins, as an evaluator is asked about it. */
    static Oracle.Probe packet(Pods.Probe probe) {
        IpAddress source = IpAddress.parse(Pods.address(probe.from(), probe.ipv4()));
        IpAddress destination = IpAddress.parse(Pods.address(probe.to(), probe.ipv4()));
        return probe.port() == 0 ? new Oracle.Probe(source, destination, probe.ipv4() ? 1 : 58, 0, 0, probe.ipv4() ? 8 : 128, 0)
                : new Oracle.Probe(source, destination, probe.tcp() ? 6 : 17, Pods.SOURCE_PORT, probe.port(), -1, -1);
    }

    void compare(List<Pods.Probe> probes, Set<Pods.Probe> expected) {
        Set<Pods.Probe> came = pods.arrived(probes, expected);
        if (!expected.equals(came)) {
            Set<Pods.Probe> missing = new TreeSet<>(expected);
            missing.removeAll(came);
            Set<Pods.Probe> excess = new TreeSet<>(came);
            excess.removeAll(expected);
            assertEquals("", "did not come through: " + missing + "; should not have: " + excess, () -> "seed " + seed + ", round " + round + "\n" + pods.nft("list", "table", "inet", "tombolo"));
        }
        round++;
        arrived += expected.size();
        lost += probes.size() - expected.size();
    }

    @Override
    public void close() {
        writer.close();
        netlink.close();
        pods.close();
    }
}
