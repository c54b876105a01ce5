/**
 * CNI as a language: requests of a container runtime read and checked, results and errors spelled in the version that was asked for, and the plan of the
 * routed mode. Pure.
 *
 * <pre>
 *  CNI_* + JSON ─► CniRequest {Add, Del, Check, Gc, Status, Version, Refused}
 *                      └ NetworkConfiguration: ours, calico, azure-vnet, portmap, a foreign chain's with prevResult (CniResult)
 *  AddressSource.Outcome + EndpointMode ─► EndpointPlan ─► CniResult ─► JSON of 0.1.0 … 1.1.0
 * </pre>
 *
 * Invariants: what is not known in a configuration or a previous result is kept and never an error; a version that is not known is error 1; every other
 * mistake has the specification's code. Known gap: of portmap's conditions, which are words of iptables, those of addresses
 * (-s, -d) are taken and all others refused.
 *
 * <p>Sources: the CNI specification 0.1.0 to 1.1.0 and its conventions; the configurations of calico, calico-ipam, azure-vnet, azure-vnet-ipam as their
 * distributors ship them.
 */
@NullMarked
package tombolo.cni.core;

import org.jspecify.annotations.NullMarked;
