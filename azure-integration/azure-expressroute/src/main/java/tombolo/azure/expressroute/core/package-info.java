/**
 * ExpressRoute circuits as functions of what is wanted, what Azure says and what this node sees: no clock, no I/O.
 *
 * <pre>
 * etc/tombolo.expressroute.circuit-*.cfg ─► CircuitSettings ──┐
 * ARM's JSON ─► ArmCircuits ─► CircuitSnapshot ───────────────┼─► CircuitReconciler ─► CircuitPlan {steps, refusals, waits} ─► ArmBodies ─► requests
 * what was applied here ─► NodeSide ───────────────────────────┼─► NodeWish ─► NodePlanner ─► steps on this node, in the same plan
 * BGP, BFD, links ─► NodeView ─────────────────────────────────┼─► Doctor ─► findings
 * prefixes to advertise ──────────────────────────────────────┴─► PrefixBudget ─► what fewer prefixes would do, for the doctor; the limit itself is gateway-bgp's to keep
 * </pre>
 *
 * <p>Invariants: a plan depends on its inputs alone and not on their order; a step that costs money or cuts traffic says so, and is done with consent only; what
 * Azure would refuse is refused here, before the call and with what to do. What Azure says is kept as it was said: a word that nobody here knows is shown and
 * compared, and never dropped on the way back. What a circuit has on this node follows from its file and what was applied: Azure alone never takes any of it away.
 *
 * <p>Known gaps: ExpressRoute Direct, Global Reach and FastPath are shown and not managed; a changed MD5 key is not seen, because ARM does not tell it.
 */
@NullMarked
package tombolo.azure.expressroute.core;

import org.jspecify.annotations.NullMarked;
