/** Where the session bundle meets OSGi. */
@NullMarked
package tombolo.bgp.session.osgi;

import org.jspecify.annotations.NullMarked;
