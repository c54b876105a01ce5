/**
 * The configuration folder: reading it, watching it, keeping the last good versions, and checking it offline.
 *
 * <pre>
 * etc/tombolo.*.cfg ─► EtcFolder (what changed?) ─► ConfigWatch, on its Loop ─► ConfigFiles.read ─► Settings ─► listeners, one after the other
 *                                                        └► LastGood: data/tombolo/last-good/
 * </pre>
 *
 * <p>The folder is looked at twice a second: cheaper and more certain than inotify, which misses changes on network file systems and bind mounts. What
 * counts is time stamp, size and file key (the inode) of each file. A file written to within the last 100 ms is taken for half written and waited for.
 */
@NullMarked
package tombolo.config.adapter;

import org.jspecify.annotations.NullMarked;
