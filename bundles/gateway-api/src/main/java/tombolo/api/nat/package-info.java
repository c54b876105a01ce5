/**
 * Addresses that are translated on this node: ports of the host that lead to containers, and what leaves the cluster with the node's address.
 *
 * <pre>
 *  gateway-cni ── map, unmap, all ──►  Nat (gateway-dataplane)  ──► Nftables, owners PORTS and MASQUERADE
 *  IPPool resources ─────────────────►
 * </pre>
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.nat;

import org.jspecify.annotations.NullMarked;
