package tombolo.api.nftables;

/** Types of set keys and map data, by nft's numbers (its {@code enum datatypes}), which tell {@code nft list} how to show them. */
public enum DataType {
    NFPROTO(2, 1, false),
    OCTET(4, 1, false),
    IPV4_ADDRESS(7, 4, false),
    IPV6_ADDRESS(8, 16, false),
    ETHER_ADDRESS(9, 6, false),
    PROTOCOL(12, 1, false),
    PORT(13, 2, false),
    ICMP_TYPE(14, 1, false),
    TCP_FLAGS(15, 1, false),
    MARK(19, 4, true),
    INTERFACE_INDEX(20, 4, true),
    INTERFACE_TYPE(21, 2, true),
    CT_STATE(26, 4, true),
    CT_DIRECTION(27, 1, true),
    CT_STATUS(28, 4, true),
    ICMPV6_TYPE(29, 1, false),
    PACKET_TYPE(31, 1, true),
    ICMP_CODE(32, 1, false),
    ICMPV6_CODE(33, 1, false),
    ADDRESS_TYPE(38, 4, true),
    BOOLEAN(39, 4, true),
    INTERFACE_NAME(41, 16, true);

    private final int number;
    private final int bytes;
    private final boolean hostOrder;

    DataType(int number, int bytes, boolean hostOrder) {
        this.number = number;
        this.bytes = bytes;
        this.hostOrder = hostOrder;
    }

    public int number() {
        return number;
    }

    /** Length alone; among others it is filled up to a multiple of four. */
    public int bytes() {
        return bytes;
    }

    /** Whether it is a number in the machine's byte order. */
    public boolean hostOrder() {
        return hostOrder;
    }

    /** Bytes of a key of these fields. */
    public static int bytes(java.util.List<DataType> fields) {
        if (fields.size() == 1) {
            return fields.getFirst().bytes;
        }
        int bytes = 0;
        for (DataType field : fields) {
            bytes += field.bytes + 3 & ~3;
        }
        return bytes;
    }
}
