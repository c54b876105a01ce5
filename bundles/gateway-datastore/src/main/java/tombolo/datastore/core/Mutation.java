package tombolo.datastore.core;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Key;

/** What a record of the log says: enough to make the next state from the one before. */
public sealed interface Mutation {
    /** The writes of one transaction. @param revision one more than the store had */
    record Commit(long revision, List<Write> writes) implements Mutation {
        public Commit {
            writes = List.copyOf(writes);
            if (writes.isEmpty()) {
                throw new IllegalArgumentException("a commit without a write");
            }
        }
    }

    record Grant(long leaseId, Duration timeToLive) implements Mutation { }

    /** A lease is over; its keys are deleted at one revision, where it has any. */
    record LeaseEnd(long leaseId) implements Mutation { }

    /** The log goes on in the file whose first frame has that sequence number. */
    record Roll(long nextSequence) implements Mutation { }

    sealed interface Write {
        Key key();

        record Put(Key key, Bytes value, OptionalLong lease) implements Write { }

        record Delete(Key key) implements Write { }
    }
}
