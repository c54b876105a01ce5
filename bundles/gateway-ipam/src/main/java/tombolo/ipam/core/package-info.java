/**
 * Address management as a function of what is stored and what is asked: blocks, handles, affinities, the choice of pools and blocks, one transaction in the
 * making, and who leaked. Knows no store, no clock and no thread.
 *
 * <pre>
 *   stored JSON ─ BlockJson, Handle, Affinity ─► BlockTable (known) ─┐
 *   resources ─► Cluster (pools, reservations, nodes) ───────────────┼─► Assigner, Releaser ─► Working: conditions and writes of one transaction
 *   wishes (tombolo.api.ipam) ───────────────────────────────────────┘
 *   stored JSON ─ check.StoredState (no code in common) ─► what is wrong
 * </pre>
 *
 * <p>The stored format is Calico's, byte for byte in meaning: another version of Calico and we may write the same blocks in turn, and what one does not know the
 * other does not lose.
 *
 * <p>Invariants: an address is in {@code allocations} or in {@code unallocated}, never in both, never in neither, never twice; a handle's count for a block is
 * the number of the block's addresses under that handle; both change in the same transaction.
 *
 * <p>Source: projectcalico/calico, libcalico-go/lib/ipam and lib/backend/model, v3.32.
 */
@NullMarked
package tombolo.ipam.core;

import org.jspecify.annotations.NullMarked;
