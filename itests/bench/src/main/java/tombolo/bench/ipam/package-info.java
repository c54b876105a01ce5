/**
 * {@code gateway bench ipam}: what an address costs, beside what the store itself costs in the same run on the same disk; and what becomes of addresses when
 * processes are killed, paused, and stores restarted.
 */
@NullMarked
package tombolo.bench.ipam;

import org.jspecify.annotations.NullMarked;
