/**
 * Container interfaces in the kernel: an {@link tombolo.api.endpoint.EndpointPlan} is made, compared, repaired and removed.
 *
 * <pre>
 *  add:  open the container's namespace ─► is there an interface of that name? ─► host: pair, its far end born in the container; IPv4 settings; index
 *        ─► wait for the rest of the plan (the addresses) ─► settings files (IPv6) ─► container: up, addresses, routes, neighbours, one datagram ─► host: the same
 *        ─► is it still the namespace of that path?
 *        anything refused: the pair is deleted, and with it all that hung on it
 * </pre>
 *
 * Invariants: an addition leaves either everything or nothing; only an interface of kind veth is ever removed, and only by the name that its plan gave it; a
 * route of somebody else to the same address is never replaced. Only the thread of gateway-linux changes namespaces; here is nothing but sockets.
 */
@NullMarked
package tombolo.dataplane.adapter.endpoint;

import org.jspecify.annotations.NullMarked;
