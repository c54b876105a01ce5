/**
 * {@code gateway bench policy}: how long a change of policy takes until the kernel has it, what a packet pays, and what it all holds in memory; beside Debian's nft
 * program, which is given the same table and the same changes in a namespace of its own.
 *
 * <pre>
 *  Main ─┬─► Worker, a process with the node's own flags: PolicyNode and the writer of nftables over resources that are handed to it as the datastore's are
 *        ├─► Packets: senders and receivers around three gateways, in turn
 *        └─► the benchmark of containers with policy = required
 * </pre>
 */
@NullMarked
package tombolo.bench.policy;

import org.jspecify.annotations.NullMarked;
