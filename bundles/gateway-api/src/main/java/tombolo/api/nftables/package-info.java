/**
 * Packet rules as values, and the one service that puts them into the kernel.
 *
 * <pre>
 *  owner (port mappings, masquerading, policy) ── Change: its own chains and sets ──► Nftables, one Loop ──► one transaction ──► table inet tombolo
 *                                                                                        ▲ compares, repairs, adopts
 * </pre>
 *
 * An owner says what is to be there, as a whole at first and then by differences; it never reads the kernel and knows no message of netlink. Names of an owner's
 * chains and sets begin with its prefix, so that whose an object is can be told from the kernel alone, also while its owner is not running. Invariants: one table,
 * one writer; a change is in force whole or not at all; what an owner has not spoken of since the writer started stays as it is.
 *
 * <p>{@link tombolo.api.nftables.PacketLog} is the way back: what rules log.
 *
 * <p>The words are those of nft(8), which shows the table readably ({@code nft list table inet tombolo}).
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.nftables;

import org.jspecify.annotations.NullMarked;
