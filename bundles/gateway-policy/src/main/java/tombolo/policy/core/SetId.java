package tombolo.policy.core;

import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;
import tombolo.api.selector.Selector;

/** Which set of addresses: those of everything that a selector chooses, or the named port of everything that it chooses. */
public sealed interface SetId extends Comparable<SetId> {
    /** Sets of the packet filter that one of addresses becomes in one family, at most: a rule that asks for it is as many, and one that asks for none of it looks into as many. */
    int MOST_PARTS = 4;

    Selector selector();

    /** The addresses and networks. */
    record Nets(Selector selector) implements SetId {
        // What records have by themselves is slow until the JVM is warm, and a start asks thousands of these many times.

        @Override
        public boolean equals(Object other) {
            return other instanceof Nets nets && selector.equals(nets.selector);
        }

        @Override
        public int hashCode() {
            return selector.hashCode();
        }

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
        int byKind = Boolean.compare(this instanceof Ports, other instanceof Ports);
        return byKind != 0 ? byKind : text().compareTo(other.text());
    }

    /** What a set of ports holds. */
    record PortMember(IpAddress address, IpProtocol protocol, int port) implements Comparable<PortMember> {
        @Override
        public int compareTo(PortMember other) {
            int byAddress = address.compareTo(other.address);
            int byProtocol = byAddress != 0 ? byAddress : Integer.compare(protocol.number(), other.protocol.number());
            return byProtocol != 0 ? byProtocol : Integer.compare(port, other.port);
        }

        @Override
        public String toString() {
            return address + " " + protocol + " " + port;
        }
    }
}
