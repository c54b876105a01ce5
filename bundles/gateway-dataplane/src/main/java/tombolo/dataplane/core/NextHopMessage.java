package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.net.IpAddress;

/**
 * A nexthop object, as the kernel tells it or is told (RTM_NEWNEXTHOP; linux/nexthop.h).
 *
 * <pre>
 *  nhmsg          0       1       2          3        4     8
 *                 |family |scope  |protocol  |reserved|flags| attributes      family 0 for a group
 *  nexthop_grp    0       4          5              6        8
 *                 |id     |weight - 1|weight - 1 &gt;&gt; 8|reserved|               one for each member, in NHA_GROUP
 * </pre>
 *
 * @param gateway empty for a group, and for one that is an interface only or drops packets
 * @param group   the ids of the members, empty for a single next hop
 * @param plain   nothing beyond what we write: hash-threshold group of weights 1, no encapsulation
 */
public record NextHopMessage(int id, int protocol, Optional<IpAddress> gateway, int interfaceIndex, List<Integer> group, boolean plain) {
    public NextHopMessage {
        group = List.copyOf(group);
    }

    /** Reads the reader's current message; empty where it is none. */
    public static Optional<NextHopMessage> parse(MessageReader reader) {
        if (reader.payloadLength() < 8) {
            return Optional.empty();
        }
        int protocol = reader.u8(reader.payload() + 2);
        int id = 0;
        Optional<IpAddress> gateway = Optional.empty();
        int interfaceIndex = 0;
        List<Integer> group = new ArrayList<>();
        boolean plain = true;
        reader.attributes(8);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case Rtnetlink.NHA_ID -> id = reader.attribute32();
                case Rtnetlink.NHA_OIF -> interfaceIndex = reader.attribute32();
                case Rtnetlink.NHA_GATEWAY -> {
                    if (reader.attributeLength() >= 4) {
                        gateway = Optional.of(reader.attributeAddress());
                    }
                }
                case Rtnetlink.NHA_GROUP -> {
                    for (int at = reader.attributeStart(); at + 8 <= reader.attributeEnd(); at += 8) {
                        group.add(reader.u32(at));
                        plain &= reader.u16(at + 4) == 0;
                    }
                }
                case Rtnetlink.NHA_GROUP_TYPE -> plain &= reader.attributeLength() >= 2 && reader.u16(reader.attributeStart()) == 0;
                case Rtnetlink.NHA_BLACKHOLE, Rtnetlink.NHA_ENCAP_TYPE, Rtnetlink.NHA_FDB, Rtnetlink.NHA_RES_GROUP -> plain = false;
                default -> { } // counters and the like
            }
        }
        return id == 0 ? Optional.empty() : Optional.of(new NextHopMessage(id, protocol, gateway, interfaceIndex, group, plain));
    }

    /** Appends NEWNEXTHOP of a single next hop that must not exist yet. */
    static void addSingle(MessageWriter writer, int sequence, int id, IpAddress gateway, int interfaceIndex) {
        boolean v6 = !gateway.isIpv4();
        writer.begin(Rtnetlink.RTM_NEWNEXTHOP, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence);
        header(writer, v6 ? Rtnetlink.AF_INET6 : Rtnetlink.AF_INET, Rtnetlink.PROTOCOL);
        writer.attribute32(Rtnetlink.NHA_ID, id);
        writer.attribute32(Rtnetlink.NHA_OIF, interfaceIndex);
        writer.attributeAddress(Rtnetlink.NHA_GATEWAY, v6, gateway.hi(), gateway.lo());
        writer.end();
    }

    /** Appends NEWNEXTHOP of a group; replacing moves every route that goes through it, in one step. */
    static void putGroup(MessageWriter writer, int sequence, int id, List<Integer> members, boolean replace) {
        writer.begin(Rtnetlink.RTM_NEWNEXTHOP, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | (replace ? Rtnetlink.NLM_F_REPLACE : Rtnetlink.NLM_F_EXCL), sequence);
        header(writer, 0, Rtnetlink.PROTOCOL);
        writer.attribute32(Rtnetlink.NHA_ID, id);
        int mark = writer.open(Rtnetlink.NHA_GROUP);
        for (int member : members) {
            writer.u32(member);
            writer.u32(0); // weight 1
        }
        writer.close(mark);
        writer.end();
    }

    /** Appends DELNEXTHOP; the kernel takes routes through it along. */
    static void delete(MessageWriter writer, int sequence, int id) {
        writer.begin(Rtnetlink.RTM_DELNEXTHOP, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, 0, 0); // the kernel wants zeros
        writer.attribute32(Rtnetlink.NHA_ID, id);
        writer.end();
    }

    /** A dump of all nexthop objects: the kernel filters by interface, not by protocol. */
    public static void dump(MessageWriter writer, int sequence) {
        writer.begin(Rtnetlink.RTM_GETNEXTHOP, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        header(writer, 0, 0);
        writer.end();
    }

    private static void header(MessageWriter writer, int family, int protocol) {
        writer.u8(family);
        writer.u8(0);
        writer.u8(protocol);
        writer.u8(0);
        writer.u32(0);
    }
}
