/** Where gateway-config meets OSGi. */
@NullMarked
package tombolo.config.osgi;

import org.jspecify.annotations.NullMarked;
