/**
 * What the cluster's resources mean for the BGP speaker of one node. Pure: resources and the node's own blocks in, a
 * {@link tombolo.api.config.Contribution} out.
 *
 * <pre>
 *  BGPConfiguration  Node  BGPPeer  BGPFilter  IPPool          blocks of this node
 *          │          │       │         │         │                    │
 *          └──────► Cluster ◄─┴─────────┴─────────┘                    │
 *                     ├─► Peerings   mesh, by selector, reversed ─► PeerText ──┐
 *                     ├─► FilterText import and export rules of each peering ──┼─► Contribution "resources"
 *                     ├─► Parameters AS, router id, port, cluster id ──────────┤
 *                     └─► Originations blocks, borrowed addresses, services ◄──┘
 * </pre>
 *
 * <p>The meaning is Calico v3.32's (confd's BGP processor and templates). Left out, since nothing here has such interfaces or routes yet: rules of a BGPFilter
 * that name an {@code interface} (a rule that rejects is then taken without that condition, one that accepts is left out, so that nothing gets out by it), the rejection
 * of routes through Calico's tunnel devices, local workload peers, and routes of single services.
 *
 * <p>Invariants: the outcome depends on what there is, not on the order in which it came; every list is sorted. A filter that is named but not there rejects
 * everything: a filter that is gone must not open the door. A secret is named by its file, never read here.
 */
@NullMarked
package tombolo.fabric.core;

import org.jspecify.annotations.NullMarked;
