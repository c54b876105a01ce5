/** Benchmarks of package-private parts of gateway-bgp; see {@code tombolo.bench.jmh}. */
@NullMarked
package tombolo.bgp.core.rib;

import org.jspecify.annotations.NullMarked;
