/** Where the BFD bundle meets OSGi. */
@NullMarked
package tombolo.bfd.osgi;

import org.jspecify.annotations.NullMarked;
