package tombolo.api.datastore;

import java.nio.file.Path;
import java.util.List;

/**
 * The files of the embedded store: a service of gateway-datastore that is there even where the store refuses to open. Blocking; any thread but a Loop's.
 */
public interface DatastoreFiles {
    /** Reads every file, changes nothing, while the store runs or not. */
    Report check();

    /**
     * Brings a store that refuses to open back to the last good record before the damage, keeps the damaged files aside, and opens it. Does nothing to a store
     * that is in order.
     */
    Report repair();

    /** Writes all of the store at one revision into a new file while the store runs. */
    Report backup(Path file);

    /**
     * Replaces the store by a backup, keeping the replaced files aside. The revision goes on far above the one of the backup, so that no watcher and no
     * compare-and-set from before mistakes new revisions for old ones.
     */
    Report restore(Path file);

    /**
     * @param sound    nothing is wrong (after a repair or restore: any more)
     * @param revision of what is stored, as far as it could be read
     * @param findings lines for the operator, most important first
     */
    record Report(boolean sound, long revision, List<String> findings) {
        public Report {
            findings = List.copyOf(findings);
        }
    }
}
