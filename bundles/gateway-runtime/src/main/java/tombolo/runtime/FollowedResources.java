package tombolo.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.ResourceListener.Changes;
import tombolo.api.resource.Resources;

/**
 * The resources of some kinds as one subsystem holds them, over a service that comes, is replaced and goes.
 *
 * <pre>
 * Resources ── a thread of its own: subscribe ──► mailbox ──► held ──► changed(step)      all on the subsystem's Loop
 * </pre>
 *
 * What was heard last stays held while no service is there. A subscription is never left behind: one that opens behind {@link #close} or behind the
 * service's going is closed at once, since a listener that stayed would keep the classes of a replaced bundle.
 */
public final class FollowedResources implements AutoCloseable {
    private final String name;
    private final Set<String> kinds;
    private final Consumer<Runnable> mailbox;
    private final ResourceListener listener;
    private final Consumer<RuntimeException> refused;
    /** By kind: there are 100,000 of one and a few of another, and most questions are about a kind. */
    private final Map<String, Map<ResourceId, Resource>> held = new HashMap<>();
    private boolean heard;
    private @Nullable Resources service;
    private Resources.@Nullable Subscription subscription;
    private boolean closed;

    /**
     * @param name     of the thread on which subscriptions are opened, such as {@code tombolo-policy-resources}
     * @param mailbox  runs a task on the subsystem's Loop
     * @param listener told on the Loop, after {@link #held} has changed; its step's {@code deletes} name all that is gone, in a complete step too
     * @param refused  told on any thread where a service cannot be followed
     */
    public FollowedResources(String name, Set<String> kinds, Consumer<Runnable> mailbox, ResourceListener listener, Consumer<RuntimeException> refused) {
        this.name = name;
        this.kinds = Set.copyOf(kinds);
        this.mailbox = mailbox;
        this.listener = listener;
        this.refused = refused;
    }

    /** Takes the place of the one before. Does not wait; any thread. */
    public void came(Resources came) {
        synchronized (this) {
            if (closed) {
                return;
            }
            leave();
            service = came;
        }
        Thread.ofVirtual().name(name).start(() -> subscribe(came));
    }

    /** Does not wait; any thread. */
    public synchronized void went(Resources went) {
        if (service == went) {
            leave();
        }
    }

    private void leave() {
        service = null;
        Resources.Subscription open = subscription;
        subscription = null;
        if (open != null) {
            Thread.ofVirtual().name(name).start(open::close);
        }
    }

    /** The service that is followed; any thread. */
    public synchronized Optional<Resources> service() {
        return Optional.ofNullable(service);
    }

    /** Whether any service has told everything since the start; on the Loop. */
    public boolean heard() {
        return heard;
    }

    /** All, as they are now; on the Loop. */
    public Collection<Resource> held() {
        return held(held.keySet());
    }

    /** Those of some kinds, as they are now; on the Loop. */
    public List<Resource> held(Collection<String> kinds) {
        int size = 0;
        for (String kind : kinds) {
            size += held.getOrDefault(kind, Map.of()).size();
        }
        List<Resource> all = new ArrayList<>(size);
        for (String kind : kinds) {
            all.addAll(held.getOrDefault(kind, Map.of()).values());
        }
        return all;
    }

    /** On the Loop. */
    public Optional<Resource> held(ResourceId id) {
        return Optional.ofNullable(held.getOrDefault(id.kind(), Map.of()).get(id));
    }

    /** Waits for the end of the subscription; any thread, idempotent. */
    @Override
    public void close() {
        Resources.Subscription open;
        synchronized (this) {
            closed = true;
            service = null;
            open = subscription;
            subscription = null;
        }
        if (open != null) {
            open.close();
        }
    }

    private void subscribe(Resources to) {
        try {
            Resources.Subscription open = to.subscribe(kinds, step -> mailbox.accept(() -> {
                if (isFollowed(to)) {
                    changed(step);
                }
            }));
            synchronized (this) {
                if (service == to && !closed) {
                    subscription = open;
                    return;
                }
            }
            open.close();
        } catch (RuntimeException e) {
            refused.accept(e);
        }
    }

    private synchronized boolean isFollowed(Resources which) {
        return service == which;
    }

    private void changed(Changes step) {
        List<ResourceId> deletes = new ArrayList<>(step.deletes());
        if (step.complete()) {
            Set<ResourceId> gone = new HashSet<>();
            held.values().forEach(those -> gone.addAll(those.keySet()));
            step.puts().forEach(resource -> gone.remove(resource.id()));
            deletes.addAll(gone);
            heard = true;
        }
        for (ResourceId id : deletes) {
            Map<ResourceId, Resource> those = held.get(id.kind());
            if (those != null) {
                those.remove(id);
            }
        }
        for (Resource resource : step.puts()) {
            Map<ResourceId, Resource> those = held.get(resource.id().kind());
            if (those == null) {
                those = step.complete() ? HashMap.newHashMap(count(resource.id().kind(), step.puts())) : new HashMap<>();
                held.put(resource.id().kind(), those);
            }
            those.put(resource.id(), resource);
        }
        listener.changed(new Changes(step.complete(), step.puts(), deletes));
    }

    private static int count(String kind, List<Resource> all) {
        int count = 0;
        for (Resource resource : all) {
            count += resource.id().kind().equals(kind) ? 1 : 0;
        }
        return count;
    }
}
