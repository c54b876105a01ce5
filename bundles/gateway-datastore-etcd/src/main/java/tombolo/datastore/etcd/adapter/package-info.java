/**
 * The datastore service on etcd (API v3, server 3.4 or later), through jetcd.
 *
 * <pre>
 *  get, list, commit, leases ──► one request each, a time limit on every one ──► etcd
 *  watch ◄── virtual thread ◄── [ pending changes, merged by key, ≤ 10,000 ] ◄── jetcd's stream, opened again after the last revision seen
 * </pre>
 *
 * <p>Compare-and-set is a transaction on mod revisions; etcd's locks are not used. A request that ends without an answer may have been done: its exception says
 * {@code UNKNOWN}. A read is linearizable, that is, answered by the leader's state.
 *
 * <p>Bookmarks are etcd's own progress notifications, every ten minutes by its default; progress is not asked for, since a server before 3.4.25 can then answer
 * with a revision whose events are still to come (etcd #15220).
 *
 * <p><b>Known gaps.</b> No TLS yet, no periodic relist-and-compare, no cache for reads while etcd is away; a key that is no text of ours is left out of listings.
 */
@NullMarked
package tombolo.datastore.etcd.adapter;

import org.jspecify.annotations.NullMarked;
