/**
 * The distribution beside other people's routers.
 *
 * <pre>
 *   tmbt-i-peer                        tmbt-i-gw                     tmbt-i-observer
 *   BIRD, FRR or GoBGP ── 10.77.1.0/24 ── the gateway ── 10.77.2.0/24 ── BIRD, AS 65030
 *   AS 4200000001         fd77:1::/64     AS 65020       fd77:2::/64
 * </pre>
 *
 * <p>{@link tombolo.interop.PeerInterop} says once what must hold with any neighbour; its subclasses bring the neighbour. One node serves a
 * whole class, since a start takes seconds; every test leaves the sessions as it found them. {@link tombolo.interop.PolicyIT} has what concerns
 * strangers, wrong configuration, limits and filters; {@link tombolo.interop.NodeIT} the node's own life: files, stop, drain; {@link tombolo.interop.ReflectorIT}
 * route reflection between BIRD and FRR.
 *
 * <p>Skipped, with the reason, where there is no root or the daemon is not installed; {@code ./gateway test} installs them.
 */
@NullMarked
package tombolo.interop;

import org.jspecify.annotations.NullMarked;
