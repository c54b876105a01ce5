/**
 * Policy without kernel, clock and store: resources in, the compiled policy of this node's endpoints out, and after each change only what differs.
 *
 * <pre>
 *  NetworkPolicy, GlobalNetworkPolicy, staged kinds ── Scopes: whom it selects ──► MatchIndex: local endpoints ──┐
 *        │ rules                                                                                                 ├──► PolicyEngine ──► Model, Delta
 *        └─ RuleCompiler: selectors become SetIds ──► ActiveSets: members, by MatchIndex over everything ────────┤
 *  Tier, Profile ────────────────────────────────────────────────────────────────────────────────────────────────┘
 *                                                        Verdicts: what becomes of a packet, step by step, over the Model
 * </pre>
 *
 * <p>Semantics of projectcalico/calico v3.32: tiers by order, then name, a tier that does not exist behind all others and with Deny at its end; policies by order,
 * then {@code name/namespace/kind}; the first rule that matches decides; a tier counts in a direction where a policy of it applies in that direction; behind the tiers
 * the profiles; behind them nothing passes.
 *
 * <p>Invariants: what comes out depends on the resources that are there and not on the order in which they came (the simulation tests permute it), but for one thing:
 * of a resource that cannot be compiled the last version that could is in force. Where there was none, its rules fail closed: one that allows is left out, one that
 * denies or passes denies everything. Sets hold disjoint prefixes.
 *
 * <p>Labels: an endpoint inherits those of its profiles, of the profile {@code kns.} of its namespace and {@code ksa.} of its service account, whether it lists them or
 * not; a NetworkSet those of its namespace. Its own win. Things that say the same share one object ({@code KnownTraits}), by which an index knows at a glance what it has found for them: a start
 * looks at a few thousand of 100,000.
 *
 * <p>DEVIATION: a profile that a workload endpoint names and that does not exist allows everything where it is one that Calico's own programs would have made before the
 * endpoint: that of its namespace, or that of its network. Nobody makes those here, and a container without any policy is to have its traffic. Other profiles
 * that do not exist allow nothing, as in Calico.
 *
 * <p>Refused with a message: {@code http} in a rule (there is no proxy), {@code services} in a rule (there is no source of services).
 *
 * <p>{@code Log} is carried in the model; the kernel logs, and {@link tombolo.policy.core.FlowLog} remembers by flow what it logged.
 */
@NullMarked
package tombolo.policy.core;

import org.jspecify.annotations.NullMarked;
