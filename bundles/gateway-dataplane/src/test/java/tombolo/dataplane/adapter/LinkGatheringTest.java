package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.kernel.contract.Namespace;
import tombolo.linux.adapter.LinuxNetlink;

/** What waits for more news of interfaces and what does not: a real kernel's notifications, of which a test says when they arrive. */
class LinkGatheringTest {
    private final LinuxNetlink kernel = new LinuxNetlink();
    /** How long the watcher was ready to wait, call by call. */
    private final List<Integer> patience = new CopyOnWriteArrayList<>();
    private final List<Boolean> up = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private Namespace space;
    private LinkWatcher watcher;

    @BeforeEach
    void open() {
        space = new Namespace();
        space.veth("a0", "a1", "192.0.2.1/24");
        space.ip("link add b0 type veth peer name b1");
        watcher = new LinkWatcher(options -> options.groups().isEmpty() ? kernel.open(options) : gated(options), Optional.of(space.path()));
        watcher.observe(snapshot -> {
            boolean now = snapshot.byName().get("b0").up();
            if (up.isEmpty() || up.getLast() != now) {
                up.add(now);
            }
        });
    }

    @AfterEach
    void close() {
        gate.countDown();
        watcher.close();
        kernel.close();
        space.close();
    }

    private NetlinkSocket gated(Netlink.Options options) {
        return new WrappedSocket(kernel.open(options)) {
            @Override
            public int receive(byte[] into, int timeoutMillis) {
                patience.add(timeoutMillis);
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return super.receive(into, timeoutMillis);
            }
        };
    }

    /** It waits for whatever comes, and has told all that came. */
    private void awaitIdle() {
        Eventually.equal(true, () -> !patience.isEmpty() && patience.getLast() == -1);
    }

    /** How long the watcher was ready to wait behind the first notification of what a command did. */
    private int behind(String command) {
        awaitIdle();
        int before = patience.size();
        space.ip(command);
        Eventually.equal(true, () -> patience.size() > before);
        return patience.get(before);
    }

    @Test
    void betterNewsWaitsForMoreAndThatOfAFailureForNothing() {
        boolean gathered = false;
        for (int i = 2; i < 30 && !gathered; i++) { // a thread that is held up at the wrong moment has no time left for it
            int wait = behind("addr add 192.0.2." + i + "/24 dev a0");
            assertTrue(wait >= 0 && wait <= LinkWatcher.GATHER_MILLIS, wait + " ms");
            gathered = wait > 0;
        }
        assertTrue(gathered);
        assertEquals(0, behind("addr del 192.0.2.2/24 dev a0"));
        assertEquals(0, behind("link set a0 down"));
    }

    /** Between the two the kernel may have dropped routes, which nobody would put back. */
    @Test
    void anInterfaceThatCameUpAndWentDownWithinOneGatheringIsToldAsBoth() {
        awaitIdle();
        gate = new CountDownLatch(1);
        space.ip("link set b0 up");
        space.ip("link set b0 down");
        gate.countDown();
        Eventually.equal(List.of(false, true, false), () -> List.copyOf(up));
    }
}
