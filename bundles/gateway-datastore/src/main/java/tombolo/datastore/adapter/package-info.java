/**
 * The embedded store on a directory.
 *
 * <pre>
 *  commit() ─► [ queue ≤ 4096 ] ─► whoever has the turn: evaluate on the last state ─► one frame ─► write, fdatasync ─► publish, answer all, wake the watches
 *                                   (a caller, or                                      log-…        every 64 MiB: next log, and in the         that it concerns
 *                                    Loop tombolo-datastore)                                        background checkpoint-… of the immutable state
 *  directory   lock   log-0000000000000001   log-…   checkpoint-0000000000000000   checkpoint-…   damaged-…/
 * </pre>
 *
 * <p><b>Durable on return.</b> A call is answered after the frame with its record has been synced. What waits meanwhile goes into the next frame together (group
 * commit). Readers and watchers see a revision after it is durable, never before. A caller that finds nobody writing writes by itself: two hand-overs between
 * threads take about as long as the sync. Its thread may be interrupted meanwhile, which the kind of channel in DirectoryVolume does not mind; a virtual thread
 * keeps its carrier for as long as the disk takes, one at a time.
 *
 * <p><b>Opening</b> reads the newest checkpoint and the logs after it. A last frame that was cut short was never acknowledged and is dropped; anything else that
 * is not as written is refused (TMB-DST-010): {@link tombolo.datastore.core.LogScan} decides. The generation before the newest checkpoint is kept, so that
 * even the loss of a checkpoint loses nothing (repair).
 *
 * <p><b>A full disk</b> is met when the log is grown, in zeros, before a frame is written: the write is refused (TMB-DST-020), the store stays open, and goes on
 * by itself when there is room. A write or sync that fails (TMB-DST-021) ends writing until the store is opened again: after a failed fsync nobody knows what
 * is on the disk.
 *
 * <p><b>Why our own log and not H2's MVStore 2.4.240</b>, which is well kept and fast enough (StoreBench prints both: a commit and sync of a 200-byte value runs at
 * 0.5 to 0.7 of a bare append-and-sync): MVStore has no checksum over what a page holds, and falls back to an older chunk when the newest is bad. With one flipped bit
 * in a file of 10,000 keys, 49 of 77 openings that the bit mattered to served other content without a word; with one changed byte after two synced commits and a
 * crash, 128 positions lost the second commit without a word. "Refuses to open a corrupt file" and "loses no acknowledged write" would need a log of our own
 * around it, and the history that watches and paged listings need a second structure within it. SQLite and RocksDB are native code, which lives in gateway-linux
 * alone; Xodus and MapDB bring more code than this log has and the same questions.
 *
 * <p><b>Known gaps.</b> All of the state is in memory (1 GiB at most). One frame whose sectors turned to zeros after it was acknowledged, as the very last of the
 * log, looks like one that was never finished.
 */
@NullMarked
package tombolo.datastore.adapter;

import org.jspecify.annotations.NullMarked;
