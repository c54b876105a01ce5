package tombolo.api.nftables;

/**
 * What of a packet is looked at. In a table for both families a field of one family must follow a match of it ({@link #FAMILY}), one of a transport protocol a match
 * or lookup of {@link #PROTOCOL}: the kernel does not check that, and {@code nft list} shows such fields as raw bytes.
 */
public enum Field {
    /** 2: IPv4, 10: IPv6. */
    FAMILY(DataType.NFPROTO),
    PROTOCOL(DataType.PROTOCOL),
    /** By which the packet came in. */
    INPUT_INTERFACE(DataType.INTERFACE_NAME),
    /** By which it goes out. */
    OUTPUT_INTERFACE(DataType.INTERFACE_NAME),
    MARK(DataType.MARK),
    /** SECMARK: 0 unless somebody labels packets; a kernel without CONFIG_NETWORK_SECMARK refuses it. */
    SECURITY_MARK(DataType.MARK),
    /** Of the interface by which the packet came in (ARPHRD_*): 1 Ethernet. */
    INPUT_TYPE(DataType.INTERFACE_TYPE),
    /** Behind a match of {@link #INPUT_TYPE}: of the frame in which the packet came in. */
    SOURCE_MAC(DataType.ETHER_ADDRESS),
    PACKET_TYPE(DataType.PACKET_TYPE),
    /** Hops that are left (TTL). */
    HOPS_V4(DataType.OCTET),
    HOPS_V6(DataType.OCTET),
    SOURCE_V4(DataType.IPV4_ADDRESS),
    DESTINATION_V4(DataType.IPV4_ADDRESS),
    SOURCE_V6(DataType.IPV6_ADDRESS),
    DESTINATION_V6(DataType.IPV6_ADDRESS),
    SOURCE_PORT(DataType.PORT),
    DESTINATION_PORT(DataType.PORT),
    /** Bits: 1 FIN, 2 SYN, 4 RST, 16 ACK. */
    TCP_FLAGS(DataType.TCP_FLAGS),
    ICMP_TYPE(DataType.ICMP_TYPE),
    ICMP_CODE(DataType.ICMP_CODE),
    ICMPV6_TYPE(DataType.ICMPV6_TYPE),
    ICMPV6_CODE(DataType.ICMPV6_CODE),
    /** Bits: 1 invalid, 2 established, 4 related, 8 new, 64 untracked. */
    CT_STATE(DataType.CT_STATE),
    /** 0 original, 1 reply. */
    CT_DIRECTION(DataType.CT_DIRECTION),
    /** Bits (enum ip_conntrack_status): 16 source translated, 32 destination translated. */
    CT_STATUS(DataType.CT_STATUS),
    CT_MARK(DataType.MARK),
    /** What the destination is to this node (RTN_*): 1 unicast, 2 local, 3 broadcast, 5 multicast. */
    DESTINATION_TYPE(DataType.ADDRESS_TYPE),
    /** 1: the source is routed back over the interface by which the packet came in; 0: it is not. */
    REVERSE_PATH(DataType.BOOLEAN);

    private final DataType type;

    Field(DataType type) {
        this.type = type;
    }

    public DataType type() {
        return type;
    }
}
