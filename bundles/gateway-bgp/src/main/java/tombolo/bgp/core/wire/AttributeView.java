package tombolo.bgp.core.wire;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.IpAddress;

/**
 * An attribute set as people read it.
 *
 * @param origin          igp, egp or incomplete
 * @param asPath          "65010 65020 {1 2}"; "" for an empty path
 * @param localPreference 0-4294967295, and so is the MED
 * @param communities     standard, extended, then large, each in the order of the set
 * @param others          other attributes as "name: text"
 */
public record AttributeView(String origin, String asPath, Optional<IpAddress> nextHop, Optional<Long> med, Optional<Long> localPreference,
                            List<String> communities, List<String> others) {
    public AttributeView {
        communities = List.copyOf(communities);
        others = List.copyOf(others);
    }
}
