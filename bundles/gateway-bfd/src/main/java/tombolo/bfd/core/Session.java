package tombolo.bfd.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdState;
import tombolo.api.config.BfdAuthentication;

/**
 * One session: the variables of RFC 5880 §6.8.1 and what happens to them. One thread.
 *
 * <pre>
 *                 the neighbour says
 *   we are        AdminDown        Down            Init            Up              silence
 *   Down          -                Init            Up              -               forget its discriminator
 *   Init          Down             -               Up              Up              Down
 *   Up            Down             Down            -               -               Down
 *   AdminDown     (nothing changes it but enable: Down)
 * </pre>
 */
public final class Session {
    /** §6.8.3: not up, no more than a packet a second. */
    static final int IDLE_MICROS = 1_000_000;
    private static final int JITTER_FROM = 750;
    private static final int JITTER_STEPS = 250;
    private static final long MICRO = 1_000;
    /** How long a neighbour waits for a successor: far longer than a bundle takes to be replaced, and still bounded where none comes. */
    static final int SILENCE_MICROS = 30_000_000;
    /** Of {@link #keep}. */
    public static final int KEPT = 11;
    /** Nothing is to be done. */
    static final long NEVER = Long.MAX_VALUE;

    private BfdPath path;
    private final int localDiscriminator;
    private final @Nullable Authenticator authenticator;
    private final Output output;
    private final byte[] packet = new byte[Authenticator.MOST];
    private int random;

    // what is wished
    private int wishedTx;
    private int wishedRx;
    private int multiplier;

    // RFC 5880 §6.8.1, without the prefix bfd.
    private BfdState sessionState = BfdState.DOWN;
    private BfdState remoteSessionState = BfdState.DOWN;
    private int remoteDiscriminator;
    private int localDiagnostic;
    private int desiredMinTx;
    private int requiredMinRx;
    private long remoteMinRx = 1;
    private boolean remoteDemand;

    /** §6.8.3: after a change towards slower the old values count until the poll sequence has ended. */
    private int txInForce;
    private int rxInForce;
    private long remoteDesiredMinTx;
    private int remoteMultiplier;
    private int remoteDiagnostic;
    private boolean remoteIndependent;
    private boolean polling;
    /** The values changed once more while a poll sequence ran: another one follows. */
    private boolean pollAgain;

    private boolean heard;
    private long lastHeard;
    private boolean everSent;
    private long lastSent;
    private int jitter = 1_000;
    private boolean changedByRemoteStop;

    // for people
    private long in;
    private long out;
    private long refused;
    private long downs;
    private Fault lastFault = Fault.NONE;
    private int lastError;
    private int interfaceIndex;

    /** What a session does. Called from within the call that led to it. */
    public interface Output {
        /** @return 0, or the error number */
        int send(Session session, byte[] packet, int length);

        /** The session has gone from a state to the one it is in now. */
        void changed(Session session, BfdState before);
    }

    Session(BfdPath path, int localDiscriminator, Optional<Authenticator> authenticator, int seed, Wish wish, Output output) {
        this.path = path;
        this.localDiscriminator = localDiscriminator;
        this.authenticator = authenticator.orElse(null);
        this.random = seed == 0 ? 1 : seed;
        this.output = output;
        wishedTx = wish.transmitMicros();
        wishedRx = wish.receiveMicros();
        multiplier = wish.multiplier();
        desiredMinTx = Math.max(wishedTx, IDLE_MICROS);
        txInForce = desiredMinTx;
        requiredMinRx = wishedRx;
        rxInForce = wishedRx;
    }

    /** @param transmitMicros once up; @param multiplier 2-255 */
    public record Wish(int transmitMicros, int receiveMicros, int multiplier) { }

    // ---- what is wished ----

    /** Other timers, while the session goes on (§6.8.3). */
    public void wish(Wish wish) {
        wishedTx = wish.transmitMicros();
        wishedRx = wish.receiveMicros();
        multiplier = wish.multiplier(); // §6.8.12: without a poll sequence
        timers();
    }

    /** Administratively down (§6.8.16): said at once, and once a second for as long as the session is kept. */
    public void stop(long now) {
        if (sessionState != BfdState.ADMIN_DOWN) {
            become(BfdState.ADMIN_DOWN, Diagnostic.ADMINISTRATIVE);
            send(now, 0);
        }
    }

