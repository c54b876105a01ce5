/**
 * {@code gateway bench cni}: containers added and removed by executing the plugin, the node's beside Debian's reference plugins, each on a host namespace of its
 * own. A small C program does the executing, so that the JVM's way of starting processes is not measured.
 */
@NullMarked
package tombolo.bench.cni;

import org.jspecify.annotations.NullMarked;
