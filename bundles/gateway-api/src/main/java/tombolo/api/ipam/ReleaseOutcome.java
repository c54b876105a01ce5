package tombolo.api.ipam;

import java.util.List;
import tombolo.api.net.IpAddress;

/** What giving addresses back came to. */
public sealed interface ReleaseOutcome {
    /** @param released were held and are not any more; @param notHeld were not held before either */
    record Released(List<IpAddress> released, List<IpAddress> notHeld) implements ReleaseOutcome {
        public Released {
            released = List.copyOf(released);
            notHeld = List.copyOf(notHeld);
        }
    }

    /** Nothing of a block in which anything had changed was released. @param released those of other blocks that were */
    record Refused(Refusal refusal, List<IpAddress> released) implements ReleaseOutcome {
        public Refused {
            released = List.copyOf(released);
        }
    }
}