    /** The end of administratively down (§6.8.16). */
    public void enable(long now) {
        if (sessionState == BfdState.ADMIN_DOWN) {
            become(BfdState.DOWN, Diagnostic.NONE);
            send(now, 0);
        }
    }

    /**
     * Asks the neighbour to take a long silence for no failure, because this program is about to be replaced (RFC 5882 §4.3.2.2.2 allows that for a restart that
     * is planned). Once it has answered, {@link #settled} is true and {@link #keep} says what a successor goes on from.
     */
    public void slow() {
        wish(new Wish(Math.max(wishedTx, SILENCE_MICROS / multiplier), wishedRx, multiplier));
    }

    /** Up, and the neighbour knows our timers. */
    public boolean settled() {
        return sessionState == BfdState.UP && !polling;
    }

    /** All that the neighbour and we have agreed on; where it is not {@link #settled}, what we have announced. */
    public long[] keep() {
        long[] numbers = authenticator == null ? new long[3] : authenticator.keep();
        return new long[] {localDiscriminator, remoteDiscriminator, remoteMinRx, remoteDesiredMinTx, remoteMultiplier, desiredMinTx, requiredMinRx, multiplier, numbers[0], numbers[1],
            numbers[2]};
    }

    /** Goes on from there: up, as if a packet had just come. @param left when that was kept */
    void restore(long[] kept, Wish wish, long left, long now) {
        sessionState = BfdState.UP;
        remoteSessionState = BfdState.UP;
        remoteDiscriminator = (int) kept[1];
        remoteMinRx = kept[2];
        remoteDesiredMinTx = kept[3];
        remoteMultiplier = (int) kept[4];
        desiredMinTx = (int) kept[5];
        requiredMinRx = (int) kept[6];
        multiplier = (int) kept[7];
        txInForce = desiredMinTx;
        rxInForce = requiredMinRx;
        if (authenticator != null) {
            authenticator.restore(kept[8], kept[9], kept[10]);
            if (now - left >= detectionMicros() * MICRO) {
                authenticator.forget(); // the neighbour has gone on counting; with the time before, that may be twice the detection time without a packet (§6.8.1)
            }
        }
        heard = true;
        lastHeard = now;
        wish(wish); // back to what it was, by a poll sequence
    }

    /** The sequence number of the next packet (bfd.XmitAuthSeq), which another session on this path should begin with; empty without authentication. */
    public Optional<Integer> nextSequence() {
        return Optional.ofNullable(authenticator).map(Authenticator::next);
    }

    /** Whether the neighbour has understood that we are gone, or never was up. */
    public boolean quiet() {
        return remoteSessionState != BfdState.UP && remoteSessionState != BfdState.INIT || remoteDiscriminator == 0;
    }

    // ---- what comes ----

    /** A packet that passed {@link ControlPacket#read} and is of this session. @return NONE where it counts */
    Fault receive(ControlPacket came, byte[] bytes, long now) {
        Authenticator mine = authenticator;
        if (mine == null && came.has(ControlPacket.AUTHENTICATED)) {
            return refuse(Fault.AUTHENTICATED);
        }
        if (mine != null && !came.has(ControlPacket.AUTHENTICATED)) {
            return refuse(Fault.NOT_AUTHENTICATED);
        }
        if (mine != null && !mine.accepts(bytes, came.length, Math.max(multiplier, came.multiplier))) {
            return refuse(Fault.WRONG_KEY);
        }
        in++;
        heard = true;
        lastHeard = now;
        remoteDiscriminator = came.mine;
        remoteSessionState = came.state;
        remoteDiagnostic = came.diagnostic;
        remoteDemand = came.has(ControlPacket.DEMAND);
        remoteIndependent = came.has(ControlPacket.INDEPENDENT);
        remoteMinRx = came.requiredMinRx;
        remoteDesiredMinTx = came.desiredMinTx;
        remoteMultiplier = came.multiplier;
        if (polling && came.has(ControlPacket.FINAL)) {
            endPoll();
        }
        if (sessionState == BfdState.ADMIN_DOWN) {
            return Fault.NONE; // §6.8.6: no state follows from it
        }
        boolean changed = follow(came.state);
        if (came.has(ControlPacket.POLL)) {
            send(now, ControlPacket.FINAL); // §6.8.7: at once, whatever the timers say
        } else if (changed) {
            send(now, 0); // §6.8.7: a change of state is told at once
        }
        return Fault.NONE;
    }

