package tombolo.dataplane.adapter.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.kernel.contract.Namespace;
import tombolo.linux.adapter.LinuxNetlink;

/** Limits that are compared with what a real kernel has. */
class KernelLimitsTest {
    private static final Bandwidth RECEIVING = new Bandwidth(8_000_000, 800_000, 0, 0);
    private static final int RTM_GETQDISC = 38;
    private static final int NLM_F_DUMP = 0x300;
    private final LinuxNetlink netlink = new LinuxNetlink();
    /** The flags of all questions for queues. */
    private final List<Integer> questions = new ArrayList<>();
    private Namespace host;
    private KernelLimits limits;

    @BeforeEach
    void open() {
        host = new Namespace();
        host.ip("link add v0 type veth peer name v1");
        limits = new KernelLimits(options -> new Listened(netlink.open(options)), Optional.of(host.path()));
    }

    @AfterEach
    void close() {
        netlink.close();
        host.close();
    }

    private final class Listened implements NetlinkSocket {
        private final NetlinkSocket behind;

        Listened(NetlinkSocket behind) {
            this.behind = behind;
        }

        @Override
        public void send(byte[] datagram, int length) {
            ByteBuffer bytes = ByteBuffer.wrap(datagram, 0, length).order(ByteOrder.nativeOrder());
            for (int at = 0; at < length; at += bytes.getInt(at) + 3 & ~3) {
                if (bytes.getShort(at + 4) == RTM_GETQDISC) {
                    questions.add((int) bytes.getShort(at + 6));
                }
            }
            behind.send(datagram, length);
        }

        @Override
        public int receive(byte[] into, int timeoutMillis) {
            return behind.receive(into, timeoutMillis);
        }

        @Override
        public int portId() {
            return behind.portId();
        }

        @Override
        public void wake() {
            behind.wake();
        }

        @Override
        public boolean isClosed() {
            return behind.isClosed();
        }

        @Override
        public void close() {
            behind.close();
        }
    }

    private void tc(String words) {
        Namespace.run(List.of(("tc -n " + host.name() + " " + words).split(" ")));
    }

    /** A dump tells the queues of all devices, and passes some over where a device goes meanwhile: a limit that is there would be missed. */
    @Test
    void nobodyElsesDevicesAreLookedAt() {
        assertEquals(Optional.empty(), limits.limit("v0", RECEIVING));
        assertEquals(List.of(), limits.differences("v0", RECEIVING));
        assertTrue(!questions.isEmpty() && questions.stream().allMatch(flags -> (flags & NLM_F_DUMP) == 0), questions.toString());
        tc("qdisc change dev v0 root handle 1: tbf rate 9mbit burst 100000 limit 125000");
        assertTrue(limits.differences("v0", RECEIVING).getFirst().contains("9000000 bit/s"), limits.differences("v0", RECEIVING).toString());
        tc("qdisc del dev v0 root");
        assertTrue(limits.differences("v0", RECEIVING).getFirst().contains("does not limit"), limits.differences("v0", RECEIVING).toString());
        assertTrue(limits.differences("v7", RECEIVING).getFirst().contains("not there"));
    }

    /** Where what a container receives is not to be limited, a bucket of somebody else's is none of ours, and we take none off that is not. */
    @Test
    void aBucketOfSomebodyElsesIsNoDifferenceWhereNoneWasAskedFor() {
        Bandwidth sending = new Bandwidth(0, 0, 16_000_000, 1_600_000);
        tc("qdisc add dev v0 root handle 7: tbf rate 9mbit burst 100000 limit 125000");
        assertTrue(limits.differences("v0", sending).stream().noneMatch(line -> line.contains("no limit was asked for")), limits.differences("v0", sending).toString());
        tc("qdisc del dev v0 root");
        tc("qdisc add dev v0 root handle 1: tbf rate 9mbit burst 100000 limit 125000");
        assertTrue(limits.differences("v0", sending).stream().anyMatch(line -> line.contains("no limit was asked for")), "of ours");
        tc("qdisc del dev v0 root");
        tc("qdisc add dev v0 root handle 7: tbf rate 9mbit burst 100000 limit 125000");
        assertTrue(limits.differences("v0", RECEIVING).getFirst().contains("9000000 bit/s"), "where one was asked for it has ours' place");
    }
}
