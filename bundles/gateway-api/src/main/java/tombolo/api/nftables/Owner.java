package tombolo.api.nftables;

import java.util.Optional;

/** Who may have chains and sets in our table. A name belongs to the owner whose prefix it begins with; a name of nobody's is a foreign hand's and is removed. */
public enum Owner {
    /** Ports of the host that lead to containers. */
    PORTS("ports-"),
    /** What leaves the cluster takes the node's address. */
    MASQUERADE("masq-"),
    /** Which packets pass. */
    POLICY("policy-"),
    /** While a packet is sent to see what becomes of it. */
    PROBE("probe-"),
    /** TCP's segments over circuits are lowered. */
    SEGMENTS("segments-"),
    /** What containers say to a service comes from another address. */
    SOURCES("sources-");

    private static final Owner[] ALL = values();
    private final String prefix;

    Owner(String prefix) {
        this.prefix = prefix;
    }

    public String prefix() {
        return prefix;
    }

    public static Optional<Owner> of(String name) {
        for (Owner owner : ALL) {
            if (name.startsWith(owner.prefix)) {
                return Optional.of(owner);
            }
        }
        return Optional.empty();
    }
}
