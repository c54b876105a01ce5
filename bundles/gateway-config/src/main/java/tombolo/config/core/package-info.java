/**
 * What a configuration file may say, and what it means. Pure: text in, values and problems out; no file is opened here.
 *
 * <pre>
 * text ─► CfgFile (keys, values, lines) ─► Values (each checked against its Key) ─► NodeFile, BgpFile, PeerFile, ... ─► settings records
 *                                                                                              │
 *        every file now + the version of each that was last in force ─► ConfigFiles.read ◄─────┘─► Settings, problems, what is in force
 * </pre>
 *
 * <p>{@link tombolo.config.core.Key} is the one place where a key is described: its type, unit, default, range and effect. Validation, the error text,
 * the hint for a mistyped key and the commented samples in etc/ ({@link tombolo.config.core.Sample}) are all derived from it.
 *
 * <p>Invariants: a file with a problem changes nothing that is in force; a file without any change cannot become a problem of itself, only through
 * another file; the outcome depends on the files and the last good versions alone, not on the order of edits. A secret's value never appears in a
 * problem: plain secrets are refused without being repeated.
 */
@NullMarked
package tombolo.config.core;

import org.jspecify.annotations.NullMarked;
