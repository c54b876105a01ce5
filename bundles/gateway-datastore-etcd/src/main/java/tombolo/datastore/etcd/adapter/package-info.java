/**
 * The datastore service on etcd (API v3, server 3.4 or later), through jetcd.
 *
 * <pre>
 *  get, list, commit, leases ──► EtcdLink: there? ──► one request each, a time limit on every one ──► etcd
 *                                   │ lost: reads from ReadCache, writes refused
 *                                   └ probes, new connections (EtcdClients: TLS, login)
 *  watch ◄── virtual thread ◄── [ pending changes, merged by key, ≤ 10,000 ] ◄── jetcd's stream, opened again after the last revision seen
 *                                   └──► Follower of the prefix in the ReadCache ◄── compared with a listing now and then
 * </pre>
 *
 * <p>Compare-and-set is a transaction on mod revisions; etcd's locks are not used. A request that ends without an answer may have been done: its exception says
 * {@code UNKNOWN}; it says {@code NO} where the request was never sent, or etcd refused it. A read is linearizable, that is, answered by the leader's state.
 *
 * <p><b>jetcd</b> retries nothing here: it would make a grant of a lease twice. Each call has its deadline in the channel too, since one that waits there for a
 * connection would be made long after its caller was told otherwise. A watcher of jetcd opens its stream again by itself from a revision that may be too new
 * (that of the created answer); ours closes it and opens another.
 *
 * <p>Bookmarks are etcd's own progress notifications, every ten minutes by its default; progress is not asked for, since a server before 3.4.25 can then answer
 * with a revision whose events are still to come (etcd #15220).
 *
 * <p><b>Known gaps.</b> A key that is no text of ours is left out of listings. A call that waits for a connection when its time is over says {@code UNKNOWN}
 * though it was not sent.
 */
@NullMarked
package tombolo.datastore.etcd.adapter;

import org.jspecify.annotations.NullMarked;
