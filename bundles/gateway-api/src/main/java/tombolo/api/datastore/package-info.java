/**
 * The one store of cluster-wide state: keys, bytes, revisions, transactions, watches, leases. Two bundles offer the same service: gateway-datastore (a log in
 * a directory of this node, the default) and gateway-datastore-etcd. What they promise is what {@code DatastoreContract} in this module's tests checks on both.
 *
 * <pre>
 *  caller (any thread; blocks)          Datastore                         watcher (a thread of its own)
 *  commit(Transaction) ───────────► revision 41 → 42, durable ──┬──► changed(ChangeBatch to revision 42)
 *  TransactionResult(42) ◄───────────────────────────────────── ┘    bookmark(57): nothing for you up to there
 *  list(prefix) at 42, page after page                               ended(Compacted | Closed | Failed): list again
 * </pre>
 *
 * <p><b>Revisions</b> are etcd's. One counter for the store grows by one with every transaction that writes something; all writes of a transaction share the
 * revision. A key has the revision that created it, that of its last write ({@code modRevision}), and a version that counts its writes from 1 since its
 * creation. An update or a deletion names the mod revision that its caller has read (compare-and-set); there are no locks.
 *
 * <p><b>Keys</b> are text in Calico's etcd layout, so that a gateway can share the etcd of a Calico cluster; our own are below {@code /tombolo/v1}. The order is
 * that of their UTF-8 bytes. <b>Values</b> are bytes; what they mean is for gateway-resources to say.
 *
 * <p><b>Outcomes.</b> A conflict, an absent key and a compacted revision are results. {@link tombolo.api.datastore.DatastoreException} is a store that cannot do
 * its work, and says whether a write can have happened.
 *
 * <p><b>History</b> is bounded: a store forgets old revisions (compaction). A watcher that comes back too late, or a page of a listing that is asked for too
 * late, is told so and starts again with a listing. A watcher that is slow sees fewer, larger steps: a batch holds each key once, in its last state.
 *
 * <p>Source: etcd API v3, KV, Watch and Lease (etcd.io/docs/v3.4/learning/api).
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.datastore;

import org.jspecify.annotations.NullMarked;
