package tombolo.cni.adapter;

import java.time.Duration;
import java.util.Optional;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.resource.Resource;
import tombolo.cni.adapter.Attachments.Failed;
import tombolo.cni.core.CniError;

/**
 * What an ADD has to do with policy.
 *
 * <pre>
 *  addresses known ─► foretell ─► its rules are made ──────┐
 *                 └─► the rest of the kernel's part ───────┴─► await ─► answer
 * </pre>
 *
 * Any thread.
 */
final class PolicyGate {
    /** Rules come into force in milliseconds; a runtime that is told "later" comes back. */
    private static final Duration WAIT = Duration.ofSeconds(10);
    /** For the first container of a kind alone. Where the kernel does not answer within it, the ADD goes on: with policy = required it waits for more than that. */
    private static final Duration CLOSING_WAIT = Duration.ofSeconds(1);

    private final Publisher publisher;

    /** @param publisher makes endpoints known to the cluster */
    PolicyGate(Publisher publisher) {
        this.publisher = publisher;
    }

    /** Before the interface is there, which until it is known carries nothing. */
    void expect(Means now, Endpoint coming) {
        now.policy().ifPresent(policy -> policy.expect(coming, CLOSING_WAIT));
    }

    /**
     * Tells policy of an endpoint as soon as its addresses are known. Behind a bridge its rules go by the hardware address, too.
     *
     * @return whether policy goes by that
     */
    boolean foretell(Means now, EndpointMode mode, Endpoint coming) {
        if (!now.policyRequired() || now.policy().isEmpty() || mode.name().equals(EndpointMode.BRIDGE) && coming.mac().isEmpty()) {
            return false;
        }
        EndpointPolicy policy = now.policy().get();
        return publisher.preview(now.node(), coming).filter(resource -> policy.foretell(coming, resource)).isPresent();
    }

    /** With {@code policy = required}: until the rules of the endpoint are in the kernel. */
    void await(Means now, Endpoint ready, boolean foretold) throws Failed {
        if (!now.policyRequired()) {
            return;
        }
        EndpointPolicy policy = now.policy().orElseThrow(() -> Attachments.missing(now.missing(false)));
        // The rules go by what the cluster says of it, or by what it is about to say: then nobody waits for the store.
        Optional<Resource> about = foretold ? Optional.empty() : publisher.preview(now.node(), ready);
        publisher.put(now.node(), ready, true, !foretold && about.isEmpty());
        long asked = System.nanoTime();
        if ((about.isPresent() ? policy.await(ready, about.get(), WAIT) : policy.await(ready, WAIT)) instanceof EndpointPolicy.Outcome.Pending(String reason)) {
            throw new Failed(CniError.TRY_AGAIN_LATER, "its policy is not in force after " + Duration.ofNanos(System.nanoTime() - asked).toSeconds() + " s: " + reason, "policy = required in etc/tombolo.cni.cfg");
        }
    }

    /** Where nobody waited for policy. */
    void publish(Means now, Endpoint ready) {
        if (!now.policyRequired()) {
            publisher.put(now.node(), ready, true, false);
        }
    }
}
