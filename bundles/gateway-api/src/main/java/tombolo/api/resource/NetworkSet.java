package tombolo.api.resource;

import java.util.List;
import tombolo.api.net.Prefix;

/** {@code NetworkSet}: networks that the selectors of rules choose by the set's labels, inside its namespace. */
public record NetworkSet(List<Prefix> nets) implements ResourceSpec {
    public NetworkSet {
        nets = List.copyOf(nets);
    }
}
