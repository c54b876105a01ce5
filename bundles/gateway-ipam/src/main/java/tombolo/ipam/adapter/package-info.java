/**
 * Address management on a datastore.
 *
 * <pre>
 *   callers ─ Allocator ─► queue ─► Batches (one thread): plan under the table's lock ─► commit ─► answers
 *                                        ▲                                    │ conflict: take over what is there, plan again (100 times)
 *                          BlockTable ◄──┴── TableFeed (list, then watch) ◄───┘
 *   Resources ─► ClusterView ─► pools, reservations, nodes, lock
 * </pre>
 *
 * <p>Wishes that wait together become one transaction: a block is written once for all of them, and every handle with it. In the steady state an address costs
 * one transaction; one that needs a new block costs two.
 *
 * <p><b>A lost answer</b> (the connection broke while a transaction was on its way) is settled by committing the same transaction again: its conditions let it
 * happen at most once, and a key of our own in it says whether that once was ours. A caller hears of an unknown outcome only where the store stays away.
 */
@NullMarked
package tombolo.ipam.adapter;

import org.jspecify.annotations.NullMarked;
