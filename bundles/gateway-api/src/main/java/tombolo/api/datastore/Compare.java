package tombolo.api.datastore;

/**
 * A condition of a transaction on one key. A key that does not exist has create revision, mod revision and version 0, and fails every comparison of its value.
 */
public sealed interface Compare {
    Key key();

    /** How what is stored must stand to what is given. */
    enum Relation {
        EQUAL, NOT_EQUAL, GREATER, LESS;

        /** @param order of the stored operand against the given one, as by {@link Comparable} */
        public boolean holds(int order) {
            return switch (this) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case GREATER -> order > 0;
                case LESS -> order < 0;
            };
        }
    }

    record CreateRevision(Key key, Relation relation, long revision) implements Compare { }

    record ModRevision(Key key, Relation relation, long revision) implements Compare { }

    record Version(Key key, Relation relation, long version) implements Compare { }

    record Value(Key key, Relation relation, Bytes value) implements Compare { }

    static Compare absent(Key key) {
        return new Version(key, Relation.EQUAL, 0);
    }

    static Compare exists(Key key) {
        return new Version(key, Relation.GREATER, 0);
    }

    /** The key was last written at that revision; 0: it does not exist. */
    static Compare unchanged(Key key, long modRevision) {
        return new ModRevision(key, Relation.EQUAL, modRevision);
    }
}
