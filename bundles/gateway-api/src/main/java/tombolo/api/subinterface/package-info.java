/**
 * Tagged interfaces that somebody wants on this node, such as both links of a cloud circuit, and what stands on them.
 *
 * <pre>
 *   azure-expressroute ── offer(owner, wanted) ──► Subinterfaces (gateway-dataplane) ══ rtnetlink ══► er-1-p100 on eth1, 802.1Q 100, 172.16.0.1/30
 *                      ◄── states(owner) ──
 * </pre>
 *
 * <p>An owner says all that it wants; what it wanted before and wants no more is removed. What bears no mark of that owner is never touched, whatever its name.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.subinterface;

import org.jspecify.annotations.NullMarked;
