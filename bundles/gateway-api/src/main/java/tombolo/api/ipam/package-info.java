/**
 * Address management in the words of Calico: who holds which address, in blocks that belong to nodes. The service is {@link tombolo.api.ipam.Ipam}, offered by
 * gateway-ipam over the {@link tombolo.api.datastore.Datastore}.
 *
 * <pre>
 *   IPPool 10.1.0.0/16 ──► block 10.1.7.64/26, of node a ──► address 10.1.7.70, held by handle "net.c0ffee", sequence number 1763…
 *                     └──► block 10.1.9.0/26,  of node b        (a borrows here when its own blocks are full, unless affinity is strict)
 * </pre>
 *
 * <p>What is expected is a result, not an exception: a lock, a full pool, an address that is taken, a release that comes too late. A store that cannot do its
 * work is a {@link tombolo.api.datastore.DatastoreException}, which says whether what was asked for can have happened.
 *
 * <p>Source: projectcalico/calico, {@code libcalico-go/lib/ipam}, v3.32.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.ipam;

import org.jspecify.annotations.NullMarked;
