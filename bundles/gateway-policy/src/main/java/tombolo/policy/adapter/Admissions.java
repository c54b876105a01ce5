package tombolo.policy.adapter;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.runtime.FollowedResources;
import tombolo.runtime.Loop;

/** What whoever makes containers asks for: to wait until the kernel has an endpoint's rules, and to close interfaces before. Any thread; what it changes is changed on the Loop. */
final class Admissions implements EndpointPolicy {
    /** Between two attempts to hand a step to a Loop whose mailbox is full. */
    private static final Duration AGAIN = Duration.ofMillis(1);
    private static final String BUSY = "the policy engine is busy or stopping";

    private final Loop loop;
    private final Enforcer enforcer;
    private final Closing closing;
    private final FollowedResources resources;
    private final BiConsumer<List<Resource>, List<ResourceId>> take;
    private final Runnable closed;
    private final Duration answer;
    private final Foretold foretold = new Foretold();
    /** Modes whose interfaces are closed in the kernel until their endpoint is known, or are not to be. */
    private final Set<String> expected = ConcurrentHashMap.newKeySet();

    /**
     * @param resources what the store has told
     * @param take      takes in what it has not told yet, on the Loop
     * @param closed    more has to be closed than before, on the Loop
     * @param answer    the longest wait for the Loop itself
     */
    Admissions(Loop loop, Enforcer enforcer, Closing closing, FollowedResources resources, BiConsumer<List<Resource>, List<ResourceId>> take, Runnable closed, Duration answer) {
        this.loop = loop;
        this.enforcer = enforcer;
        this.closing = closing;
        this.resources = resources;
        this.take = take;
        this.closed = closed;
        this.answer = answer;
    }

    /** On the Loop. */
    Foretold foretold() {
        return foretold;
    }

    @Override
    public boolean foretell(Endpoint endpoint, Resource resource) {
        return loop.offer(() -> tell(endpoint.id(), resource));
    }

    @Override
    public Outcome await(Endpoint endpoint, Duration limit) {
        return await(told -> enforcer.await(endpoint, told), () -> missing(endpoint), limit);
    }

    @Override
    public Outcome await(Endpoint endpoint, Resource resource, Duration limit) {
        return await(told -> {
            tell(endpoint.id(), resource);
            enforcer.await(endpoint, told);
        }, () -> missing(endpoint), limit);
    }

    @Override
    public Outcome expect(Endpoint endpoint, Duration limit) {
        String mode = endpoint.mode();
        if (!Closing.concerns(endpoint.hostInterface()) || expected.contains(mode)) {
            return new Outcome.InForce();
        }
        Outcome outcome = await(told -> {
            if (closing.uses(endpoint.hostInterface(), mode)) {
                closed.run();
            }
            enforcer.await(Optional.empty(), told);
        }, () -> "interfaces of mode " + mode + " are not known to be closed after " + limit.toMillis() + " ms", limit); // nothing more is asked: nobody is to wait beyond the limit
        if (outcome instanceof Outcome.InForce) {
            expected.add(mode);
        }
        return outcome;
    }

    /** The rules go with the WorkloadEndpoint; of one that the store never told of they go here. */
    @Override
    public void gone(EndpointId id) {
        Runnable task = () -> foretold.gone(id).ifPresent(resource ->
                resources.held(resource).ifPresentOrElse(stored -> take.accept(List.of(stored), List.of()), () -> take.accept(List.of(), List.of(resource))));
        insist(task);
    }

    /** By way of the mailbox in any case: a timer's task does not count against it, but would be done before what was told earlier and waits there. */
    private void insist(Runnable task) {
        if (!loop.offer(task)) {
            loop.schedule(AGAIN, () -> insist(task));
        }
    }

    /** Takes in what the store is about to have. */
    private void tell(EndpointId endpoint, Resource resource) {
        foretold.tell(endpoint, resource, resources.held(resource.id())).ifPresent(version -> take.accept(List.of(version), List.of()));
    }

    /**
     * @param question asked on the Loop, perhaps when nobody waits any more: what it is to complete is done then
     * @param late     why there was no answer within the limit, asked by whoever waited
     */
    private Outcome await(Consumer<CompletableFuture<Boolean>> question, Supplier<String> late, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        boolean taken = loop.offer(() -> {
            try {
                question.accept(told);
            } catch (RuntimeException | Error e) {
                told.completeExceptionally(e);
            }
        });
        if (!taken) {
            return new Outcome.Pending(BUSY + ": " + loop.name() + " takes nothing more");
        }
        try {
            return told.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS) ? new Outcome.InForce() : new Outcome.Pending("too many endpoints wait at once");
        } catch (TimeoutException e) {
            return new Outcome.Pending(late.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Pending("the call was interrupted");
        } catch (ExecutionException e) {
            return new Outcome.Pending(String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        } finally {
            told.cancel(false); // whoever gave up makes room for others
        }
    }

    private String missing(Endpoint endpoint) {
        try {
            return loop.ask(() -> enforcer.missing(endpoint), answer);
        } catch (IllegalStateException e) {
            return BUSY + ": " + e.getMessage();
        }
    }
}
