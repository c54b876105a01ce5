package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tombolo.api.config.PolicySettings;
import tombolo.api.policy.Policies.Flow;
import tombolo.api.resource.ResourceId;

/** Flows that were allowed and are not any more: kept, as Calico does, or cut where that is set; TCP and UDP, both families. */
class FlowCutTest {
    static final PolicySettings CUT = new PolicySettings(PolicySettings.Established.CUT, true, 100);
    private static final String CLOSED = "'selector':'pod == `p1`','ingress':[{'action':'Allow','source':{'selector':'pod == `p2`'}}]";
    private static final ResourceId POLICY = ResourceId.of("NetworkPolicy", "x", "closed");

    /** A connection with its server's end. */
    record Both(SocketChannel client, SocketChannel server) implements AutoCloseable {
        /** @param expected awaited where it should arrive; where not, it would have come within the sender's own call */
        boolean carries(boolean expected, boolean backwards) throws IOException {
            SocketChannel to = backwards ? client : server;
            (backwards ? server : client).write(ByteBuffer.wrap(new byte[] {1}));
            ByteBuffer buffer = ByteBuffer.allocate(64);
            long deadline = System.nanoTime() + (expected ? 10_000_000_000L : 100_000_000L);
            while (System.nanoTime() - deadline < 0) {
                if (to.read(buffer) > 0) {
                    return true;
                }
                LockSupport.parkNanos(500_000);
            }
            return false;
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    private static Both connect(RunningPolicy running, int from, boolean ipv4) {
        return connect(running, from, 1, ipv4);
    }

    static Both connect(RunningPolicy running, int from, int to, boolean ipv4) {
        ServerSocketChannel listener = running.pods.server(to, ipv4, 80);
        try {
            SocketChannel client = running.pods.client(from, ipv4);
            client.configureBlocking(false);
            client.connect(new InetSocketAddress(Pods.address(to, ipv4), 80));
            SocketChannel[] server = new SocketChannel[1];
            RunningPolicy.eventually("a connection of " + from + " to " + to, () -> {
                try {
                    server[0] = server[0] == null ? listener.accept() : server[0];
                    return client.finishConnect() && server[0] != null;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            server[0].configureBlocking(false);
            return new Both(client, server[0]);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatAChangeNoLongerAllowsGoesOnUnlessItIsToBeCut() throws Exception {
        try (RunningPolicy running = new RunningPolicy(3, List.of(80)); Both denied = connect(running, 0, true); Both denied6 = connect(running, 0, false); Both allowed = connect(running, 2, true);
                DatagramChannel from = running.pods.socket(0, Pods.address(0, true), 4000); DatagramChannel to = running.pods.socket(1, Pods.address(1, true), 4000);
                DatagramChannel other = running.pods.socket(2, Pods.address(2, true), 4000); DatagramChannel host = running.pods.socket(-1, "10.0.0.254", 4000)) {
            assertTrue(denied.carries(true, false) && denied6.carries(true, false) && allowed.carries(true, false));
            assertTrue(Pods.passes(from, to, true) && Pods.passes(to, from, true) && Pods.passes(other, to, true) && Pods.passes(host, to, true));

            running.policy("closed", CLOSED);
            assertTrue(denied.carries(true, false), "Calico's documented behaviour: an established flow goes on");
            assertTrue(Pods.passes(from, to, true), "so does one of UDP");

            running.settings(CUT);
            running.inForce();
            RunningPolicy.eventually("four flows are cut: " + running.flows(true), () -> running.flows(true).flows().stream().filter(flow -> flow.verdict().equals("cut")).count() >= 3);
            assertFalse(denied.carries(false, false) || denied6.carries(false, false), "what the client sends");
            assertFalse(denied.carries(false, true) || denied6.carries(false, true), "what the server sends, whose policy allows all, does not bring it back");
            assertFalse(denied.carries(false, false));
            assertFalse(Pods.passes(from, to, false));
            assertTrue(allowed.carries(true, false) && allowed.carries(true, true), "a flow that is allowed is not touched");
            assertTrue(Pods.passes(other, to, true) && Pods.passes(host, to, true));
            Flow flow = running.flows(true).flows().stream().filter(one -> one.verdict().equals("cut") && one.destinationPort() == 80).findFirst().orElseThrow();
            assertEquals("tier default 0", flow.policy() + " " + flow.rule());
            assertEquals("x/pod0", flow.source().endpoint().orElse(""));

            running.remove(POLICY);
            try (Both again = connect(running, 0, true); Both again6 = connect(running, 0, false)) {
                assertTrue(again.carries(true, false) && again6.carries(true, false));
                running.policy("closed", CLOSED);
                RunningPolicy.eventually("a change cuts by itself", () -> {
                    try {
                        return !again.carries(false, false) && !again6.carries(false, false);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                assertTrue(allowed.carries(true, true));
            }
        }
    }
}
