package tombolo.bgp.core.rib;

import java.util.ArrayDeque;
import java.util.List;
import tombolo.api.bgp.BgpRoutes;

/** The latest errors of a peer, newest first. */
final class ErrorLog {
    /** As {@link BgpRoutes#errors} promises. */
    private static final int LIMIT = 16;

    private final ArrayDeque<BgpRoutes.UpdateError> latest = new ArrayDeque<>();

    void add(BgpRoutes.UpdateError error) {
        if (latest.size() == LIMIT) {
            latest.removeLast();
        }
        latest.addFirst(error);
    }

    List<BgpRoutes.UpdateError> list() {
        return List.copyOf(latest);
    }
}
