package tombolo.api.resource;

import java.util.Map;

/**
 * A protocol of IP, which documents spell by name or number.
 *
 * @param number 1–255
 */
public record IpProtocol(int number) {
    public static final IpProtocol TCP = new IpProtocol(6);
    public static final IpProtocol UDP = new IpProtocol(17);
    public static final IpProtocol ICMP = new IpProtocol(1);
    public static final IpProtocol ICMPV6 = new IpProtocol(58);
    public static final IpProtocol SCTP = new IpProtocol(132);
    public static final IpProtocol UDPLITE = new IpProtocol(136);

    private static final Map<String, IpProtocol> NAMES = Map.of("TCP", TCP, "UDP", UDP, "ICMP", ICMP, "ICMPv6", ICMPV6, "SCTP", SCTP, "UDPLite", UDPLITE);

    public IpProtocol {
        if (number < 1 || number > 255) {
            throw new IllegalArgumentException("protocol " + number + " is out of range: 1 to 255");
        }
    }

    /** @throws IllegalArgumentException where the text is neither one of the six names nor a number from 1 to 255 */
    public static IpProtocol parse(String text) {
        IpProtocol named = NAMES.get(text);
        if (named != null) {
            return named;
        }
        if (!text.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is not a protocol: wanted TCP, UDP, ICMP, ICMPv6, SCTP, UDPLite or a number from 1 to 255");
        }
        return new IpProtocol(Integer.parseInt(text));
    }

    /** Whether rules with ports may be for it: TCP, UDP and SCTP. */
    public boolean hasPorts() {
        return equals(TCP) || equals(UDP) || equals(SCTP);
    }

    /** The name where there is one, else the number. */
    @Override
    public String toString() {
        return NAMES.entrySet().stream().filter(entry -> entry.getValue().equals(this)).map(Map.Entry::getKey).findFirst().orElse(Integer.toString(number));
    }
}
