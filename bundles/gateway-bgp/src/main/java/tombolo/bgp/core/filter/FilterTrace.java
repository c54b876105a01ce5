package tombolo.bgp.core.filter;

import java.util.List;

/**
 * Why a chain of filters decided as it did.
 *
 * @param decision "accepted by filter 'from-onprem' rule 20", "rejected by filter 'from-onprem' default"
 * @param steps    one line for each rule that was looked at
 */
public record FilterTrace(boolean accepted, String decision, List<String> steps) {
    public FilterTrace {
        steps = List.copyOf(steps);
    }
}
