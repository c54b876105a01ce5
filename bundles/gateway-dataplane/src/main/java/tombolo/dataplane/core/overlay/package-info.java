/**
 * The overlay between the nodes of a cluster: which tunnels one node wants, how other nodes' blocks are reached, and how the kernel's tunnel devices differ from
 * that. Pure.
 *
 * <pre>
 *  IPPool, Node, BlockAffinity, FelixConfiguration, links ─► {@link tombolo.dataplane.core.overlay.OverlayPlan}
 *                                                               tunnels │            │ ways
 *  kernel's answers ─► {@link tombolo.dataplane.core.overlay.SeenTunnel} ─► {@link tombolo.dataplane.core.overlay.TunnelDiff}   route feed "overlay"
 *                                                                       ▼
 *                                                       {@link tombolo.dataplane.core.overlay.TunnelMessages} ─► rtnetlink
 *
 *  pool's mode        peer in our subnet          peer elsewhere
 *  Always             via its tunnel address, onlink, over the tunnel
 *  CrossSubnet        via its node address        as Always
 *  Never              nothing from here: BGP's
 * </pre>
 *
 * <h2>Invariants</h2>
 * <ol>
 * <li>The plan depends on what is held, not on the order in which it came.
 * <li>A tunnel device is known by its name and kind and marked by its alias. One that is not marked is taken over where it is as wanted, and never replaced or
 *     removed. Devices of other names are never looked at.
 * <li>On a device of ours everything is static and ours: what is there and not wanted goes.
 * <li>A VXLAN carries the family of its underlay: IPv4 over {@code vxlan.calico}, IPv6 over {@code vxlan-v6.calico}.
 * </ol>
 *
 * <p>Sources: RFC 7348, RFC 2003, linux/if_link.h, linux/neighbour.h; projectcalico/calico felix/dataplane/linux/vxlan_mgr.go and felix/calc/vxlan_resolver.go.
 * Known gaps: an address that a node borrows from another node's block is reached where BGP tells of it, not by the overlay alone; checksum offload of the
 * device is left as the kernel has it; packets of VXLAN are not filtered by sender (that is policy's).
 */
@NullMarked
package tombolo.dataplane.core.overlay;

import org.jspecify.annotations.NullMarked;