    Fault refuse(Fault fault) {
        refused++;
        lastFault = fault;
        return fault;
    }

    private boolean follow(BfdState remote) {
        BfdState before = sessionState;
        switch (remote) {
            case ADMIN_DOWN -> {
                if (before != BfdState.DOWN) {
                    become(BfdState.DOWN, Diagnostic.NEIGHBOR_DOWN);
                }
            }
            case DOWN -> {
                if (before == BfdState.DOWN) {
                    become(BfdState.INIT, localDiagnostic);
                } else if (before == BfdState.UP) {
                    become(BfdState.DOWN, Diagnostic.NEIGHBOR_DOWN);
                }
            }
            case INIT -> {
                if (before != BfdState.UP) {
                    become(BfdState.UP, Diagnostic.NONE);
                }
            }
            case UP -> {
                if (before == BfdState.INIT) {
                    become(BfdState.UP, Diagnostic.NONE);
                }
            }
        }
        return sessionState != before;
    }

    // ---- time ----

    /** Does what is due. */
    void tick(long now) {
        if (heard && silenceNanos() <= now - lastHeard) {
            silent(now);
        }
        if (untilSend(now) <= 0) {
            send(now, 0);
        }
    }

    /** Nanoseconds until {@link #tick} has something to do; 0 or less: now; {@link #NEVER}. */
    long dueIn(long now) {
        long send = untilSend(now);
        return heard ? Math.min(send, silenceNanos() - (now - lastHeard)) : send;
    }

    /** The detection time passed without a packet (§6.8.4). */
    private void silent(long now) {
        if (remoteDiscriminator != 0) {
            remoteDiscriminator = 0; // §6.8.1
            remoteDemand = false;
            remoteMinRx = 1;
            remoteSessionState = BfdState.DOWN;
            polling = false;
            pollAgain = false;
            if (sessionState == BfdState.INIT || sessionState == BfdState.UP) {
                become(BfdState.DOWN, Diagnostic.EXPIRED);
                send(now, 0);
            }
        } else {
            heard = false; // twice that time
            if (authenticator != null) {
                authenticator.forget();
            }
        }
    }

    /** The silence that means something: the detection time, and then twice that, when the neighbour's sequence number is forgotten. */
    private long silenceNanos() {
        return detectionMicros() * MICRO * (remoteDiscriminator != 0 ? 1 : 2);
    }

    /** §6.8.4, asynchronous mode. 0: not known yet. */
    public long detectionMicros() {
        return remoteMultiplier * Math.max(rxInForce, remoteDesiredMinTx);
    }

    /** §6.8.2: before jitter. 0: nothing is sent by itself, because the neighbour does not want it. */
    public long transmitMicros() {
        boolean demand = remoteDemand && sessionState == BfdState.UP && remoteSessionState == BfdState.UP && !polling; // §6.8.7
        return remoteMinRx == 0 || demand ? 0 : Math.max(txInForce, remoteMinRx);
    }

    private long untilSend(long now) {
        long interval = transmitMicros();
        if (interval == 0) {
            return NEVER;
        }
        return everSent ? interval * jitter - (now - lastSent) : 0; // µs · permille is nanoseconds
    }

    // ---- inside ----

    private void become(BfdState state, int diagnostic) {
        BfdState before = sessionState;
        if (state == before) {
            return;
        }
        sessionState = state;
        localDiagnostic = diagnostic;
        changedByRemoteStop = diagnostic == Diagnostic.NEIGHBOR_DOWN && remoteSessionState == BfdState.ADMIN_DOWN;
        if (before == BfdState.UP && state == BfdState.DOWN) {
            downs++;
        }
        timers();
        output.changed(this, before);
    }

