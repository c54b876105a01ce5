package tombolo.api.nftables;

import java.time.Duration;
import java.util.List;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;

/**
 * Sends a packet out of a container and tells what the packet filter did with it: a service of gateway-dataplane. The packet ends behind all rules, before anybody receives it. Any thread but
 * a Loop's; one probe at a time.
 */
public interface PacketProbe {
    /** @param limit how long it may take in all, 100 ms to 30 s */
    Outcome send(Probe probe, Duration limit);

    /**
     * @param netns         path of the container's namespace
     * @param interfaceName the host's end of its interface
     * @param sourcePort    0 where the protocol has none
     * @param icmpType      -1 where it is not ICMP
     */
    record Probe(String netns, String interfaceName, IpAddress source, IpAddress destination, IpProtocol protocol, int sourcePort, int destinationPort, int icmpType, int icmpCode) { }

    /** What became of it. */
    sealed interface Outcome {
        /**
         * @param passed whether it went through all rules
         * @param path   rules that it met and that decided or led on, in order; the one that dropped it is the last
         */
        record Seen(boolean passed, List<Hop> path) implements Outcome {
            public Seen {
                path = List.copyOf(path);
            }
        }

        /** Nothing can be said. @param reason in words @param path as far as it was seen */
        record Unknown(String reason, List<Hop> path) implements Outcome {
            public Unknown {
                path = List.copyOf(path);
            }
        }
    }

    /**
     * @param table   such as {@code inet tombolo}
     * @param rule    its comment, where it is ours and has one; "" else, and for what a chain does at its end
     * @param verdict accept, drop, continue, return, {@code jump CHAIN}, {@code goto CHAIN}
     */
    record Hop(String table, String chain, String rule, String verdict) { }
}
