package tombolo.api.config;

import java.util.List;
import java.util.Map;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

/**
 * How much is advertised to a peer that ends the session for more: {@code export-limit-*} in the peer's file.
 *
 * @param most           {@code export-limit-ipv4}, {@code export-limit-ipv6}: the most prefixes of a family, 1-1000000
 * @param warnPercent    {@code export-limit-warn-percent}: 1-100; default 80
 * @param aggregate      {@code export-limit-aggregate}: past the limit, two halves that are told alike are told as their whole; default false
 * @param leastImportant {@code export-least-important}: what is held back first, with all within it, in this order; behind it the longest prefixes
 */
public record ExportLimit(Map<AddressFamily, Integer> most, int warnPercent, boolean aggregate, List<Prefix> leastImportant) {
    public ExportLimit {
        most = Map.copyOf(most);
        leastImportant = List.copyOf(leastImportant);
    }
}
