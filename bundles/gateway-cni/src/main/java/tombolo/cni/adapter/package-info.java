/**
 * The CNI plugin's server and what it does to containers.
 *
 * <pre>
 *  runtime ─exec─► shim ─unix socket─► CniServer ─► Plugin ─► Attachments ─┬─► Addressing ─┬► AddressSource (tombolo.api.ipam)
 *                                     one reader,                          │               └► ForeignIpam: another plugin, executed
 *                                     16 workers                           ├─► EndpointMode ─► EndpointKernel (gateway-dataplane)
 *                                                                          ├─► EndpointPolicy, where it is required
 *                                                                          ├─► EndpointLog: data/cni/endpoints.log
 *                                                                          └─► Publisher ─► Workloads (tombolo.api.resource), behind the answer
 * </pre>
 *
 * Invariants: an ADD that fails leaves nothing, or a record by which the next start removes the rest; a container is worked on by one call at a time; stopping
 * leaves every container's network as it is; only the addresses are waited for until they are on the disk.
 * What a loss of power takes of the record's last lines, addresses and WorkloadEndpoints are left of: those are found by gateway-ipam, these deleted at the start.
 */
@NullMarked
package tombolo.cni.adapter;

import org.jspecify.annotations.NullMarked;
