package tombolo.dataplane.adapter;

import java.util.List;
import tombolo.api.net.Prefix;
import tombolo.dataplane.core.RouteContent;
import tombolo.dataplane.core.RouteMessage;

/**
 * A notification about a route that somebody else changed.
 *
 * @param nextHopId the nexthop object that it goes through, or 0
 * @param replaced  whether it took the place of another of the same prefix and metric
 */
record RouteEvent(boolean deleted, boolean replaced, Prefix prefix, long table, int protocol, int type, int nextHopId, RouteContent content, List<RouteMessage.Hop> hops) { }
