/** The component of azure-arm. */
@NullMarked
package tombolo.azure.arm.osgi;

import org.jspecify.annotations.NullMarked;
