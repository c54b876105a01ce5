/**
 * Keeps the configuration true to the cluster's resources, and this node's Node resource true to the node.
 *
 * <pre>
 * Resources.subscribe ─┐
 * Settings            ─┼─► Fabric, on its Loop tombolo-fabric ─► FabricPlan ─► Contributions.offer
 * NodeBlocks.holds    ─┘        └► NodeWriter, on a virtual thread: writes block ─► Resources.write(Node)
 *                                      └► TunnelAddresses ─► Ipam: this node's addresses in the tunnels that the pools want
 * </pre>
 *
 * <p>Nothing is said before all resources have been heard once; what was said before is in force until then, kept by gateway-config. The node's blocks are kept
 * here over a restart, so that they are not withdrawn in the time until gateway-ipam has found them again.
 */
@NullMarked
package tombolo.fabric.adapter;

import org.jspecify.annotations.NullMarked;
