package tombolo.bfd.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdState;
import tombolo.api.kernel.Datagram;
import tombolo.api.net.IpAddress;

/** Two ends of a wire in a time of their own: what one sends is there for the other at once, unless the wire is cut. */
final class Wire {
    static final IpAddress A = IpAddress.parse("192.0.2.1");
    static final IpAddress B = IpAddress.parse("192.0.2.2");
    static final long MILLI = 1_000_000;
    /** Timers of 300 ms, three times. */
    static final Session.Wish WISH = new Session.Wish(300_000, 300_000, 3);

    /** One end, with its table of sessions. */
    final class End implements Session.Output {
        final Sessions sessions;
        final Session session;
        final List<byte[]> sent = new ArrayList<>();
        final List<Long> sentAt = new ArrayList<>();
        final List<BfdState> changes = new ArrayList<>();
        final ArrayDeque<byte[]> arriving = new ArrayDeque<>();
        private final IpAddress own;
        boolean deaf;

        End(IpAddress own, IpAddress other, boolean multihop, Optional<Authenticator> key, long seed) {
            this.own = own;
            sessions = new Sessions(seed);
            session = sessions.add(new BfdPath(other, Optional.empty(), Optional.empty(), multihop), key, WISH, this).orElseThrow();
        }

        @Override
        public int send(Session from, byte[] packet, int length) {
            byte[] copy = Arrays.copyOf(packet, length);
            sent.add(copy);
            sentAt.add(now);
            End other = this == a ? b : a;
            if (!cut && !other.deaf) {
                other.arriving.add(copy);
            }
            return 0;
        }

        @Override
        public void changed(Session from, BfdState before) {
            changes.add(from.state());
        }

        Fault receive(byte[] packet) {
            return sessions.receive(datagram(packet, this == a ? B : A, multihop ? Sessions.MULTIHOP_PORT : Sessions.SINGLE_HOP_PORT, 255), now);
        }

        byte[] last() {
            return sent.getLast();
        }
    }

    final End a;
    final End b;
    final boolean multihop;
    long now = -5_000_000_000L; // the clock may pass zero
    boolean cut;

    Wire(boolean multihop, Optional<Authenticator> keyOfA, Optional<Authenticator> keyOfB, long seed) {
        this.multihop = multihop;
        a = new End(A, B, multihop, keyOfA, seed);
        b = new End(B, A, multihop, keyOfB, seed + 1);
    }

    Wire() {
        this(false, Optional.empty(), Optional.empty(), 7);
    }

    static Datagram datagram(byte[] packet, IpAddress from, int port, int ttl) {
        Datagram datagram = new Datagram();
        System.arraycopy(packet, 0, datagram.bytes, 0, Math.min(packet.length, Datagram.BYTES));
        datagram.length = packet.length;
        datagram.family = from.family();
        datagram.sourceHi = from.hi();
        datagram.sourceLo = from.lo();
        datagram.port = port;
        datagram.ttl = ttl;
        return datagram;
    }

    /** Lets time pass, step by step to whatever is due next. */
    void run(long millis) {
        long end = now + millis * MILLI;
        while (true) {
            deliver();
            a.sessions.tick(now);
            b.sessions.tick(now);
            deliver();
            long step = Math.min(a.sessions.dueIn(now), b.sessions.dueIn(now));
            if (now + Math.min(step, end - now) >= end) {
                now = end;
                return;
            }
            now += Math.max(1, step);
        }
    }

    private void deliver() {
        while (!a.arriving.isEmpty() || !b.arriving.isEmpty()) {
            if (!a.arriving.isEmpty()) {
                a.receive(a.arriving.poll());
            } else {
                b.receive(b.arriving.poll());
            }
        }
    }

    Wire up() {
        run(5_000);
        if (a.session.state() != BfdState.UP || b.session.state() != BfdState.UP) {
            throw new AssertionError(a.session.state() + " and " + b.session.state());
        }
        return this;
    }

    static boolean has(byte[] packet, int flag) {
        return (packet[1] & flag) != 0;
    }

    static BfdState state(byte[] packet) {
        return BfdState.values()[(packet[1] & 255) >>> 6];
    }

    static int desiredMinTx(byte[] packet) {
        return ControlPacket.word(packet, 12);
    }
}
