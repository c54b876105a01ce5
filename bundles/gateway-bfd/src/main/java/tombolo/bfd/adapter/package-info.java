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
 * <p>When gateway-linux or this bundle is replaced, sessions are told to be administratively down (RFC 5880 §6.8.16), which by RFC 5882 §3.2 is no failure.
 */
@NullMarked
package tombolo.bfd.adapter;

import org.jspecify.annotations.NullMarked;
