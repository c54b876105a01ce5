package tombolo.api.kernel;

import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;

/**
 * A connection that the kernel tracks, as its first packet was.
 *
 * @param sourcePort      0 where the protocol has none
 * @param destination     where it goes, behind a translation
 * @param destinationPort likewise
 * @param told            the destination that its sender named
 * @param toldPort        likewise
 * @param icmpType        -1 where it is not ICMP
 * @param icmpCode        likewise
 * @param icmpId          likewise
 * @param zone            of connection tracking; 0 unless rules say otherwise
 * @param id              the kernel's, so that another connection of the same addresses is told from it
 */
public record Connection(IpProtocol protocol, IpAddress source, int sourcePort, IpAddress destination, int destinationPort, IpAddress told, int toldPort, int icmpType, int icmpCode,
                         int icmpId, int zone, int id) { }
