@NullMarked
package tombolo.bgp.core.wire;

import org.jspecify.annotations.NullMarked;
