package tombolo.datastore.adapter;

import java.time.Duration;

/**
 * The store's bounds.
 *
 * @param historyRevisions kept in memory for watches and paged listings
 * @param historyBytes     of heap that they keep beside the newest state: superseded keys and values, and the trees that led to it
 * @param checkpointBytes  of log, after which a checkpoint is written and the next log begun
 * @param unit             the log grows by so many bytes at once; a multiple of 512
 * @param maxBytes         of all keys and values
 * @param bookmark         a watch without changes hears how far it is this often
 * @param maxWatches       at once
 */
record StoreLimits(int historyRevisions, long historyBytes, long checkpointBytes, int unit, long maxBytes, Duration bookmark, int maxWatches) {
    /**
     * A watcher may lag by 32,768 transactions or 32 MiB of what they superseded, whichever is less. A small change (a key of 80 characters, a value of 200 bytes, 10,000
     * keys in all) takes about 1.1 KB, more than half of it the tree's: at 1,000 such changes a second a watcher may lag by some 29 seconds, at full speed by over a
     * second, in normal life by hours; then it is told to list again. 32 MiB is a sixteenth of the node's heap. 64 MiB of log are read back in under a second; growing
     * by 4 MiB costs one metadata sync per some thousand writes; 1 GiB is what fits the checkpoint's file and the node's heap; a watch is one per consumer and kind.
     */
    static final StoreLimits DEFAULT = new StoreLimits(1 << 15, 1L << 25, 1L << 26, 1 << 22, 1L << 30, Duration.ofSeconds(5), 1000);
}
