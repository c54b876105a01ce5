/**
 * Tunnels between the nodes of a cluster, for networks that carry no routes to containers (a cloud without BGP).
 *
 * <pre>
 *   container ─► 10.65.1.0/26 via 10.65.1.0 onlink ─► vxlan.calico ─ neighbour 10.65.1.0 is 66:…, forwarding entry 66:… is at 192.0.2.2 ─► UDP to 192.0.2.2
 *                (route of the peer's block)                         (all static: nothing is learned or asked for)
 * </pre>
 *
 * <p>Sources: RFC 7348 (VXLAN), RFC 2003 (IP within IP); the names and numbers are Calico's, so that nodes of both kinds reach each other.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.overlay;

import org.jspecify.annotations.NullMarked;
