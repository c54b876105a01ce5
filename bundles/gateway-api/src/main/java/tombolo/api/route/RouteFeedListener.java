package tombolo.api.route;

/** Calls from the data plane to the owner of a feed, on the data plane's thread: hand over to your own Loop and return. */
public interface RouteFeedListener {
    /** The mailbox has room again after a refused offer. */
    void drained();

    /** The sink goes away (bundle stopped or swapped): the feed is dead; its routes stay in the kernel; open a new one when a sink is back. */
    void closed();
}
