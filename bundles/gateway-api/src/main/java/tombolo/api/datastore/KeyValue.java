package tombolo.api.datastore;

import java.util.OptionalLong;

/**
 * A key and what it held at some revision.
 *
 * @param createRevision of the transaction that created the key; ≥ 1
 * @param modRevision    of its last write; ≥ createRevision. What an update or a deletion must name
 * @param version        number of writes since the creation; 1 is the creation itself
 * @param lease          id of the lease that the key ends with; non-zero
 */
public record KeyValue(Key key, Bytes value, long createRevision, long modRevision, long version, OptionalLong lease) {
    public KeyValue {
        if (createRevision < 1 || modRevision < createRevision || version < 1) {
            throw new IllegalArgumentException(key + ": created at " + createRevision + ", changed at " + modRevision + ", version " + version);
        }
    }
}
