/**
 * BFD on the network: the thread of the packets, and those who hold sessions.
 *
 * <pre>
 *  any thread ─ hold, close ─► HeldSessions ─ keep, drop ─► [ mailbox ≤ 2048 ] ─► BfdThread: Sessions, DatagramSockets ══ UDP
 *                                   ▲                                                  │
 *   listeners, log ◄─ tombolo-bfd-events (Loop) ◄── changes of state ─────────────────┘
 * </pre>
 *
 * <b>Invariants</b>: the thread of the packets calls nobody's listener, writes no log, reads no file and waits for no lock that is held for longer than a wake-up;
 * a datagram costs it no object. A port is open only once a session needs it. In each turn all that came is received before silence is judged, so that a pause
 * of the JVM, which the kernel's buffer outlives, is not taken for the neighbour's.
 *
 * <p>When gateway-linux or this bundle is replaced, each neighbour is first asked, by a poll sequence, to take 30 s of silence for no failure, as RFC 5882
 * §4.3.2.2.2 allows before a planned restart; the successor goes on with the same discriminators, port and sequence numbers, and asks for the usual timers
 * again, also where no answer was heard within a second. Sessions that are not up then, and all when the node stops, are administratively down (RFC 5880 §6.8.16).
 * By RFC 5882 §3.2 that would be no failure either, but FRR 8.4 and BIRD 2.0 end their BGP sessions for it.
 */
@NullMarked
package tombolo.bfd.adapter;

import org.jspecify.annotations.NullMarked;
