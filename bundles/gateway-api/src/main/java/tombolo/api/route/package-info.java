/**
 * Routes on their way to the kernel. Producers (gateway-bgp; static routes) open a {@link tombolo.api.route.RouteFeed} at the
 * {@link tombolo.api.route.RouteSink} of gateway-dataplane and hand over columnar blocks of changes; no object exists per route.
 *
 * <pre>
 * LocRib delta ─► RouteChanges (≤ 4096 rows) ─► RouteFeed.offer ─► dataplane Loop ─► Desired ─► rtnetlink batch
 *                                     false: full ─► RouteFeedListener.drained()
 * </pre>
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.route;

import org.jspecify.annotations.NullMarked;
