/**
 * Network policy as people ask about it: what applies to an endpoint and why, what becomes of a packet, which pairs may talk, what a change would do.
 *
 * <pre>
 *  policies, tiers, sets, endpoints ──► gateway-policy: the compiled model of this node ──► kernel
 *                                              └─► Policies: questions and answers, from the same model
 * </pre>
 *
 * <p>Source: the semantics of projectcalico/calico v3.32.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.policy;

import org.jspecify.annotations.NullMarked;
