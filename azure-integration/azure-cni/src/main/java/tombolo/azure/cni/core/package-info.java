/**
 * Containers as the Azure CNI connects them, and addresses as Azure gives them. Pure: documents, wishes and answers in, plans, choices and requests out.
 *
 * <pre>
 *  wire server, IMDS, interfaces.json ─► VnetInterfaces ─► VnetPool: which container has which secondary address
 *  CNS ◄─► CnsMessages                                       TransparentMode, BridgeMode: what is in the kernel           EndpointState: azure-vnet.json
 *  vnet-prefixes of etc/tombolo.azure.cni.cfg and of the circuits' files, VnetSpaces of azure-expressroute ─► VnetSpace: what pools keep out of
 * </pre>
 *
 * <p>Source: Azure/azure-container-networking, {@code network/*_endpointclient_linux.go}, {@code network/networkutils}, {@code ipam/azure.go}, {@code cns}, 2026-08.
 * Known gaps: the tunnel modes inside a VNET; multi-tenancy; interfaces that are handed to a container whole (CNS's NICType); what Azure
 * alone tells of VNETs' address space is known from its first answer behind a start of azure-expressroute. DEVIATION: what azure-cns adds to a host with another subnet for its containers is the translation
 * towards DNS and the instance metadata ({@link tombolo.azure.cni.core.HostAccess}) and not the route to that subnet, where the machine's default route leads
 * already; {@code ipsToRouteViaHost} is accepted and, as by the Azure CNI itself, means nothing in transparent mode: there all of a container's packets go by the
 * host anyway, and so they do in bridge mode here, towards everything outside of the subnet.
 */
@NullMarked
package tombolo.azure.cni.core;

import org.jspecify.annotations.NullMarked;
