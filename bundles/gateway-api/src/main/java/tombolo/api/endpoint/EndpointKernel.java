package tombolo.api.endpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tombolo.api.net.MacAddress;

/**
 * Puts endpoints into the kernel: a service of gateway-dataplane. Calls block for the kernel (an addition about 1 ms, a removal about 20 ms) and may come from
 * any thread but a Loop's; calls about one endpoint must not overlap.
 */
public interface EndpointKernel {
    /** Makes everything in the plan. What was begun is taken back where not all of it can be made. */
    Outcome add(EndpointPlan plan);

    /**
     * Makes the pair while the rest of the plan is still being found out: a container's addresses become durable meanwhile.
     *
     * @param begun what is known: both ends with their names, hardware addresses and MTU, and the settings; nothing else of it is looked at
     * @param whole answers the plan, of the same two ends; may block. What it throws comes out of here after the pair is taken back
     */
    default Outcome add(EndpointPlan begun, Supplier<EndpointPlan> whole) {
        return add(whole.get());
    }

    /** Adds what is missing and corrects what differs, leaves everything else; the pair itself is not made anew. */
    Outcome repair(EndpointPlan plan);

    /**
     * Removes the pair by its host end. Done as well where it is not there any more.
     *
     * @throws tombolo.api.kernel.KernelException where the kernel refuses, or the interface of that name is no veth
     */
    void remove(String hostInterface);

    /** Removes all that {@link #add} made for the endpoint, also what hangs on a bridge that others use too; the bridge itself stays. The plan's addresses need not be known. */
    default void remove(EndpointPlan plan) {
        remove(plan.host().interfaceName());
    }

    /** What differs from the plan, in words; empty where all is as it should be. */
    List<String> differences(EndpointPlan plan);

    /** What passed by the host's end since it was made; empty where it is not there. */
    Optional<Counters> counters(String hostInterface);

    /** The host's end of the pair whose other end a container has under that name, whoever made it; empty where the container, the interface or a pair is not there. */
    default Optional<String> hostEnd(String netns, String interfaceName) {
        return Optional.empty();
    }

    /** The MTU of the interface that packets to the outside leave by; empty where there is no such route. */
    Optional<Integer> uplinkMtu();

    /** The interface that packets to the outside leave by; empty where there is none, or who answers does not know. */
    default Optional<String> uplink() {
        return Optional.empty();
    }

    /** What an addition or repair came to. */
    sealed interface Outcome {
        /** @param containerMac of the container's end */
        record Done(MacAddress containerMac, int hostIndex) implements Outcome { }

        /** There is no namespace of that path. */
        record NamespaceGone(String netns) implements Outcome { }

        /** The path names the host's own namespace. */
        record OwnNamespace(String netns) implements Outcome { }

        /** The container has an interface of that name already. */
        record InterfaceExists(String interfaceName) implements Outcome { }

        /** @param reason what the kernel refused and why, in words */
        record Refused(String reason) implements Outcome { }
    }

    /** Seen from the host: received are what the container sent. */
    record Counters(long receivedPackets, long receivedBytes, long sentPackets, long sentBytes, long dropped) { }
}
