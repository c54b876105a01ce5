package tombolo.datastore.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The directory of a store: what it needs of a file system, so that tests can make one that is full or broken. */
interface Volume {
    /** For messages. */
    String name();

    /** Names of all plain files, sorted. */
    List<String> files() throws IOException;

    /** Opens for reading and writing. @param create makes it, empty, replacing what is there */
    BlockFile open(String file, boolean create) throws IOException;

    /** All of a file, read only. @throws java.nio.file.NoSuchFileException where it is not there */
    ByteBuffer read(String file) throws IOException;

    void rename(String from, String to) throws IOException;

    void delete(String file) throws IOException;

    /** Moves files into a new directory beside them, whose name is made from the given one. @return that name */
    String setAside(String directory, List<String> files) throws IOException;

    /** Makes creations, renames and deletions durable. */
    void syncDirectory() throws IOException;

    /** Keeps every other process, and every other opening in this one, out. @throws StoreInUseException where one is in */
    Closeable lock() throws IOException;

    /** Another opening holds the lock. */
    final class StoreInUseException extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** An open file. */
    interface BlockFile extends Closeable {
        /** Writes all that remains in the buffer. */
        void write(ByteBuffer bytes, long position) throws IOException;

        /** Makes what was written durable. @param metadata the file's size and blocks too, where they have changed */
        void force(boolean metadata) throws IOException;

        long size() throws IOException;
    }
}
