/**
 * The declarative services component of gateway-dataplane. It follows {@link tombolo.api.kernel.Netlink} and the settings, both of which may come and go, and
 * publishes RouteSink, Links, NextHopTracker and KernelRoutes while it has both. When either goes, open feeds are told {@code closed()} and the kernel keeps
 * what it has.
 */
@NullMarked
package tombolo.dataplane.osgi;

import org.jspecify.annotations.NullMarked;
