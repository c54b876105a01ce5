package tombolo.api.endpoint;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Limits what containers send and receive: a service of gateway-dataplane. Calls block for the kernel and may come from any thread but a Loop's. */
public interface EndpointLimits {
    /** Limits a container by its host interface, in place of what limits it had. Empty: done; else why not, and nothing is limited. */
    Optional<String> limit(String hostInterface, Bandwidth bandwidth);

    /** Takes away what {@link #limit} made; done as well where there is nothing. */
    void unlimit(String hostInterface);

    /** What in the kernel is not as {@link #limit} leaves it, in words: missing, of another rate or burst, or there beside it. Empty: nothing. */
    List<String> differences(String hostInterface, Bandwidth bandwidth);

    /** Takes away what an earlier life made for other interfaces than these. */
    void keepOnly(Set<String> hostInterfaces);
}
