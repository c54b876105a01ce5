/** The declarative services components of azure-cni: one for each mode, and one for Azure's addresses. */
@NullMarked
package tombolo.azure.cni.osgi;

import org.jspecify.annotations.NullMarked;