    /** Brings what we announce in line with the wish and the state; asks the neighbour by a poll sequence where that is a change (§6.8.3). */
    private void timers() {
        int tx = sessionState == BfdState.UP ? wishedTx : Math.max(wishedTx, IDLE_MICROS);
        int rx = wishedRx;
        if (tx == desiredMinTx && rx == requiredMinRx) {
            return;
        }
        boolean up = sessionState == BfdState.UP;
        desiredMinTx = tx;
        requiredMinRx = rx;
        // slower sending, and faster receiving, only once the neighbour knows
        txInForce = up ? Math.min(txInForce, tx) : tx;
        rxInForce = up ? Math.max(rxInForce, rx) : rx;
        if (remoteDiscriminator == 0 || sessionState == BfdState.ADMIN_DOWN) {
            polling = false;
            txInForce = tx;
            rxInForce = rx;
        } else if (polling) {
            pollAgain = true;
        } else {
            polling = true;
        }
    }

    private void endPoll() {
        polling = pollAgain;
        pollAgain = false;
        if (!polling) {
            txInForce = desiredMinTx;
            rxInForce = requiredMinRx;
        }
    }

    /** @param flag FINAL, or 0 for a packet by ourselves, which carries POLL where a poll sequence runs (§6.5: never both) */
    private void send(long now, int flag) {
        packet[0] = (byte) (ControlPacket.VERSION << 5 | localDiagnostic);
        packet[1] = (byte) (sessionState.ordinal() << 6 | (flag == 0 && polling ? ControlPacket.POLL : flag));
        packet[2] = (byte) multiplier;
        packet[3] = ControlPacket.LENGTH;
        ControlPacket.word(packet, 4, localDiscriminator);
        ControlPacket.word(packet, 8, remoteDiscriminator);
        ControlPacket.word(packet, 12, desiredMinTx);
        ControlPacket.word(packet, 16, requiredMinRx);
        ControlPacket.word(packet, 20, 0); // no echo
        Authenticator mine = authenticator;
        int length = mine == null ? ControlPacket.LENGTH : mine.sign(packet);
        if (flag == 0) {
            everSent = true;
            lastSent = now;
            // §6.8.7: 75 to 100 % of the interval, drawn anew for each packet
            random ^= random << 13;
            random ^= random >>> 17;
            random ^= random << 5;
            jitter = JITTER_FROM + (random >>> 1) % JITTER_STEPS;
        }
        lastError = output.send(this, packet, length);
        if (lastError == 0) {
            out++;
        }
    }

    // ---- for others ----

    public BfdPath path() {
        return path;
    }

    /** The same neighbour by a path that names the interface, or names it no more. */
    public void path(BfdPath same) {
        path = same;
    }

    public BfdState state() {
        return sessionState;
    }

    public BfdState remoteState() {
        return remoteSessionState;
    }

    public int localDiscriminator() {
        return localDiscriminator;
    }

    public int remoteDiscriminator() {
        return remoteDiscriminator;
    }

    public int diagnostic() {
        return localDiagnostic;
    }

    public int remoteDiagnostic() {
        return remoteDiagnostic;
    }

    /** The last change was the neighbour's wish, not a failure (RFC 5882 §3.2). */
    public boolean stoppedByNeighbor() {
        return changedByRemoteStop;
    }

    public long receiveMicros() {
        return Math.max(rxInForce, remoteDesiredMinTx);
    }

    public int multiplier() {
        return multiplier;
    }

    public int remoteMultiplier() {
        return remoteMultiplier;
    }

    public Optional<BfdAuthentication.Kind> authentication() {
        return Optional.ofNullable(authenticator).map(Authenticator::kind);
    }

    public long packetsIn() {
        return in;
    }

    public long packetsOut() {
        return out;
    }

    public long packetsRefused() {
        return refused;
    }

    public long downs() {
        return downs;
    }

    public Fault lastFault() {
        return lastFault;
    }

    /** Of the last packet sent; 0: it went out. */
    public int lastError() {
        return lastError;
    }

    public boolean remoteDemand() {
        return remoteDemand;
    }

    public boolean remoteIndependent() {
        return remoteIndependent;
    }

    /** The interface that packets must come by; 0: any. */
    public int interfaceIndex() {
        return interfaceIndex;
    }

    public void interfaceIndex(int index) {
        interfaceIndex = index;
    }
}
