/**
 * Containers' interfaces: who they are, what must be in the kernel for each, and the services that put it there and tell of it.
 *
 * <pre>
 *  container runtime ─► gateway-cni: request ─► EndpointPlan (pure) ─► EndpointKernel (gateway-dataplane) ─► rtnetlink, both namespaces
 *                            ├─► EndpointPolicy (the policy engine): are its rules in force?
 *                            └─► Endpoints: what there is, and what of it differs in the kernel
 * </pre>
 *
 * <p>Source: the CNI specification 1.1.0.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.endpoint;

import org.jspecify.annotations.NullMarked;
