/**
 * The route engine on its Loop.
 *
 * <pre>
 * BgpSessions ──ready, from any thread──► set of sessions ─┐
 * Configuration ──settings──► mailbox ─────────────────────┼─► Loop tombolo-bgp ─► RibEngine ─► sessions, RouteFeed, NextHopTracker.watch
 * RouteSink, NextHopTracker ──drained, states──► mailbox ──┘
 * shell ──questions in slices──► mailbox
 * </pre>
 *
 * Invariant: the engine is touched by the Loop alone. The other bundles may come and go; what they said last stays in force.
 */
@NullMarked
package tombolo.bgp.adapter;

import org.jspecify.annotations.NullMarked;
