/** A packet that is sent to see what becomes of it: its bytes, and what the kernel tells of its way. Pure; sources: linux/netfilter/nf_tables.h, RFC 791, RFC 8200. */
@NullMarked
package tombolo.dataplane.core.probe;

import org.jspecify.annotations.NullMarked;
