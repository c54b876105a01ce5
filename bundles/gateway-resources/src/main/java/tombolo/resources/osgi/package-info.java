/** Where gateway-resources meets OSGi. */
@NullMarked
package tombolo.resources.osgi;

import org.jspecify.annotations.NullMarked;
