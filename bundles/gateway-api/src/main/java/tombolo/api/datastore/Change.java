package tombolo.api.datastore;

/** The last state of a key that changed. */
public sealed interface Change {
    Key key();

    /** Of the write or the deletion. */
    long modRevision();

    record Put(KeyValue entry) implements Change {
        @Override
        public Key key() {
            return entry.key();
        }

        @Override
        public long modRevision() {
            return entry.modRevision();
        }
    }

    record Deleted(Key key, long modRevision) implements Change { }
}
