/** Where gateway-runtime meets OSGi. */
@NullMarked
package tombolo.runtime.osgi;

import org.jspecify.annotations.NullMarked;
