/** The declarative services component of gateway-linux. */
@NullMarked
package tombolo.linux.osgi;

import org.jspecify.annotations.NullMarked;
