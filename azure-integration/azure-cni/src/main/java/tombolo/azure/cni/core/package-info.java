/**
 * Containers as the Azure CNI connects them. Pure: a wish in, a plan out.
 *
 * <p>Source: Azure/azure-container-networking, {@code network/transparent_endpointclient_linux.go} and {@code network/networkutils}, 2026-08. Known gaps: bridge
 * mode; addresses of the VNET (wire server, IMDS, interfaces.json, CNS): addresses come from Tombolo's own IPAM; the export of endpoint state.
 */
@NullMarked
package tombolo.azure.cni.core;

import org.jspecify.annotations.NullMarked;
