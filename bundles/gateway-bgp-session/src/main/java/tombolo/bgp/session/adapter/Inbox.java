package tombolo.bgp.session.adapter;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;

/**
 * What one peer's session has for the route bundle, in order. Written by the event loop, read by the consumer's thread.
 *
 * <pre>
 * [ rest of the session that the consumer knows ... Down ] [ Up, messages of the present session ]
 * </pre>
 *
 * A session that began and ended while nobody read is forgotten whole: so the control entries too are bounded, and what the reader gets is state, not history.
 */
final class Inbox {
    /** Enough for a full read of a fast peer while the route bundle works; the TCP window holds the rest. */
    static final long LIMIT = 4L << 20;
    /** What a block costs besides its bytes. */
    private static final int OVERHEAD = 64;

    private final ArrayDeque<SessionInput> queue = new ArrayDeque<>();
    private final AtomicLong total;
    private long bytes;
    /** Of the session that the consumer has seen begin and not yet seen end. */
    private @Nullable SessionUp known;

    /** @param total of all inboxes of the node */
    Inbox(AtomicLong total) {
        this.total = total;
    }

    /** True where it was empty before: the consumer is to be told. */
    synchronized boolean add(SessionInput input) {
        boolean wasEmpty = queue.isEmpty();
        if (input instanceof SessionInput.Down(long number, String why, boolean graceful)) {
            if (forget(number)) {
                return false;
            }
        }
        account(size(input));
        queue.add(input);
        return wasEmpty;
    }

    synchronized @Nullable SessionInput poll() {
        SessionInput input = queue.poll();
        if (input == null) {
            return null;
        }
        account(-size(input));
        if (input instanceof SessionInput.Up(SessionUp up)) {
            known = up;
        } else if (input instanceof SessionInput.Down) {
            known = null;
        }
        return input;
    }

    /** For a new consumer: the session that the one before knew is said again. True where there is something to read. */
    synchronized boolean resume() {
        if (known != null) {
            queue.addFirst(new SessionInput.Up(resumed(known)));
        }
        return !queue.isEmpty();
    }

    synchronized long bytes() {
        return bytes;
    }

    synchronized void clear() {
        queue.clear();
        account(-bytes);
        known = null;
    }

    private boolean forget(long number) {
        boolean unseen = queue.stream().anyMatch(input -> input instanceof SessionInput.Up(SessionUp up) && up.sessionNumber() == number && !up.resumed());
        if (unseen) {
            boolean from = false;
            for (Iterator<SessionInput> each = queue.iterator(); each.hasNext(); ) {
                SessionInput input = each.next();
                from |= input instanceof SessionInput.Up(SessionUp up) && up.sessionNumber() == number;
                if (from) {
                    account(-size(input));
                    each.remove();
                }
            }
        }
        return unseen;
    }

    private void account(long change) {
        bytes += change;
        total.addAndGet(change);
    }

    private static long size(SessionInput input) {
        return input instanceof SessionInput.Messages(byte[] block, int length) ? block.length + OVERHEAD : 0;
    }

    private static SessionUp resumed(SessionUp up) {
        return new SessionUp(up.sessionNumber(), true, up.peer(), up.localAddress(), up.remoteAddress(), up.localLinkLocal(), up.localGlobal(), up.localIpv4(),
                up.interfaceName(), up.localAs(), up.remoteAs(), up.localId(), up.remoteId(), up.families(), up.fourOctetAs(), up.refresh(),
                up.enhancedRefresh(), up.maxMessageLength(), up.gracefulRestart(), up.holdTimeSeconds());
    }
}
