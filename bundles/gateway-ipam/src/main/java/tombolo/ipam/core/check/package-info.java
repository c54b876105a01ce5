/**
 * A second opinion on what is stored: reads blocks, affinities and handles by itself and says what contradicts what. Shares no code with the allocator, so that
 * an error there is not an error here.
 */
@NullMarked
package tombolo.ipam.core.check;

import org.jspecify.annotations.NullMarked;
