package tombolo.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.ResourceListener.Changes;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Resources;

class FollowedResourcesTest {
    private static final ResourceId GONE = ResourceId.of("IPPool", "gone");
    private final BlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
    private final List<Changes> steps = new ArrayList<>();
    private final List<RuntimeException> refusals = new ArrayList<>();
    private final FollowedResources followed = new FollowedResources("test-resources", Set.of("IPPool"), mailbox::add, steps::add, refusals::add);

    /** A service that opens subscriptions when it is let to. */
    private static final class Service {
        private final CountDownLatch gate = new CountDownLatch(1);
        private final BlockingQueue<ResourceListener> listeners = new LinkedBlockingQueue<>();
        private final CountDownLatch closed = new CountDownLatch(1);
        private final AtomicInteger closings = new AtomicInteger();
        private final Resources resources = (Resources) Proxy.newProxyInstance(Resources.class.getClassLoader(), new Class<?>[] {Resources.class}, (self, method, arguments) ->
                switch (method.getName()) {
                    case "subscribe" -> {
                        assertTrue(gate.await(10, TimeUnit.SECONDS));
                        listeners.add((ResourceListener) arguments[1]);
                        yield (Resources.Subscription) () -> {
                            closings.incrementAndGet();
                            closed.countDown();
                        };
                    }
                    default -> throw new AssertionError(method);
                });

        ResourceListener opened() throws InterruptedException {
            gate.countDown();
            ResourceListener listener = listeners.poll(10, TimeUnit.SECONDS);
            assertTrue(listener != null, "no subscription within 10 s");
            return listener;
        }
    }

    private void run() throws InterruptedException {
        Runnable task = mailbox.poll(10, TimeUnit.SECONDS);
        assertTrue(task != null, "nothing came within 10 s");
        task.run();
    }

    @Test
    void aSubscriptionThatOpensBehindTheStopIsClosed() throws InterruptedException {
        Service service = new Service();
        followed.came(service.resources);
        followed.close();
        service.opened();
        assertTrue(service.closed.await(10, TimeUnit.SECONDS), "it was left behind");
        assertEquals(1, service.closings.get());
    }

    @Test
    void aSubscriptionThatOpensBehindTheServicesGoingIsClosed() throws InterruptedException {
        Service service = new Service();
        followed.came(service.resources);
        followed.went(service.resources);
        service.opened();
        assertTrue(service.closed.await(10, TimeUnit.SECONDS), "it was left behind");
    }

    @Test
    void aServiceThatTakesAnothersPlaceEndsItsSubscription() throws InterruptedException {
        Service first = new Service();
        Service second = new Service();
        followed.came(first.resources);
        first.opened().changed(new Changes(true, List.of(), List.of()));
        run();
        followed.came(second.resources);
        followed.went(first.resources);
        second.opened().changed(new Changes(true, List.of(), List.of()));
        run();
        assertTrue(first.closed.await(10, TimeUnit.SECONDS), "it was left behind");
        assertEquals(2, steps.size());
        assertEquals(0, second.closings.get());
    }

    @Test
    void whatAServiceThatWentSaysIsNotHeardAndWhatWasHeardStays() throws InterruptedException {
        Service first = new Service();
        followed.came(first.resources);
        ResourceListener listener = first.opened();
        listener.changed(new Changes(true, List.of(), List.of()));
        run();
        assertTrue(followed.heard());
        followed.went(first.resources);
        listener.changed(new Changes(false, List.of(), List.of(GONE)));
        run();
        assertEquals(1, steps.size());
        assertTrue(followed.heard());
        assertTrue(followed.service().isEmpty());
    }

    @Test
    void whatIsHeldIsFoundByKindAndACompleteStepNamesAllThatIsGone() throws InterruptedException {
        Service service = new Service();
        followed.came(service.resources);
        ResourceListener listener = service.opened();
        Resource pool = resource(ResourceId.of("IPPool", "a"), 1);
        Resource tier = resource(ResourceId.of("Tier", "a"), 1);
        listener.changed(new Changes(true, List.of(pool, tier), List.of()));
        run();
        assertEquals(Set.of(pool, tier), Set.copyOf(followed.held()));
        assertEquals(List.of(tier), followed.held(List.of("Tier", "Node")));
        Resource later = resource(pool.id(), 2);
        listener.changed(new Changes(false, List.of(later), List.of(ResourceId.of("Node", "never"))));
        run();
        assertEquals(Optional.of(later), followed.held(pool.id()));
        listener.changed(new Changes(true, List.of(tier), List.of()));
        run();
        assertEquals(List.of(pool.id()), steps.getLast().deletes());
        assertEquals(List.of(tier), List.copyOf(followed.held()));
    }

    private static Resource resource(ResourceId id, long revision) {
        return new Resource(id, Map.of(), new ResourceSpec.Unknown(), Json.Obj.EMPTY, revision);
    }

    @Test
    void aServiceThatCannotBeFollowedIsSaid() throws InterruptedException {
        CountDownLatch said = new CountDownLatch(1);
        FollowedResources other = new FollowedResources("test-resources", Set.of("IPPool"), mailbox::add, steps::add, problem -> said.countDown());
        other.came((Resources) Proxy.newProxyInstance(Resources.class.getClassLoader(), new Class<?>[] {Resources.class}, (self, method, arguments) -> {
            throw new IllegalStateException("stopping");
        }));
        assertTrue(said.await(10, TimeUnit.SECONDS));
        assertFalse(other.heard());
    }
}
