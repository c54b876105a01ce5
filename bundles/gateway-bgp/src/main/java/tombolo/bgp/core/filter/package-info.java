@NullMarked
package tombolo.bgp.core.filter;

import org.jspecify.annotations.NullMarked;
