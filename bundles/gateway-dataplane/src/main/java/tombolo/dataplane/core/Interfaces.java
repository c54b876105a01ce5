package tombolo.dataplane.core;

import java.util.Optional;
import tombolo.api.net.IpAddress;

/** What routes need to know of interfaces, as it is now. */
public interface Interfaces {
    /** An interface's index by its name, or 0. */
    int index(String name);

    default String name(int index) {
        return "if" + index;
    }

    /** The interface on whose network an address is. */
    default Optional<String> towards(IpAddress gateway) {
        return Optional.empty();
    }
}
