package tombolo.policy.core;

import java.util.Comparator;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;
import tombolo.api.selector.Selector;

/** Which set of addresses: those of everything that a selector chooses, or the named port of everything that it chooses. */
public sealed interface SetId extends Comparable<SetId> {
    Selector selector();

    /** The addresses and networks. */
    record Nets(Selector selector) implements SetId {
        @Override
        public String text() {
            return selector.canonical();
        }
    }

    /** The addresses with the number that a port of this name has there. */
    record Ports(Selector selector, IpProtocol protocol, String name) implements SetId {
        @Override
        public String text() {
            return name + "/" + protocol + " of " + selector.canonical();
        }
    }

    /** Which it is, in words; one for each. */
    String text();

    @Override
    default int compareTo(SetId other) {
        return Comparator.<SetId, Boolean>comparing(id -> id instanceof Ports).thenComparing(SetId::text).compare(this, other);
    }

    /** What a set of ports holds. */
    record PortMember(IpAddress address, IpProtocol protocol, int port) implements Comparable<PortMember> {
        @Override
        public int compareTo(PortMember other) {
            return Comparator.comparing(PortMember::address).thenComparing(member -> member.protocol.number()).thenComparing(PortMember::port).compare(this, other);
        }

        @Override
        public String toString() {
            return address + " " + protocol + " " + port;
        }
    }
}
