package tombolo.api.endpoint;

import java.time.Duration;
import tombolo.api.resource.Resource;

/**
 * Whether the rules for a container's traffic are in force: a service of the policy engine. With {@code policy = required} in etc/tombolo.cni.cfg, gateway-cni
 * answers an ADD only after that, and while no such service is there it adds no container; those that are there keep their rules.
 *
 * <pre>
 *  gateway-cni: interface made ─► WorkloadEndpoint on its way to the datastore ─► await ─► InForce: the ADD succeeds
 *                                                                                  └─────► Pending: it is taken back, "try again later"
 * </pre>
 *
 * An endpoint that the engine never heard of must be as good as closed: its interface may carry packets between being made and {@link #await}'s answer. Where other programs' containers
 * have interfaces of the same names, that is so from the first {@link #expect} on.
 */
public interface EndpointPolicy {
    /**
     * Tells what {@link #await(Endpoint, Resource, Duration)} is going to be asked about, as soon as its addresses are known: its rules are made while its interface is. Never waits, never
     * throws; {@link #gone} takes it back. Any thread.
     *
     * @param resource the WorkloadEndpoint as it will be stored; what is not known yet of its interface may be missing
     * @return whether the engine goes by that: {@link #await(Endpoint, Duration)} is asked then, else {@link #await(Endpoint, Resource, Duration)}
     */
    default boolean foretell(Endpoint endpoint, Resource resource) {
        return false;
    }

    /**
     * Waits until the kernel holds the rules of an endpoint. Its interface is there; its WorkloadEndpoint may still be on its way, so that the engine goes by what it
     * is given here. Asked again for the same endpoint, the same answer at once. Any thread but a Loop's; several at once.
     *
     * @param endpoint with its host interface and addresses; in {@code arguments} namespace and pod ({@code K8S_POD_NAMESPACE}, {@code K8S_POD_NAME})
     * @param limit    the longest wait; positive
     */
    Outcome await(Endpoint endpoint, Duration limit);

    /**
     * As {@link #await(Endpoint, Duration)}, with what the datastore is about to have of it: the engine goes by that until the store tells of this container itself,
     * and keeps the labels that a stored endpoint of that name has. So nobody waits for the store. What the store still tells of an older container of that name
     * changes nothing meanwhile. {@link #gone} ends it.
     *
     * @param resource the WorkloadEndpoint as it will be stored
     */
    default Outcome await(Endpoint endpoint, Resource resource, Duration limit) {
        return await(endpoint, limit);
    }

    /**
     * Tells of an endpoint before its interface is made, or, where another plugin made it, as soon as it is known of; whether or not policy is required. From then on, and after every
     * restart, interfaces of its kind carry nothing until their endpoint is known. Where they are closed already, the answer comes at once. Any thread but a Loop's.
     *
     * @param endpoint its mode and its host interface count; its addresses may be missing
     * @param limit    the longest wait for the kernel; positive
     */
    default Outcome expect(Endpoint endpoint, Duration limit) {
        return new Outcome.InForce();
    }

    /** An endpoint's interface is gone, or its addition was taken back: its rules may go. Never blocks, never throws; done as well where it was never awaited. */
    void gone(EndpointId id);

    /** What a wait came to. */
    sealed interface Outcome {
        record InForce() implements Outcome { }

        /** Not within the limit. @param reason in words: what is missing, and of what */
        record Pending(String reason) implements Outcome { }
    }
}
