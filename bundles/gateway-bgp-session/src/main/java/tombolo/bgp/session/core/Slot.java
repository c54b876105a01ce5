package tombolo.bgp.session.core;

/** Where a connection of a peer stands: opened by us, opened by the peer, or the one that is established. Each holds at most one. */
public enum Slot { OUTGOING, INCOMING, UP }
