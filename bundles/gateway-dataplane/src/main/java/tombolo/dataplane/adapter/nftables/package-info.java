/**
 * The one writer of our nftables table: {@link tombolo.dataplane.adapter.nftables.NftablesWriter}, a Loop with two netlink sockets (one asks and changes, one hears
 * what others change).
 *
 * <p>Invariants: a transaction names the generation for which it was made, so that it never goes on top of what nobody has looked at; nothing is written before the
 * table was read; where the kernel refuses, all that was in force stays in force and whoever asked is told. Known gap: a transaction is at most 64 MiB.
 */
@NullMarked
package tombolo.dataplane.adapter.nftables;

import org.jspecify.annotations.NullMarked;
