/**
 * ExpressRoute circuits as people ask about them: what a command asks, and a {@link tombolo.api.expressroute.Report} that is shown as a table or as JSON.
 *
 * <pre>
 *  gateway-shell (er:...) ──► ExpressRoute (azure-expressroute) ──► Arm, Datastore, BgpSessions, Links
 * </pre>
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.expressroute;

import org.jspecify.annotations.NullMarked;
