package tombolo.datastore.core;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyValue;
import tombolo.datastore.core.Mutation.Write;

/**
 * The records inside frames. Big endian; text is a length and UTF-8; a lease of 0 is none.
 *
 * <pre>
 * log        1 commit      u8, revision i64, count i32, then per write: 1 key lease i64 value | 2 key
 *            2 grant       u8, lease i64, milliseconds i64
 *            3 lease end   u8, lease i64
 *            4 roll        u8, next sequence i64
 * checkpoint 5 state       u8, revision i64, next lease i64, number of leases i32, then per lease: id i64, milliseconds i64
 *            6 entry       u8, key, create i64, mod i64, version i64, lease i64, value
 *            7 end         u8, number of entries i64
 * </pre>
 */
public final class Records {
    private static final int COMMIT = 1;
    private static final int GRANT = 2;
    private static final int LEASE_END = 3;
    private static final int ROLL = 4;
    private static final int STATE = 5;
    private static final int ENTRY = 6;
    private static final int END = 7;
    private static final int PUT = 1;
    private static final int DELETE = 2;

    private Records() { }

    /** A record of a checkpoint. */
    public sealed interface Part {
        record State(long revision, long nextLease, List<Lease> leases) implements Part {
            public State {
                leases = List.copyOf(leases);
            }
        }

        record Lease(long id, Duration timeToLive) { }

        record Entry(KeyValue entry) implements Part { }

        record End(long entries) implements Part { }
    }

    /** A checksum was right and the content is none of ours: a defect or a later version, never a damaged disk. */
    public static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    static void write(ByteSink sink, Mutation mutation) {
        switch (mutation) {
            case Mutation.Commit commit -> {
                sink.u8(COMMIT).i64(commit.revision()).i32(commit.writes().size());
                for (Write write : commit.writes()) {
                    switch (write) {
                        case Write.Put put -> sink.u8(PUT).text(put.key().text()).i64(put.lease().orElse(0)).bytes(put.value());
                        case Write.Delete delete -> sink.u8(DELETE).text(delete.key().text());
                    }
                }
            }
            case Mutation.Grant grant -> sink.u8(GRANT).i64(grant.leaseId()).i64(grant.timeToLive().toMillis());
            case Mutation.LeaseEnd end -> sink.u8(LEASE_END).i64(end.leaseId());
            case Mutation.Roll roll -> sink.u8(ROLL).i64(roll.nextSequence());
        }
    }

    static void write(ByteSink sink, Part part) {
        switch (part) {
            case Part.State state -> {
                sink.u8(STATE).i64(state.revision()).i64(state.nextLease()).i32(state.leases().size());
                state.leases().forEach(lease -> sink.i64(lease.id()).i64(lease.timeToLive().toMillis()));
            }
            case Part.Entry part6 -> {
                KeyValue entry = part6.entry();
                sink.u8(ENTRY).text(entry.key().text()).i64(entry.createRevision()).i64(entry.modRevision()).i64(entry.version()).i64(entry.lease().orElse(0)).bytes(entry.value());
            }
            case Part.End end -> sink.u8(END).i64(end.entries());
        }
    }

    /** The mutations of a frame of the log. */
    public static List<Mutation> mutations(ByteBuffer payload) throws MalformedException {
        List<Mutation> mutations = new ArrayList<>();
        try {
            while (payload.hasRemaining()) {
                int kind = payload.get();
                mutations.add(switch (kind) {
                    case COMMIT -> commit(payload);
                    case GRANT -> new Mutation.Grant(payload.getLong(), Duration.ofMillis(payload.getLong()));
                    case LEASE_END -> new Mutation.LeaseEnd(payload.getLong());
                    case ROLL -> new Mutation.Roll(payload.getLong());
                    default -> throw new MalformedException("record kind " + kind + " is unknown here: the log was written by a later version");
                });
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new MalformedException("a record that does not read as one: " + e);
        }
        return mutations;
    }

    /** The records of a frame of a checkpoint. */
    public static List<Part> parts(ByteBuffer payload) throws MalformedException {
        List<Part> parts = new ArrayList<>();
        try {
            while (payload.hasRemaining()) {
                int kind = payload.get();
                parts.add(switch (kind) {
                    case STATE -> state(payload);
                    case ENTRY -> {
                        Key key = key(payload);
                        long create = payload.getLong();
                        long mod = payload.getLong();
                        long version = payload.getLong();
                        OptionalLong lease = lease(payload);
                        yield new Part.Entry(new KeyValue(key, value(payload), create, mod, version, lease));
                    }
                    case END -> new Part.End(payload.getLong());
                    default -> throw new MalformedException("record kind " + kind + " is unknown here: the checkpoint was written by a later version");
                });
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new MalformedException("a record that does not read as one: " + e);
        }
        return parts;
    }

    private static Part.State state(ByteBuffer payload) {
        long revision = payload.getLong();
        long nextLease = payload.getLong();
        int count = payload.getInt();
        List<Part.Lease> leases = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            leases.add(new Part.Lease(payload.getLong(), Duration.ofMillis(payload.getLong())));
        }
        return new Part.State(revision, nextLease, leases);
    }

    private static Mutation commit(ByteBuffer payload) throws MalformedException {
        long revision = payload.getLong();
        int count = payload.getInt();
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int kind = payload.get();
            Key key = key(payload);
            switch (kind) {
                case PUT -> {
                    OptionalLong lease = lease(payload);
                    writes.add(new Write.Put(key, value(payload), lease));
                }
                case DELETE -> writes.add(new Write.Delete(key));
                default -> throw new MalformedException("write kind " + kind + " is unknown here");
            }
        }
        return new Mutation.Commit(revision, writes);
    }

    private static Key key(ByteBuffer payload) {
        return new Key(value(payload).asUtf8());
    }

    private static OptionalLong lease(ByteBuffer payload) {
        long id = payload.getLong();
        return id == 0 ? OptionalLong.empty() : OptionalLong.of(id);
    }

    private static Bytes value(ByteBuffer payload) {
        int size = payload.getInt();
        if (size < 0 || size > payload.remaining()) {
            throw new BufferUnderflowException();
        }
        return Bytes.read(payload, size);
    }
}
