/**
 * {@code gateway bench expressroute}: what issue "ExpressRoute from order to packets" wants reached, measured.
 *
 * <pre>
 *   plan, doctor, polling   the real bundle ── TimedArm ── the real client ══HTTPS══ the simulated cloud, in this JVM
 *
 *   failover, load          host ── gateway | BIRD | FRR ─┬─ edge a ─┬─ vnet     real processes in namespaces of their own;
 *                           numbered datagrams every 5 ms └─ edge b ─┘           the edges are BIRD with BGP and BFD
 * </pre>
 *
 * What waits for Azure is no work of ours: {@link tombolo.bench.expressroute.TimedArm} knows when a request or an operation was under way, and the rest of the wall time is
 * ours, the pauses between two polls included.
 */
@NullMarked
package tombolo.bench.expressroute;

import org.jspecify.annotations.NullMarked;
