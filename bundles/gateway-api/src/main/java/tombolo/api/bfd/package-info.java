/**
 * Bidirectional Forwarding Detection as a service: whether packets pass between here and a neighbour, known within milliseconds.
 *
 * <pre>
 *   gateway-bgp-session, others ── hold(Request, Listener) ──► gateway-bfd ══ UDP 3784, 4784 ══ the neighbour
 *                               ◄── changed(Status, Change) ──    one thread of its own, never a listener's
 * </pre>
 *
 * What a change means to whoever holds the session is RFC 5882's matter, and told here as a {@link tombolo.api.bfd.BfdListener.Change}: only LOST says that
 * the path has failed. A session that never came up, and one that either side has taken down on purpose, say nothing about the path (RFC 5882 §3.2).
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.bfd;

import org.jspecify.annotations.NullMarked;
