package tombolo.dataplane.adapter.nftables;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.nftables.KernelTable;
import tombolo.dataplane.core.nftables.Nf;

/**
 * Hears what others change in the kernel's rule sets: each transaction is told as its changes and then the generation that it made. Our own are filtered out in
 * the kernel. So a new generation that touched only others' tables is told from one that touched ours without reading anything.
 */
final class Notifications implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Notifications.class);
    /** Others' transactions may be large; what does not fit is lost, and then the table is read. */
    private static final int RECEIVE_BUFFER = 8 << 20;

    private final NetlinkSocket socket;
    private final Runnable touched;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition heard = lock.newCondition();
    private boolean any; // guarded by the lock, like all below
    private int seen;
    private boolean ours;

    /** @param touched called where another's hand was on our table, or may have been; on this thread */
    Notifications(Netlink netlink, Optional<String> netns, int ownPort, Runnable touched) {
        this.touched = touched;
        socket = netlink.open(Netlink.Options.netfilter().groups(Nf.GROUP).receiveBuffer(RECEIVE_BUFFER).netns(netns).ignoring(ownPort));
        thread = Thread.ofPlatform().name("tombolo-nftables-events").daemon(true).unstarted(this::listen);
    }

    void start() {
        thread.start();
    }

    /** Whether others made that generation without touching our table; waits for the news of it. False where that is not known. */
    boolean untouchedUntil(int generation, long waitMillis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(waitMillis);
            while (!(any && seen - generation >= 0) && !ours && left > 0) {
                left = heard.awaitNanos(left);
            }
            return any && seen - generation >= 0 && !ours;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether our table was touched since this was last asked. */
    boolean takeTouched() {
        lock.lock();
        try {
            boolean was = ours;
            ours = false;
            return was;
        } finally {
            lock.unlock();
        }
    }

    private void listen() {
        byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(bytes);
        while (!socket.isClosed()) {
            try {
                int length = socket.receive(bytes, -1);
                if (length == NetlinkSocket.NOTHING) {
                    continue;
                }
                boolean mine = length == NetlinkSocket.OVERRUN;
                int generation = 0;
                boolean made = false;
                reader.reset(Math.max(length, 0));
                while (reader.next()) {
                    if (reader.type() == Nf.NEW_GENERATION) {
                        generation = KernelTable.generation(reader);
                        made = true;
                    } else {
                        mine |= KernelTable.isOurs(reader, bytes);
                    }
                }
                tell(mine, made, generation);
            } catch (KernelException e) {
                if (!socket.isClosed()) {
                    LOG.error("TMB-NFT-005 changes of the rule set by others are not heard any more: {}. Restart gateway-dataplane", e.getMessage());
                }
                return;
            }
        }
    }

    private void tell(boolean mine, boolean made, int generation) {
        lock.lock();
        try {
            ours |= mine;
            if (made) {
                seen = generation;
                any = true;
            }
            heard.signalAll();
        } finally {
            lock.unlock();
        }
        if (mine) {
            touched.run();
        }
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
