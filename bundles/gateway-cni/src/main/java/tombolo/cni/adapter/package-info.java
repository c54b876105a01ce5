/**
 * The CNI plugin's server and what it does to containers.
 *
 * <pre>
 *  runtime ─exec─► shim ─unix socket─► CniServer ─► Plugin ─► Attachments ─┬─► AddressSource (tombolo.api.ipam)
 *                                     one reader,                          ├─► EndpointMode ─► EndpointKernel (gateway-dataplane)
 *                                     16 workers                           └─► EndpointLog: data/cni/endpoints.log
 * </pre>
 *
 * Invariants: an ADD that fails leaves nothing, or a record by which the next start removes the rest; a container is worked on by one call at a time; stopping
 * leaves every container's network as it is.
 */
@NullMarked
package tombolo.cni.adapter;

import org.jspecify.annotations.NullMarked;
