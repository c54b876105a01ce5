/**
 * The overlay at work: hears the resources of the cluster, keeps tunnel devices with their static entries by rtnetlink ({@code KernelTunnels}, the one writer),
 * and offers the routes to other nodes' blocks as a feed of its own ({@code OverlayRoutes}), so that nothing of BGP's is touched.
 *
 * <p>A start is a comparison: a device that is as wanted is kept with its traffic, what differs is mended, what is left over goes once the resources have been heard.
 * The kernel is compared every five seconds and whenever an interface changes.
 */
@NullMarked
package tombolo.dataplane.adapter.overlay;

import org.jspecify.annotations.NullMarked;
