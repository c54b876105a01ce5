/** The declarative services component of gateway-cni. It follows the settings, the kernel, the addresses and the modes, all of which may come and go. */
@NullMarked
package tombolo.cni.osgi;

import org.jspecify.annotations.NullMarked;
