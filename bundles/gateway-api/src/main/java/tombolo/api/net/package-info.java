/** Addresses, prefixes and numbers of the network: immutable values that every other package speaks in. */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.net;

import org.jspecify.annotations.NullMarked;
