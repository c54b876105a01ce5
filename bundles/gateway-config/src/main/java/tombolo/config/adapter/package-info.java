/**
 * The configuration folder: reading it, watching it, keeping the last good versions, and checking it offline.
 *
 * <pre>
 * etc/tombolo.*.cfg ─► EtcFolder (what changed?) ─► ConfigWatch, on its Loop ─► ConfigFiles.read ─► Settings ─► listeners, one after the other
 *                                                        └► LastGood: data/tombolo/last-good/
 * </pre>
 *
 * <p>The folder is looked at twice a second: cheaper and more certain than inotify, which misses changes on network file systems and bind mounts. What
 * counts is time stamp, size and file key (the inode) of each file. A change is followed once the folder looks the
 * same at two looks 100 ms apart and no file was written to in the last 100 ms: what is half written, or deleted to be written anew, is waited for.
 */
@NullMarked
package tombolo.config.adapter;

import org.jspecify.annotations.NullMarked;
