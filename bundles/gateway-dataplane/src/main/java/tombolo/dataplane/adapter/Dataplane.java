package tombolo.dataplane.adapter;

import java.util.ArrayList;
import java.util.List;
import tombolo.api.kernel.Netlink;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;

/** The running parts of the data plane, opened and closed together. */
public final class Dataplane implements AutoCloseable {
    private final LinkWatcher links;
    private final NextHopWatcher nextHops;
    private final RoutesLoop routes;
    private final RouteListener listener;
    private final RouteQueries queries;

    public Dataplane(Netlink netlink, RoutePolicy policy) {
        this(netlink, policy, RouteListener.RECEIVE_BUFFER);
    }

    /** @param notificationBuffer how many bytes of route notifications the kernel keeps for us */
    Dataplane(Netlink netlink, RoutePolicy policy, int notificationBuffer) {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            links = new LinkWatcher(netlink, policy.netns());
            opened.add(links);
            nextHops = new NextHopWatcher();
            opened.add(nextHops);
            routes = new RoutesLoop(netlink, policy);
            opened.add(routes);
            listener = new RouteListener(netlink, policy.netns(), policy.table(), routes, nextHops, links::snapshot, notificationBuffer);
            opened.add(listener);
            queries = new RouteQueries(netlink, policy, routes, links::snapshot);
        } catch (RuntimeException e) {
            closeAll(opened);
            throw e;
        }
        routes.start(links.snapshot());
        links.observe(nextHops::linksChanged);
        links.observe(routes::linksChanged);
        links.observe(listener::linksChanged);
        listener.start();
    }

    public LinkWatcher links() {
        return links;
    }

    public NextHopWatcher nextHops() {
        return nextHops;
    }

    public RoutesLoop routes() {
        return routes;
    }

    public RouteQueries queries() {
        return queries;
    }

    /** Stops following and writing; the kernel is left as it is. */
    @Override
    public void close() {
        closeAll(List.of(links, nextHops, routes, listener));
    }

    private static void closeAll(List<AutoCloseable> opened) {
        for (AutoCloseable part : opened.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
