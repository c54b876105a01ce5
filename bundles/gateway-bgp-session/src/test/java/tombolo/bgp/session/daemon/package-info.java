/** Sessions with real daemons in network namespaces of the test's own. */
@NullMarked
package tombolo.bgp.session.daemon;

import org.jspecify.annotations.NullMarked;
