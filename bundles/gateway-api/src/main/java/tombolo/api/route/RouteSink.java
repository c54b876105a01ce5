package tombolo.api.route;

/** Accepts routes for the kernel: a service of gateway-dataplane. Any thread may call. */
public interface RouteSink {
    /**
     * Opens the feed of one owner. A second open under the same name replaces the first, whose routes stay until the new feed is in sync; what the
     * new feed has not offered by then is removed (mark and sweep).
     *
     * @param owner "bgp", "static", ...: at most 16 feeds; between feeds, for one prefix, the lower {@code preference} wins
     * @param preference 0-255, lower is better (static 10, bgp 20)
     */
    RouteFeed open(String owner, int preference, RouteFeedListener listener);
}
