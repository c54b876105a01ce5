/** The Linux kernel's interfaces as values, and the services through which other bundles use gateway-linux (the only one with native code). */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.kernel;

import org.jspecify.annotations.NullMarked;
