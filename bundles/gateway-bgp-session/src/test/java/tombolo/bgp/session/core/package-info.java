/** Tests of the pure part. */
@NullMarked
package tombolo.bgp.session.core;

import org.jspecify.annotations.NullMarked;
