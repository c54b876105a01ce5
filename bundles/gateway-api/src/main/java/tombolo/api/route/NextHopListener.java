package tombolo.api.route;

import java.util.List;

/** Called on the data plane's thread: hand over to your own Loop and return. */
public interface NextHopListener {
    void nextHopsChanged(List<NextHopState> states);
}
