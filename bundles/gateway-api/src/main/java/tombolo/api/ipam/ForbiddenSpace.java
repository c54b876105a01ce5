package tombolo.api.ipam;

import java.util.Optional;
import tombolo.api.net.Prefix;

/** Says which ranges containers must not have their addresses from: whiteboard service, asked before a pool is taken on and before an address is used. Any thread; at once. */
public interface ForbiddenSpace {
    /** Why not, as operator text with its code; empty: nothing is against it. */
    Optional<String> refusal(Prefix range);
}
