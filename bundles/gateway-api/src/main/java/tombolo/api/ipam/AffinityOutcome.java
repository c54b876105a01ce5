package tombolo.api.ipam;

import java.util.List;
import tombolo.api.net.Prefix;

/**
 * What giving blocks back came to.
 *
 * @param released no longer belong to the owner: deleted where they were empty, else kept without an owner
 * @param refused  those that were asked for and stay; each with its reason
 */
public record AffinityOutcome(List<Prefix> released, List<Refusal> refused) {
    public AffinityOutcome {
        released = List.copyOf(released);
        refused = List.copyOf(refused);
    }
}
