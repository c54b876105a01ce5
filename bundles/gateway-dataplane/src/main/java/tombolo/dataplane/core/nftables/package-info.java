/**
 * Our nftables table: what is wanted, what the kernel has, and the messages from the one to the other. Pure.
 *
 * <pre>
 *  Change of an owner ─► DesiredTable ─► Steps ─► Messages (Expressions, Shapes) ─► one datagram
 *                            ▲
 *  dumps ─► KernelTable ─────┘  chains and rules by a hash in the rule's userdata, sets by their shape and elements
 * </pre>
 *
 * Invariants: only the table {@code inet tombolo} is ever named; an object whose name belongs to an owner that has not spoken stays; an object of nobody's name
 * goes; the order of a transaction's steps is that of {@link tombolo.dataplane.core.nftables.Steps}. A rule's hash is of what we send, not of what the kernel
 * shows, so that no knowledge of how a kernel spells a rule is needed; a rule can only be replaced with its userdata, so a foreign hand's has another or none.
 *
 * <p>Sources: linux/netfilter/nf_tables.h and nfnetlink.h; what nft(8) sends and reads back for userdata and types. Of a chain whose rules
 * change, those before the first and behind the last changed one stay, with their counters. Known gaps: those between the two begin to count anew; a changed
 * comment of a chain or set is not written.
 */
@NullMarked
package tombolo.dataplane.core.nftables;

import org.jspecify.annotations.NullMarked;
