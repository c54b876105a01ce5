/**
 * The resources at work: text of files, the store, the commands and the socket of {@code gateway ctl}.
 *
 * <pre>
 *   file, standard input ─► DocumentText, YamlText ─► documents with lines ─┐
 *   shell ─► CalicoCommands ◄── CtlSocket ◄─ run/ctl.sock ◄─ Ctl            ├─► StoredResources ─► PoolRules, TierRules ─► one transaction
 *                                            (gateway ctl)                  ┘         └─► StoreSubscription: list, watch, list again
 * </pre>
 *
 * <p>Invariants: a file is read and checked whole before the first of its documents is written; a document is written in one transaction, by the revision that was
 * read; a subscription never goes back to what the store held earlier than what it has told.
 */
@NullMarked
package tombolo.resources.adapter;

import org.jspecify.annotations.NullMarked;
