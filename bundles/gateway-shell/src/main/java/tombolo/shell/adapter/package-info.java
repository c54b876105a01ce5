/**
 * What commands do that takes time or touches the system: the drain and the archive for a bug report.
 *
 * <p>Drain takes the traffic away before the node goes: announce that we go (RFC 8326), wait until others have moved, end the sessions, remove our
 * routes from the kernel. The archive holds no secret: configuration is copied line by line with suspicious values taken out ({@link Redaction}).
 */
@NullMarked
package tombolo.shell.adapter;

import org.jspecify.annotations.NullMarked;
