package tombolo.api.nftables;

import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;

/**
 * A packet that a rule with {@link Statement.LogTo} met, as far as its first bytes tell.
 *
 * @param timeMillis      when it was heard of, since 1970
 * @param prefix          of the statement
 * @param inputInterface  by which it came; "" where it is this host's own, or the interface is gone
 * @param outputInterface by which it would leave; "" likewise
 * @param sourcePort      0 where the protocol has none, or the packet is a later fragment
 * @param destinationPort likewise
 * @param icmpType        -1 where it is not ICMP
 * @param icmpCode        likewise
 * @param bytes           of the whole packet
 */
public record LoggedPacket(long timeMillis, String prefix, String inputInterface, String outputInterface, IpAddress source, IpAddress destination, IpProtocol protocol, int sourcePort,
                           int destinationPort, int icmpType, int icmpCode, int bytes) { }
