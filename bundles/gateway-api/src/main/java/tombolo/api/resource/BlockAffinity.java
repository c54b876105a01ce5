package tombolo.api.resource;

import tombolo.api.net.Prefix;

/** {@code BlockAffinity}: which node a block is meant for. Kept by IPAM at its own key, {@code /calico/ipam/v2/host/<node>/ipv4/block/<cidr>}; nobody else writes it. */
public record BlockAffinity(State state, String node, Type type, Prefix cidr, boolean deleted) implements ResourceSpec {
    /** {@link #UNSET} counts as confirmed: what versions before the two-phase claim wrote. */
    public enum State { UNSET, PENDING, CONFIRMED, PENDING_DELETION }

    public enum Type { HOST, VIRTUAL }
}
