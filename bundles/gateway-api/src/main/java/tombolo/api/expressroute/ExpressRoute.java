package tombolo.api.expressroute;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * The circuits of {@code etc/tombolo.expressroute.circuit-<name>.cfg}: a service of azure-expressroute. A circuit is named by the file's name. Any thread may call
 * but a Loop's: a call asks Azure and blocks; {@link #apply} for up to 15 minutes.
 *
 * <p>Every method throws {@link ExpressRouteException}, {@link tombolo.api.azure.ArmException} or {@link tombolo.api.datastore.DatastoreException} where it has no
 * answer; the message is operator text.
 */
public interface ExpressRoute {
    /** Names of the circuits that files describe, sorted. Asks nobody. */
    List<String> circuits();

    /** All circuits as Azure sees them, operations that are in flight, and what is in no file: in the configured subscriptions, and on this node. */
    Report list();

    /** One circuit in full; the service key masked. */
    Report show(String circuit);

    /** Who offers what where. @param subscription whose credentials ask; empty: the first one */
    Report providers(Optional<String> subscription);

    /** What would be done. @param circuit empty: all */
    Report plan(Optional<String> circuit);

    /** The plan with what consent is needed for. */
    Asked ask(String circuit);

    /**
     * Does what the plan says, step by step, and reads Azure again behind each. An operation that is in flight is taken up first.
     *
     * @param consent to steps that cost money or cut traffic
     * @param progress hears one line at a time
     */
    Report apply(String circuit, Consent consent, Consumer<String> progress);

    /** The service key. @param open false: masked */
    Report key(String circuit, boolean open);

    Report authorizations(String circuit);

    /**
     * Makes authorizations as one group.
     *
     * @param description of the group; becomes the authorizations' names
     * @param limit       how many links: one authorization each, 1-20
     */
    Report createAuthorizations(String circuit, String description, int limit, Consumer<String> progress);

    /** Deletes one authorization or a group. @param cut whether links that use them may be cut */
    Report deleteAuthorizations(String circuit, String name, boolean cut, Consumer<String> progress);

    Report links(String circuit);

    /**
     * Links a virtual network's gateway. Where both are linked already, that link is asked for again as it is.
     *
     * @param circuit       the file's name, or the service key of a circuit in a configured subscription, or the id of another customer's circuit, which takes an
     *                      authorization and {@code from}
     * @param gateway       RESOURCE-GROUP/GATEWAY, or RESOURCE-GROUP/NETWORK for the ExpressRoute gateway of that network, in the subscription of {@code from}
     * @param from          the subscription of the gateway, by the operator's name; empty: the circuit's
     * @param authorization the key of an authorization, for a circuit of another subscription
     * @param weight        0-32000; empty: the one that the link has, 0 for a new one
     * @param moves         consent to another weight than the link has: traffic may move
     */
    Report createLink(String circuit, String gateway, Optional<String> from, Optional<String> authorization, OptionalInt weight, boolean moves, Consumer<String> progress);

    /** @param cut consent: the link's traffic stops */
    Report deleteLink(String circuit, String link, boolean cut, Consumer<String> progress);

    /** The routes that an edge router has. @param device primary or secondary; empty: both */
    Report routes(String circuit, Peering peering, Optional<Device> device, Consumer<String> progress);

    Report arp(String circuit, Peering peering, Optional<Device> device, Consumer<String> progress);

    /** Bytes in and out on both links. */
    Report stats(String circuit);

    /**
     * What it costs in a month by the price snapshot in etc/, with the formula: as Azure has it, and as the file wants it where that is something else. One element
     * of the JSON array for each, whose {@code basis} is azure or file.
     *
     * @param circuit         empty: all, and those of the configured subscriptions that no file describes
     * @param zone            Azure's billing zone, such as {@code Zone 1}; empty: parts that depend on it are not known
     * @param egressGigabytes out of Azure in a month; empty: that part is not known
     */
    Report cost(Optional<String> circuit, Optional<String> zone, Optional<Long> egressGigabytes);

    /** Writes the price snapshot in etc/ anew from Azure's retail price interface. Where that fails, the one that was there stays. */
    void refreshPrices(Consumer<String> progress);

    /** Configuration for a neighbouring router. @param dialect ios-xe or frr */
    Report config(String circuit, String dialect);

    /** Compares Azure's view with this node's. @param progress hears each check as it is done */
    Report doctor(String circuit, Consumer<String> progress);

    enum Peering { PRIVATE, MICROSOFT }

    enum Device { PRIMARY, SECONDARY }

    /**
     * @param everything consent to whatever the plan is
     * @param plan       consent to the plan of that token; empty text: to none
     */
    record Consent(boolean everything, String plan) { }

    /** @param token of the plan. @param needed whether it has steps that cost money or cut traffic; false also where there is nothing to do */
    record Asked(Report report, String token, boolean needed) { }
}
