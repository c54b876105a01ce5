/** See the essay in tombolo.dataplane.core. */
@NullMarked
package tombolo.dataplane.adapter;

import org.jspecify.annotations.NullMarked;
