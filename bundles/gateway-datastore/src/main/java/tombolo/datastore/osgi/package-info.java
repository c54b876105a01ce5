/** The DS component of the embedded datastore. */
@NullMarked
package tombolo.datastore.osgi;

import org.jspecify.annotations.NullMarked;
