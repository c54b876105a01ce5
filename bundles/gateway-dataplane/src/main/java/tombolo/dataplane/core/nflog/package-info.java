/**
 * Words of NFLOG: requests to listen to a group, and what a logged packet says.
 *
 * <pre>
 *  rule: log group G prefix P snaplen N ──► nfnetlink_log: a datagram of up to 32 packets ──► LogMessages, PacketHead ──► LoggedPacket
 * </pre>
 *
 * Pure; sources: linux/netfilter/nfnetlink_log.h, RFC 791, RFC 8200 §4. Every packet is somebody else's: its lengths are checked before they are followed.
 */
@NullMarked
package tombolo.dataplane.core.nflog;

import org.jspecify.annotations.NullMarked;
