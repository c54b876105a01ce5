/**
 * Addresses that Azure gives to this machine, handed on to its containers.
 *
 * <pre>
 *  gateway-cni ─ ContainerAddresses ─┬─► VnetAddresses ─► VnetPool (core), vnet.log        ◄── VnetDocument: wire server, IMDS or interfaces.json
 *                                    └─► CnsAddresses  ─► CnsMessages (core), cns.log ──► CNS
 * </pre>
 *
 * Invariants: an address of the VNET is durable with its owner before it is told, and has one owner; a request to CNS is written down before it is made, so that
 * what it may have given is given back whatever happens; no request takes longer than its limit and no answer is longer than a megabyte, whoever is at the other end.
 */
@NullMarked
package tombolo.azure.cni.adapter;

import org.jspecify.annotations.NullMarked;
