/**
 * Azure Resource Manager (ARM) as the node's parts see it: requests by path, answers as JSON, operations that take time as records that can be stored.
 *
 * <pre>
 *  azure-expressroute ──► Arm (azure-arm) ── HTTPS ──► management.azure.com, a sovereign cloud, or the lab's simulator
 * </pre>
 *
 * <p>Tokens, throttling, retries and paging are azure-arm's affair. Whoever starts an operation stores it before anything else, and polls it by its own
 * record after a restart: it is never issued twice. {@link AzureAccess} says how the node stands with each subscription.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.azure;

import org.jspecify.annotations.NullMarked;
