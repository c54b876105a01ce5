/** The DS component of the route engine: immediate, all references dynamic and optional, so that no other bundle's coming and going restarts it. */
@NullMarked
package tombolo.bgp.osgi;

import org.jspecify.annotations.NullMarked;
