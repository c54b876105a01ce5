/**
 * Says what becomes of a packet by reading the resources anew for each question, in the plainest way: no index, no set, no compiled form, and no code of
 * {@code tombolo.policy.core}. What the compiler makes is held against it, in simulations and, with real packets, in namespaces.
 */
@NullMarked
package tombolo.policy.oracle;

import org.jspecify.annotations.NullMarked;
