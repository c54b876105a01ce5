/**
 * Tagged interfaces that others want: how the kernel's differ from that, and the messages that put it right. Pure.
 *
 * <pre>
 *  interface of that name   not there ───────────────────► CREATE, then look again
 *                           without its owner's mark ────► FOREIGN: never touched
 *                           of another kind, tag, parent ► REPLACE
 *                           otherwise ───────────────────► steps: MTU, state, addresses
 * </pre>
 *
 * <h2>Invariants</h2>
 * <ol>
 * <li>An interface is known as an owner's by its alias ({@code tombolo OWNER}), which is set in the datagram that makes it: no crash leaves an unmarked one.
 * <li>What bears a mark is the owner's whole: an address that is there and not wanted goes. Link-local addresses are the kernel's.
 * <li>The interface that carries another's is never changed here, unless it is one of the wanted ones itself.
 * <li>The request that makes an interface is, byte for byte, the one that iproute2 sends for the same command.
 * </ol>
 *
 * <p>Sources: linux/if_link.h, linux/if_vlan.h; IEEE 802.1Q, 802.1ad; RFC 7348.
 */
@NullMarked
package tombolo.dataplane.core.subinterface;

import org.jspecify.annotations.NullMarked;
