/** See the essay in tombolo.dataplane.core. */
@NullMarked
package tombolo.dataplane.osgi;

import org.jspecify.annotations.NullMarked;
