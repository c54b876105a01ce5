package tombolo.api.route;

import java.util.Set;
import tombolo.api.net.Prefix;

/** Called on the data plane's thread: hand over to your own Loop and return. */
public interface RoutePresenceListener {
    /** @param present those of the watched prefixes that have a route now, all of them each time */
    void routesChanged(Set<Prefix> present);
}
