/** The declarative services component of azure-expressroute. */
@NullMarked
package tombolo.azure.expressroute.osgi;

import org.jspecify.annotations.NullMarked;
