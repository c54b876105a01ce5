/**
 * Where the session bundle and the route bundle meet, and what shell commands ask of both.
 *
 * <pre>
 * peer ══TCP══ gateway-bgp-session: FSM, timers, framing          gateway-bgp: RIBs, decision, filters, update groups
 *                 inbox per peer (≤ 4 MiB, 64 MiB in all)  ──poll──►  SessionInput: Up, Messages, Down, in order
 *                 outbox per peer (≤ 4 MiB)                ◄─offer──  whole encoded messages
 *                 SessionConsumer.ready(session): "poll or offer again", from any thread
 * </pre>
 *
 * The session stays up while gateway-bgp is swapped: inbox and outbox hold only bytes and values of this package.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.bgp;

import org.jspecify.annotations.NullMarked;
