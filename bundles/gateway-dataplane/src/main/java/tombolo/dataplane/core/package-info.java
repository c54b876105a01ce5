/** See the essay in tombolo.dataplane.core. */
@NullMarked
package tombolo.dataplane.core;

import org.jspecify.annotations.NullMarked;
