package tombolo.bfd.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.bfd.BfdPath;
import tombolo.api.kernel.Datagram;
import tombolo.api.net.IpAddress;

/**
 * All sessions, and which of them a datagram is of. One thread.
 *
 * <p>A session's place in the table is in its discriminator, so that it is found without a search (RFC 5880 §6.3). The other bits are random: who does not see
 * our packets has to guess them. DEVIATION: a datagram must come from the neighbour's address and by the session's interface also where it carries our
 * discriminator, for which §6.3 would do with the discriminator alone: a neighbour that changes its address is a new neighbour, and guessing gets harder.
 */
public final class Sessions {
    /** RFC 5881 §4, RFC 5883 §5. */
    public static final int SINGLE_HOP_PORT = 3784;
    public static final int MULTIHOP_PORT = 4784;
    /** Several times the peers that a node has; bounds the walk through all of them, which each turn of the thread makes. */
    public static final int MAX_SESSIONS = 512;
    private static final int TTL = 255;

    private final @Nullable Session[] places = new @Nullable Session[MAX_SESSIONS];
    private final boolean[] reserved = new boolean[MAX_SESSIONS];
    private final ControlPacket packet = new ControlPacket();
    private int used;
    private int held;
    private long refused;
    private long random;

    /** @param seed of discriminators and jitter */
    public Sessions(long seed) {
        random = seed;
    }

    /** @return empty where there is no room */
    public Optional<Session> add(BfdPath path, Optional<Authenticator> authenticator, Session.Wish wish, Session.Output output) {
        for (int place = 0; place < MAX_SESSIONS; place++) {
            if (places[place] == null && !reserved[place]) {
                int discriminator = next() & -MAX_SESSIONS | place;
                if (discriminator == 0) {
                    discriminator = MAX_SESSIONS; // §6.8.1: not zero
                }
                Session session = new Session(path, discriminator, authenticator, next(), wish, output);
                places[place] = session;
                used = Math.max(used, place + 1);
                held++;
                return Optional.of(session);
            }
        }
        return Optional.empty();
    }

    /** Keeps places free for sessions that are to be gone on with; an empty array frees those of before. */
    public void reserve(int[] discriminators) {
        java.util.Arrays.fill(reserved, false);
        for (int discriminator : discriminators) {
            reserved[discriminator & MAX_SESSIONS - 1] = true;
        }
    }

    /** Goes on with a session of an earlier life. @param kept by {@link Session#keep}; @param left when; @return empty where its place is taken */
    public Optional<Session> restore(BfdPath path, Optional<Authenticator> authenticator, Session.Wish wish, Session.Output output, long[] kept, long left, long now) {
        int place = (int) kept[0] & MAX_SESSIONS - 1;
        if (kept.length != Session.KEPT || places[place] != null) {
            return Optional.empty();
        }
        Session session = new Session(path, (int) kept[0], authenticator, next(), wish, output);
        session.restore(kept, wish, left, now);
        reserved[place] = false;
        places[place] = session;
        used = Math.max(used, place + 1);
        held++;
        return Optional.of(session);
    }

    public void remove(Session session) {
        int place = session.localDiscriminator() & MAX_SESSIONS - 1;
        if (places[place] == session) {
            places[place] = null;
            held--;
        }
        while (used > 0 && places[used - 1] == null) {
            used--;
        }
    }

    public int size() {
        return held;
    }

    /** Datagrams passed over, of sessions or not. */
    public long refused() {
        return refused;
    }

    /** @param now a time at which the datagram was there */
    public Fault receive(Datagram came, long now) {
        Fault fault = judge(came, now);
        if (fault != Fault.NONE) {
            refused++;
        }
        return fault;
    }

    private Fault judge(Datagram came, long now) {
        Fault fault = packet.read(came.bytes, Math.min(came.length, Datagram.BYTES));
        if (fault != Fault.NONE) {
            return fault;
        }
        boolean multihop = came.port == MULTIHOP_PORT;
        if (!multihop && came.ttl != TTL) {
            Session meant = find(came, false);
            return meant == null ? Fault.TTL : meant.refuse(Fault.TTL); // RFC 5881 §5
        }
        Session session = packet.yours == 0 ? find(came, multihop) : places[packet.yours & MAX_SESSIONS - 1];
        if (session == null || packet.yours != 0 && session.localDiscriminator() != packet.yours) {
            return Fault.UNKNOWN;
        }
        if (packet.yours != 0 && !isOf(session, came, multihop)) {
            return session.refuse(Fault.WRONG_PATH);
        }
        return session.receive(packet, came.bytes, now);
    }

    /** RFC 5881 §3, RFC 5883 §4: by the path alone, before the neighbour knows our discriminator. */
    private @Nullable Session find(Datagram came, boolean multihop) {
        for (int place = 0; place < used; place++) {
            Session session = places[place];
            if (session != null && isOf(session, came, multihop)) {
                return session;
            }
        }
        return null;
    }

    private static boolean isOf(Session session, Datagram came, boolean multihop) {
        BfdPath path = session.path();
        IpAddress remote = path.remote();
        if (path.multihop() != multihop || remote.family() != came.family || remote.lo() != came.sourceLo || remote.hi() != came.sourceHi) {
            return false;
        }
        if (session.interfaceIndex() != 0 && session.interfaceIndex() != came.interfaceIndex) {
            return false;
        }
        return path.local().isEmpty() || path.local().get().lo() == came.destinationLo && path.local().get().hi() == came.destinationHi;
    }

    /** Does what is due. Only after all datagrams that came before {@code now} were received: else a pause of the thread would look like silence. */
    public void tick(long now) {
        for (int place = 0; place < used; place++) {
            Session session = places[place];
            if (session != null) {
                session.tick(now);
            }
        }
    }

    /** Nanoseconds until the next {@link #tick}; {@link Long#MAX_VALUE}: never. */
    public long dueIn(long now) {
        long due = Session.NEVER;
        for (int place = 0; place < used; place++) {
            Session session = places[place];
            if (session != null) {
                due = Math.min(due, session.dueIn(now));
            }
        }
        return due;
    }

    /** SplitMix64: enough for jitter and for discriminators, which are no secrets. */
    private int next() {
        random += 0x9e3779b97f4a7c15L;
        long z = random;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return (int) ((z ^ z >>> 31) >>> 32);
    }
}
