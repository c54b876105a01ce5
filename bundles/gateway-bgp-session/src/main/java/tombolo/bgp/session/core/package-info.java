/**
 * The rules of a BGP session without any I/O, clock or thread.
 *
 * <pre>
 *   FsmEvent ──► Fsm.step(state, event, plan, jitter) ──► FsmState', FsmOutput...
 *                  │ OPEN: OpenCheck (what is configured against what came) ──► Negotiated, or a NOTIFICATION with its data
 *   octets ──► MessageHeader.check ──► OpenCodec, NotificationCodec
 * </pre>
 *
 * <b>Invariants</b> (tested over random events): a peer has at most one connection of each direction and one that is established; every Established is
 * followed by exactly one Down before the next; a peer that rests or is stopped has no open connection; no octets make a decoder throw.
 *
 * <p><b>RFCs</b>: 4271 §4, §6.1, §6.2, §6.5-6.8, §8, §10; 5492, 9072, 4760 §8, 6793, 6286, 7607, 6608, 4486, 9003, 9687, 2918, 7313 (capability, length
 * error), 8654, 4724 and 8538 (session part). UPDATE and ROUTE-REFRESH contents are gateway-bgp's.
 *
 * <p>Deviations are marked at {@link tombolo.bgp.session.core.Fsm}.
 */
@NullMarked
package tombolo.bgp.session.core;

import org.jspecify.annotations.NullMarked;
