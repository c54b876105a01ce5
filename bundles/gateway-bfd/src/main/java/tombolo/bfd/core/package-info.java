/**
 * The rules of BFD without any I/O, clock or thread.
 *
 * <pre>
 *   Datagram, now ──► Sessions.receive ─► ControlPacket.read ─► which session? ─► Authenticator ─► Session.receive ──┐
 *   now           ──► Sessions.tick  ────────────────────────────────────────────────────────────► Session.tick ────┼─► Output: send, changed
 *   wishes, now   ──► Session.wish, stop, enable ────────────────────────────────────────────────────────────────────┘
 *                     Sessions.dueIn: when to call tick again
 * </pre>
 *
 * A packet costs no object. Times are nanoseconds of one clock without an origin, compared by their difference; intervals are µs as on the wire.
 *
 * <p><b>Invariants</b> (tested over random datagrams): no datagram makes a session, or throws; a wrong one changes nothing but a counter; without datagrams a
 * session is Down within its detection time; there are at most {@link tombolo.bfd.core.Sessions#MAX_SESSIONS}.
 *
 * <p><b>Sequence numbers</b> of authentication go on from one session of a path to the next ({@link tombolo.bfd.core.Authenticator#goOnWith}): a neighbour takes
 * only what is at most three times the multiplier ahead of the last, until it has heard nothing for twice the detection time (RFC 5880 §6.7.3, §6.8.1). A node
 * that starts begins at random. A number from the clock would do no better: that window is narrow, and a meticulous number counts packets, so it would have to
 * be written down with each one. The neighbour has forgotten by then: after a kill within some seconds, after a stop, which slows packets to one a second, within
 * twice the multiplier in seconds.
 *
 * <p><b>RFCs</b>: 5880 in asynchronous mode, active role, with simple, MD5 and SHA1 authentication; 5881; 5883. The C bit is never set, since this shares the
 * fate of the JVM; echo is not offered (Required Min Echo RX is 0); demand mode is never asked for, and honoured where the neighbour asks (RFC 5880 §6.8.7 has
 * it as a MUST). Not there: multipoint (RFC 8562), unsolicited sessions (RFC 9468), echo, multiplier 1, neighbours without a fixed address (unnumbered links).
 */
@NullMarked
package tombolo.bfd.core;

import org.jspecify.annotations.NullMarked;
