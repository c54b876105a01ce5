package tombolo.azure.simulator;

import java.util.Locale;
import java.util.Set;

/**
 * Who asks.
 *
 * @param name client id, or the name of a managed identity
 * @param subscriptions ids in lower case that it may use
 */
record Principal(String tenant, String name, Set<String> subscriptions) {
    Principal {
        subscriptions = Set.copyOf(subscriptions);
    }

    boolean mayUse(String subscription) {
        return subscriptions.contains(subscription.toLowerCase(Locale.ROOT));
    }
}
