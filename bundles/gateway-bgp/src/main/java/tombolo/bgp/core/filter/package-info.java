/**
 * Route filters, compiled.
 *
 * <pre>
 * FilterSettings ──FilterCompiler──► CompiledFilter: stages ─► rules ─► conditions, changes, action
 *                                       prefix + attribute set ──► the set as changed, with a reference, or REJECTED
 *                                                             └──► FilterTrace: which rule decided, and why the others did not
 * </pre>
 *
 * A rule matches when each of its conditions holds; within a condition one value is enough. A matching rule makes its changes, which later rules see, and
 * accepts, rejects or goes on ({@code next}). Behind the last rule the filter's default decides. In a chain, what one filter accepts goes to the next,
 * and a rejection ends it; an empty chain accepts. That eBGP without a filter exchanges no routes (RFC 8212) is decided by who calls.
 *
 * <p>What costs time is remembered for each attribute set: the verdict of an AS-path expression, of a list of communities, the set that a rule's changes
 * make, and the whole chain's verdict where no condition looks at the prefix. Prefix sets are hash tables by base length
 * ({@link tombolo.bgp.core.filter.PrefixSet}); AS-path expressions run on a set of states in linear time
 * ({@link tombolo.bgp.core.filter.AsPathExpression}), since the text they read is the peer's.
 *
 * <p>Fails closed: a change that cannot be made (our own next hop where we have no address of the family, a set that outgrows every message) rejects the
 * route, and the trace says so. Owned by the Loop that owns the {@link tombolo.bgp.core.wire.AttributeTable}.
 */
@NullMarked
package tombolo.bgp.core.filter;

import org.jspecify.annotations.NullMarked;
