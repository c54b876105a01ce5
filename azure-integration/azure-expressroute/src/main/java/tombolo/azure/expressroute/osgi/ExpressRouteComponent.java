package tombolo.azure.expressroute.osgi;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.azure.Arm;
import tombolo.api.azure.RetailPrices;
import tombolo.api.bfd.Bfd;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.config.Contributions;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.datastore.Datastore;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VnetSpaces;
import tombolo.api.kernel.Links;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.azure.expressroute.adapter.ExpressRouteNode;

/** Publishes {@link ExpressRoute}. Stopping waits for nothing: what is in flight is in the datastore, and goes on in Azure. */
@Component(immediate = true, service = {ExpressRoute.class, SettingsListener.class, VnetSpaces.class})
public final class ExpressRouteComponent implements ExpressRoute, SettingsListener, VnetSpaces {
    private final ExpressRouteNode node;

    @Activate
    public ExpressRouteComponent(BundleContext context) {
        String etc = Optional.ofNullable(context.getProperty("tombolo.etc")).or(() -> Optional.ofNullable(context.getProperty("karaf.etc"))).orElse("etc");
        node = new ExpressRouteNode(Path.of(etc, "tombolo.expressroute.prices.json"), Path.of(System.getProperty("karaf.data", "data"), "tombolo", "expressroute"));
        node.startWatch();
    }

    @Deactivate
    void deactivate() {
        node.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindArm(Arm service) {
        node.armSlot().set(service);
        node.resumeLater();
    }

    void unbindArm(Arm service) {
        node.armSlot().gone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindPrices(RetailPrices service) {
        node.retailSlot().set(service);
    }

    void unbindPrices(RetailPrices service) {
        node.retailSlot().gone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindStore(Datastore service) {
        node.storeSlot().set(service);
        node.resumeLater();
    }

    void unbindStore(Datastore service) {
        node.storeSlot().gone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindSessions(BgpSessions service) {
        node.sessionsSlot().set(service);
    }

    void unbindSessions(BgpSessions service) {
        node.sessionsSlot().gone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindRoutes(BgpRoutes service) {
        node.routesSlot().set(service);
    }

    void unbindRoutes(BgpRoutes service) {
        node.routesSlot().gone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindLinks(Links service) {
        node.linksSlot().set(service);
    }

    void unbindLinks(Links service) {
        node.linksSlot().gone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindBfd(Bfd service) {
        node.bfdSlot().set(service);
    }

    void unbindBfd(Bfd service) {
        node.bfdSlot().gone(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindSubinterfaces(Subinterfaces service) {
        node.subinterfacesCame(service);
    }

    void unbindSubinterfaces(Subinterfaces service) {
        node.subinterfacesWent(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindContributions(Contributions service) {
        node.contributionsCame(service);
    }

    void unbindContributions(Contributions service) {
        node.contributionsWent(service);
    }

    @Override
    public void settingsChanged(Settings settings) {
        node.settings(settings.node().name(), settings.bgp().as(), settings.circuits());
    }

    @Override
    public List<Told> told() {
        return node.vnetSpaces().told();
    }

    @Override
    public List<String> circuits() {
        return node.circuits();
    }

    @Override
    public Report list() {
        return node.list();
    }

    @Override
    public Report show(String circuit) {
        return node.show(circuit);
    }

    @Override
    public Report providers(Optional<String> subscription) {
        return node.providers(subscription);
    }

    @Override
    public Report plan(Optional<String> circuit) {
        return node.plan(circuit);
    }

    @Override
    public Asked ask(String circuit) {
        return node.ask(circuit);
    }

    @Override
    public Report apply(String circuit, Consent consent, Consumer<String> progress) {
        return node.apply(circuit, consent, progress);
    }

    @Override
    public Report key(String circuit, boolean open) {
        return node.key(circuit, open);
    }

    @Override
    public Report authorizations(String circuit) {
        return node.authorizations(circuit);
    }

    @Override
    public Report createAuthorizations(String circuit, String description, int limit, Consumer<String> progress) {
        return node.createAuthorizations(circuit, description, limit, progress);
    }

    @Override
    public Report deleteAuthorizations(String circuit, String name, boolean cut, Consumer<String> progress) {
        return node.deleteAuthorizations(circuit, name, cut, progress);
    }

    @Override
    public Report links(String circuit) {
        return node.links(circuit);
    }

    @Override
    public Report createLink(String circuit, String gateway, Optional<String> from, Optional<String> authorization, OptionalInt weight, boolean moves, Consumer<String> progress) {
        return node.createLink(circuit, gateway, from, authorization, weight, moves, progress);
    }

    @Override
    public Report deleteLink(String circuit, String link, boolean cut, Consumer<String> progress) {
        return node.deleteLink(circuit, link, cut, progress);
    }

    @Override
    public Report routes(String circuit, Peering peering, Optional<Device> device, Consumer<String> progress) {
        return node.routes(circuit, peering, device, progress);
    }

    @Override
    public Report arp(String circuit, Peering peering, Optional<Device> device, Consumer<String> progress) {
        return node.arp(circuit, peering, device, progress);
    }

    @Override
    public Report stats(String circuit) {
        return node.stats(circuit);
    }

    @Override
    public Report cost(Optional<String> circuit, Optional<String> zone, Optional<Long> egressGigabytes) {
        return node.cost(circuit, zone, egressGigabytes);
    }

    @Override
    public void refreshPrices(Consumer<String> progress) {
        node.refreshPrices(progress);
    }

    @Override
    public Report config(String circuit, String dialect) {
        return node.config(circuit, dialect);
    }

    @Override
    public Report doctor(String circuit, Consumer<String> progress) {
        return node.doctor(circuit, progress);
    }
}
