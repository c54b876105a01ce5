/**
 * The routing tables of BGP: Adj-RIB-In, the decision, Loc-RIB and Adj-RIB-Out, for IPv4 and IPv6 unicast, as primitive columns owned by one Loop.
 *
 * <pre>
 * BgpSession.poll ─► PeerIntake ─► UpdateDecoder ─► UpdateIntake ─► FamilyRib.announce / withdraw
 *                        │ up, down, refresh              prefix → id (PrefixTable), paths in chains (PathTable), ImportPolicy
 *                        ▼                                         │
 *                   PeerLifecycle: epochs, stale marks             ▼
 *                                                             BestPath (numbered steps)
 *                                                  ┌───────────────┴───────────────┐
 *                               want: NextHopSets, feedDirty             UpdateGroup.dirty (one bit a prefix)
 *                                                  ▼                                ▼
 *                                  KernelFeed ─► RouteFeed        ExportPolicy ─► ChunkWriter ─► ring ─► GroupMember ─► BgpSession.offer
 * </pre>
 *
 * Inputs: session inputs, settings, next-hop states, the time. Outputs: offers to sessions and to the kernel feed, log lines, answers to questions.
 *
 * <p>Invariants. What is computed depends on the inputs held now, not on the order in which they came (except where "oldest path" is configured). Everything
 * that waits is a set of prefix ids (a bitmap), so that no queue grows with the number of changes: a reader that falls behind is told the state, not the
 * history. Every number of an attribute set that is stored holds a reference. No object exists per prefix or path.
 *
 * <p>RFCs: 4271 §9 (decision, with RFC 4456 §9 tie breakers), 4456 (route reflection), 7705 (local-as), 4724 (as helper, and as
 * restarting speaker: route selection and End-of-RIB wait for the End-of-RIB of the others), 7313, 2918, 8212, 8326, 1997, 4486 (Cease/1).
 *
 * <p>Known gaps: no confederations, no add-path, no LLGR.
 */
@NullMarked
package tombolo.bgp.core.rib;

import org.jspecify.annotations.NullMarked;
