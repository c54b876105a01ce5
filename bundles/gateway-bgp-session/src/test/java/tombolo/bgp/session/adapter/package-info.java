/** Sessions with a hand-made peer over loopback addresses. */
@NullMarked
package tombolo.bgp.session.adapter;

import org.jspecify.annotations.NullMarked;
