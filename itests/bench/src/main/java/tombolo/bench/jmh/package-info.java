/**
 * Single steps under JMH, {@code ./gateway bench jmh [pattern] [JMH options]}: decoding, encoding, attribute interning; best path is in
 * {@code tombolo.bgp.core.rib}, the package of what it measures, since bundles export nothing.
 */
@NullMarked
package tombolo.bench.jmh;

import org.jspecify.annotations.NullMarked;
