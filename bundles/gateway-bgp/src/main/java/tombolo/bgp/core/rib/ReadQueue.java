package tombolo.bgp.core.rib;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** The peers whose sessions have input, each with its turn. */
final class ReadQueue {
    /** Octets of messages taken from one session before the next one has its turn. */
    private static final int BUDGET = 64 << 10;
    /** Of these so many before the turn's time is looked at: up to 2,000 prefixes. */
    private static final int PIECE = 8 << 10;

    private final PeerIntake intake;
    private final ArrayDeque<Peer> readable = new ArrayDeque<>();
    private final Set<Peer> queued = new HashSet<>();

    ReadQueue(PeerIntake intake) {
        this.intake = intake;
    }

    void add(Peer peer) {
        if (queued.add(peer)) {
            readable.add(peer);
        }
    }

    boolean isEmpty() {
        return readable.isEmpty();
    }

    void clear() {
        readable.clear();
        queued.clear();
    }

    /** Reads some of the first peer's input. True: there is more, of it or of others. */
    boolean work(Turn turn) {
        Peer peer = readable.poll();
        if (peer == null) {
            return false;
        }
        boolean left = true;
        for (int taken = 0; left && taken < BUDGET; taken += PIECE) {
            left = read(peer, PIECE);
            if (turn.isOver()) {
                break;
            }
        }
        if (left) {
            readable.add(peer); // behind the others
        } else {
            queued.remove(peer);
        }
        return !readable.isEmpty();
    }

    /** Reads all of a peer's input: the last of it is the session's end. */
    void drain(Peer peer) {
        boolean left = true;
        while (left) {
            left = read(peer, BUDGET);
        }
    }

    /** A fault of ours that one peer's message brings to light costs that peer its session, and nobody else anything. */
    private boolean read(Peer peer, int budget) {
        try {
            return intake.read(peer, budget);
        } catch (RuntimeException e) {
            intake.failed(peer, e);
            return true;
        }
    }
}
