/**
 * Sockets, timers and queues around the pure machine of {@code core}: Netty's epoll transport, TCP only.
 *
 * <pre>
 *  socket ► PeerConnection (cuts into messages) ─ OPEN, KEEPALIVE, NOTIFICATION ─► PeerSession ─ FsmEvent ─► Fsm ─ FsmOutput ─► PeerSession
 *                └─ UPDATE, ROUTE-REFRESH in blocks ≤ 64 KiB ─► Inbox ≤ 4 MiB (64 MiB in all) ─ poll ─► SessionConsumer
 *  socket ◄ 64 KiB slices, while the channel has room ─ Outbox ≤ 4 MiB ◄─ offer ─ SessionConsumer
 *  Listeners ► the peer of that address ► PeerSession, or refused and counted
 * </pre>
 *
 * One event loop thread, {@code tombolo-bgp-session}, writes all state; Inbox and Outbox are the only places where another thread (the consumer's) takes part.
 *
 * <p><b>Limits</b>: one connection per direction and peer, so half-open ones cost at most one buffer of a message each and end after 4 minutes; a full inbox
 * stops reading (the hold timer stands still), a full outbox answers FULL; a closing connection lingers for a second.
 *
 * <p><b>Invariants</b>: bytes that were accepted go out in order, at message borders, or the session ends; an inbox begins with the rest of the session that
 * its consumer knows; an MD5 key is read where it is used and is in no log; a peer whose key cannot be read gets no connection.
 *
 * <p><b>RFCs</b>: 2385 (MD5), 5082 (GTSM), 9687, 4724 §4 (restart marker). <b>Gaps</b>: TCP-AO (5925); a wrong MD5 key is inferred from counters of the
 * whole network namespace, which do not say which peer it was.
 */
@NullMarked
package tombolo.bgp.session.adapter;

import org.jspecify.annotations.NullMarked;
