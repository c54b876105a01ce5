package tombolo.api.resource;

import java.util.List;
import tombolo.api.net.Prefix;

/** {@code GlobalNetworkSet}: networks that the selectors of rules choose by the set's labels. */
public record GlobalNetworkSet(List<Prefix> nets) implements ResourceSpec {
    public GlobalNetworkSet {
        nets = List.copyOf(nets);
    }
}
