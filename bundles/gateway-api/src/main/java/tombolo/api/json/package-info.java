/**
 * JSON as a value: what resources, commands and foreign interfaces exchange. A core may hold and change it; reading and writing the text is the work of
 * {@code tombolo.runtime.json}. A tree is kept whole, with what nobody here knows, so that a read-modify-write loses nothing of another program's.
 *
 * <p>Source: RFC 8259.
 */
@NullMarked
@org.osgi.annotation.versioning.Version("0.1.0")
package tombolo.api.json;

import org.jspecify.annotations.NullMarked;
