package tombolo.api.bfd;

/** The states of RFC 5880 §4.1, in the order of their codes. */
public enum BfdState { ADMIN_DOWN, DOWN, INIT, UP }
