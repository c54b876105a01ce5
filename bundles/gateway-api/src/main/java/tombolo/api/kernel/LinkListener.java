package tombolo.api.kernel;

/** Whiteboard service: told when an interface's usability changes. Called on the data plane's link thread: hand over and return. */
public interface LinkListener {
    /**
     * @param link   as it is now (its last known state where it was removed)
     * @param usable as {@link Links#usable}
     * @param reason operator text: "interface er100 lost carrier", "lower device uplink-a of er100 lost carrier", "interface er100 was removed"
     */
    void linkChanged(Link link, boolean usable, String reason);
}
