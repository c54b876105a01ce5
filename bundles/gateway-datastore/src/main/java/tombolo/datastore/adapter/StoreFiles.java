package tombolo.datastore.adapter;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import tombolo.datastore.core.FileHeader;
import tombolo.datastore.core.StoreState;

/** Making a store's files, and letting go of those that nothing needs. */
final class StoreFiles {
    private StoreFiles() { }

    /**
     * Makes a store that holds a state: first its log, then, by one rename, the checkpoint that makes it the newest. What stood in the directory before is left,
     * and is the store still where this ends half-way.
     *
     * @param sequence above that of everything that stands in the directory
     */
    static void create(Volume volume, StoreLimits limits, long sequence, StoreState state) throws IOException {
        UUID id = UUID.randomUUID();
        FileHeader log = new FileHeader(FileHeader.Kind.LOG, limits.unit(), id.getMostSignificantBits(), id.getLeastSignificantBits(), sequence + 1);
        LogFile.create(volume, log).close();
        FileHeader checkpoint = new FileHeader(FileHeader.Kind.CHECKPOINT, limits.unit(), log.storeHigh(), log.storeLow(), sequence);
        Checkpoints.write(volume, StoreReader.checkpoint(sequence), checkpoint, state);
    }

    /**
     * Deletes what is older than the n-th newest checkpoint: that checkpoint and the logs after it are kept.
     *
     * @return whether anything was deleted
     */
    static boolean prune(Volume volume, int generations) throws IOException {
        List<String> files = volume.files();
        List<String> checkpoints = files.stream().filter(name -> name.matches("checkpoint-[0-9a-f]{16}")).toList();
        if (checkpoints.isEmpty()) {
            return false;
        }
        String oldest = checkpoints.get(Math.max(0, checkpoints.size() - generations));
        long kept = Long.parseUnsignedLong(oldest.substring(StoreReader.CHECKPOINT.length()), 16);
        boolean deleted = false;
        for (String file : files) {
            boolean checkpoint = checkpoints.contains(file) && file.compareTo(oldest) < 0;
            boolean log = file.matches("log-[0-9a-f]{16}") && Long.parseUnsignedLong(file.substring(StoreReader.LOG.length()), 16) <= kept;
            if (checkpoint || log) {
                volume.delete(file);
                deleted = true;
            }
        }
        volume.syncDirectory();
        return deleted;
    }
}
