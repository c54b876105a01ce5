package tombolo.api.datastore;

import java.util.OptionalLong;

/** One step of a transaction. */
public sealed interface Operation {
    /** 1 MiB: below etcd's default limit of 1.5 MiB a request, above any resource that people write. */
    int MAX_VALUE_BYTES = 1 << 20;

    Key key();

    /** Writes the value, whether or not the key exists; the lease replaces the one that the key had, none included. */
    record Put(Key key, Bytes value, OptionalLong lease) implements Operation {
        public Put {
            if (value.size() > MAX_VALUE_BYTES) {
                throw new IllegalArgumentException(key + ": a value of " + value.size() + " bytes; the most is " + MAX_VALUE_BYTES);
            }
        }

        public Put(Key key, Bytes value) {
            this(key, value, OptionalLong.empty());
        }
    }

    /** Deletes the key; nothing happens where it does not exist. */
    record Delete(Key key) implements Operation { }

    /** Reads the key, after the steps before it. */
    record Get(Key key) implements Operation { }
}
