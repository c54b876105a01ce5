package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.ResourceId;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.Model;
import tombolo.policy.core.NodeParameters;

/** What stands, stands: while a node restarts, changes everything about its sets and chains, or is disturbed, no packet is let through or lost against the policy. */
class StandingTest {
    private static final int ALLOWED = 80;
    private static final int DENIED = 81;
    /** The promise. */
    private static final long REPAIR_NANOS = 10_000_000_000L;

    private final Cluster cluster = new Cluster();

    private Model.Delta pod(int number, String labels) {
        return cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0','labels':{" + labels + "}",
                "'orchestrator':'k8s','node':'here','pod':'pod" + number + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'cali" + number + "','ipNetworks':['"
                        + Pods.address(number, true) + "/32'],'profiles':['kns.x']");
    }

    private Model.Delta policy(int version) {
        return cluster.policy("x", "web", "'selector':'role == `server`','types':['Ingress'],'order':" + version + ",'ingress':[{'action':'Allow','protocol':'UDP','source':{'selector':'role == `client`'},"
                + "'destination':{'ports':[" + ALLOWED + "," + (9000 + version) + "]}}]");
    }

    private static void inForce(NftablesWriter writer, Change change) throws Exception {
        assertInstanceOf(Outcome.InForce.class, writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS), change::toString);
    }

    /** Sends what is allowed and what is not, all the time; a packet passes the kernel in the sender's own call. */
    private static final class Stream implements AutoCloseable {
        private final DatagramChannel sender;
        private final DatagramChannel allowed;
        private final DatagramChannel denied;
        private final AtomicBoolean over = new AtomicBoolean();
        private final AtomicReference<String> wrong = new AtomicReference<>("");
        private final Thread thread;
        private volatile int sent;

        Stream(Pods pods) throws IOException {
            sender = pods.socket(0, Pods.address(0, true), 4000);
            allowed = pods.socket(1, Pods.address(1, true), ALLOWED);
            denied = pods.socket(1, Pods.address(1, true), DENIED);
            allowed.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 18);
            thread = Thread.ofPlatform().daemon(true).start(this::run);
        }

        private void run() {
            ByteBuffer buffer = ByteBuffer.allocate(16);
            try {
                while (!over.get() && wrong.get().isEmpty()) {
                    int number = sent;
                    sender.send(ByteBuffer.allocate(4).putInt(number).flip(), allowed.getLocalAddress());
                    sender.send(ByteBuffer.allocate(4).putInt(number).flip(), denied.getLocalAddress());
                    buffer.clear();
                    if (!came(number, buffer)) {
                        wrong.set("packet " + number + ", which is allowed, was lost");
                    }
                    buffer.clear();
                    if (denied.receive(buffer) != null) {
                        wrong.set("packet " + number + ", which is denied, came through");
                    }
                    sent = number + 1;
                    LockSupport.parkNanos(200_000);
                }
            } catch (IOException e) {
                wrong.set(e.toString());
            }
        }

        /** At once as a rule; where the kernel left it to a thread of its own, a moment later. */
        private boolean came(int number, ByteBuffer buffer) throws IOException {
            long deadline = System.nanoTime() + 5_000_000_000L;
            do {
                if (allowed.receive(buffer) != null) {
                    return buffer.flip().getInt() == number;
                }
                LockSupport.parkNanos(100_000);
            } while (System.nanoTime() - deadline < 0);
            return false;
        }

        /** Until some more packets have been sent. */
        void more() {
            int until = sent + 20;
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (sent < until && wrong.get().isEmpty() && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(500_000);
            }
            assertEquals("", wrong.get());
            assertTrue(sent >= until, "the sender stands still");
        }

        @Override
        public void close() throws IOException {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            sender.close();
            allowed.close();
            denied.close();
        }
    }

    @Test
    void noPacketIsLetThroughOrLostWhileTheNodeRestartsOrItsPolicyIsMadeOtherwise() throws Exception {
        pod(0, "'role':'client'");
        pod(1, "'role':'server'");
        policy(1);
        try (Pods pods = new Pods(2, List.of()); LinuxNetlink netlink = new LinuxNetlink()) {
            NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
            try {
                NftTable table = new NftTable(cluster.engine, false);
                inForce(writer, table.whole());
                try (Stream stream = new Stream(pods)) {
                    stream.more();
                    for (int life = 0; life < 5; life++) {
                        writer.close();
                        stream.more();
                        Model.Delta unseen = life % 2 == 0 ? policy(2 + life) : pod(7 + life, "'role':'client'"); // what came while nobody was there
                        assertTrue(!unseen.isEmpty());
                        writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                        table = new NftTable(cluster.engine, false);
                        inForce(writer, table.whole());
                        stream.more();
                        changes(writer, table, stream);
                    }
                }
            } finally {
                writer.close();
            }
        }
    }

    private void changes(NftablesWriter writer, NftTable table, Stream stream) throws Exception {
        // Single addresses become intervals and single addresses again: the set is made anew under another name, and its rule with it.
        inForce(writer, table.change(cluster.put("NetworkSet", "'namespace':'x','name':'more','labels':{'role':'client'}", "'nets':['10.6.0.0/16','10.0.0.0/31']")));
        stream.more();
        inForce(writer, table.change(cluster.remove(ResourceId.of("NetworkSet", "x", "more"))));
        for (int i = 0; i < 5; i++) {
            inForce(writer, table.change(policy(20 + i)));
            inForce(writer, table.change(pod(1, "'role':'server','version':'" + i + "'")));
            inForce(writer, table.change(cluster.put("GlobalNetworkPolicy", "'name':'pass'", "'order':" + i + ",'selector':'all()','types':['Ingress'],'ingress':[{'action':'" + (i % 2 == 0 ? "Log" : "Allow")
                    + "','protocol':'TCP'}]")));
            stream.more();
        }
        inForce(writer, table.change(cluster.remove(ResourceId.of("GlobalNetworkPolicy", "pass"))));
        stream.more();
    }

    /** As after an update from an earlier version, and where a kernel takes no security marks. */
    @Test
    void noPacketIsLetThroughOrLostWhileInterfacesComeToLeadToPoliciesByNumbersOrAtOnce() throws Exception {
        pod(0, "'role':'client'");
        pod(1, "'role':'server'");
        policy(1);
        try (Pods pods = new Pods(2, List.of()); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()))) {
            inForce(writer, table(false).whole());
            try (Stream stream = new Stream(pods)) {
                stream.more();
                for (int i = 0; i < 10; i++) {
                    inForce(writer, table(i % 2 == 0).whole());
                    stream.more();
                }
            }
        }
    }

    /** The writer is gone, so that nobody puts it right before the packets are sent. */
    @Test
    void whereAnotherHandEmptiesTheListOfAnEndpointsPoliciesNothingPasses() throws Exception {
        pod(0, "'role':'client'");
        pod(1, "'role':'server'");
        policy(1);
        try (Pods pods = new Pods(2, List.of()); LinuxNetlink netlink = new LinuxNetlink(); DatagramChannel sender = pods.socket(0, Pods.address(0, true), 4000);
                DatagramChannel allowed = pods.socket(1, Pods.address(1, true), ALLOWED); DatagramChannel denied = pods.socket(1, Pods.address(1, true), DENIED)) {
            for (boolean numbered : List.of(true, false)) {
                for (String lists : List.of("policy-i-", "policy-e-")) {
                    try (NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()))) {
                        inForce(writer, table(numbered).whole());
                        assertTrue(Pods.passes(sender, allowed, true));
                    }
                    List<String> chains = pods.nft("list", "chains", "inet").lines().filter(line -> line.contains("chain " + lists)).map(line -> line.strip().split(" ")[1]).toList();
                    assertTrue(!chains.isEmpty());
                    chains.forEach(chain -> pods.nft("flush", "chain", "inet", "tombolo", chain));
                    assertTrue(!Pods.passes(sender, allowed, false) && !Pods.passes(sender, denied, false), () -> pods.nft("list", "ruleset"));
                }
            }
        }
    }

    private NftTable table(boolean numbered) {
        return new NftTable(cluster.engine, NodeParameters.DEFAULT, Map.of(), NftOptions.DEFAULT.numbered(numbered));
    }

    @Test
    void whatAForeignHandOpensIsClosedAndWhatItClosesIsOpenedWithinTenSeconds() throws Exception {
        pod(0, "'role':'client'");
        pod(1, "'role':'server'");
        policy(1);
        try (Pods pods = new Pods(2, List.of()); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                DatagramChannel sender = pods.socket(0, Pods.address(0, true), 4000); DatagramChannel allowed = pods.socket(1, Pods.address(1, true), ALLOWED);
                DatagramChannel denied = pods.socket(1, Pods.address(1, true), DENIED)) {
            inForce(writer, new NftTable(cluster.engine, false).whole());
            assertTrue(Pods.passes(sender, allowed, true));
            String clients = pods.nft("list", "sets", "inet").lines().filter(line -> line.contains("set policy-hosts4-")).findFirst().orElseThrow().replaceAll(".*set (\\S+) .*", "$1");
            for (String disturbance : List.of("flush chain inet tombolo policy-forward", "delete table inet tombolo", "insert rule inet tombolo policy-forward accept",
                    "insert rule inet tombolo policy-forward drop", "flush map inet tombolo policy-number-to", "flush map inet tombolo policy-lists-in", "flush set inet tombolo " + clients, "add table inet tombolo { flags dormant; }")) {
                pods.nft(disturbance);
                long since = System.nanoTime();
                while (Pods.passes(sender, denied, false) || !passesNow(sender, allowed)) {
                    assertTrue(System.nanoTime() - since < REPAIR_NANOS, () -> "not put right within 10 s: " + disturbance + "\n" + pods.nft("list", "ruleset"));
                }
            }
        }
    }

    private static boolean passesNow(DatagramChannel from, DatagramChannel to) {
        return Pods.passes(from, to, false);
    }
}
