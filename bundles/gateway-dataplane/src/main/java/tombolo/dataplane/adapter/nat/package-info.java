/** {@link tombolo.dataplane.adapter.nat.KernelNat}: who asks for translations and the pools on one side, the one writer of nftables on the other. */
@NullMarked
package tombolo.dataplane.adapter.nat;

import org.jspecify.annotations.NullMarked;
