/** The declarative services components of azure-cni: one for each mode. */
@NullMarked
package tombolo.azure.cni.osgi;

import org.jspecify.annotations.NullMarked;
