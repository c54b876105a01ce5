package tombolo.resources.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tombolo.api.datastore.Datastore;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.resources.core.Kind;

/** All subscriptions there are. */
final class Subscriptions {
    private final Supplier<Optional<Datastore>> datastores;
    private final Set<StoreSubscription> running = ConcurrentHashMap.newKeySet();

    Subscriptions(Supplier<Optional<Datastore>> datastores) {
        this.datastores = datastores;
    }

    Resources.Subscription subscribe(List<Kind> kinds, ResourceListener listener) {
        StoreSubscription subscription = new StoreSubscription(kinds, listener, datastores, running::remove);
        running.add(subscription);
        subscription.start();
        return subscription;
    }

    void datastoreChanged() {
        running.forEach(StoreSubscription::startOver);
    }

    void close() {
        new ArrayList<>(running).forEach(StoreSubscription::close);
    }
}
