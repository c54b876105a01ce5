/** The component of gateway-fabric. */
@NullMarked
package tombolo.fabric.osgi;

import org.jspecify.annotations.NullMarked;
