/**
 * The edges of ExpressRoute: what Azure says is read through {@link tombolo.api.azure.Arm}, what is done is written into the datastore before it is asked for, and
 * secrets are read where they are sent.
 *
 * <pre>
 * command ─► ExpressRouteNode ─► CircuitReader ─► Arm ─► CircuitSnapshot ─► CircuitReconciler ─► steps
 *                 └─► CircuitHold (one gateway, by a lease) ─► Operations: 1 the intent stored  2 ARM asked  3 the operation's URL stored  4 polled  5 forgotten
 *                  └─► NodeSides: kept in a file, then Subinterfaces and Contributions
 * Patrol ─► CircuitWatch (when, how much) ─► the same, under the circuit's hold, without a command
 * NetworkWatch ─► SpaceReader, without a hold ─► VnetSpaces: which address space the virtual networks have that circuits lead to
 * start ─► Operations.resume: 3 and later go on by their URL; where only 1 is there, what ARM shows tells what became of it: nothing is asked for again
 * </pre>
 */
@NullMarked
package tombolo.azure.expressroute.adapter;

import org.jspecify.annotations.NullMarked;
