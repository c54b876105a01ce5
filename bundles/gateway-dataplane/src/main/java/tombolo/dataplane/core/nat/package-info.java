/**
 * Port mappings and masquerading as chains and sets. Pure.
 *
 * <pre>
 *  prerouting, output   to an address of this host ─► ports-map: dnat to what the map says to (address ·) protocol · port
 *  postrouting          translated there, from the container itself, its subnet or loopback ─► masquerade
 *                       from a pool with natOutgoing, to no pool ─► masquerade, ports at random
 *                       to a service that answers to one address alone ─► snat to that, before the others
 * </pre>
 *
 * The number of rules does not grow with the containers: a mapping is an element. Follows the CNI plugin portmap (its {@code snat}, hairpin and loopback) and
 * Calico's natOutgoing. DEVIATION: two containers that ask for one port are refused, where portmap lets the first rule win.
 */
@NullMarked
package tombolo.dataplane.core.nat;

import org.jspecify.annotations.NullMarked;
