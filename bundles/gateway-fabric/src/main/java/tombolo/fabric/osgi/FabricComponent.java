package tombolo.fabric.osgi;

import java.nio.file.Path;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.bgp.NodeBlocks;
import tombolo.api.config.Configuration;
import tombolo.api.config.Contributions;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.ipam.Ipam;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.resource.Resources;
import tombolo.api.route.KernelRoutes;
import tombolo.fabric.adapter.Fabric;

/** Ties {@link Fabric} to whatever of the other bundles is there. */
@Component(immediate = true, service = {SettingsListener.class, NodeBlocks.class, LinkListener.class})
public final class FabricComponent implements SettingsListener, NodeBlocks, LinkListener {
    private final Fabric fabric;

    @Activate
    public FabricComponent() {
        this.fabric = new Fabric(Path.of(System.getProperty("karaf.data", "data"), "tombolo", "fabric"));
    }

    @Override
    public void settingsChanged(Settings settings) {
        fabric.settingsChanged(settings);
    }

    @Override
    public void holds(Holdings holdings) {
        fabric.holds(holdings);
    }

    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        fabric.linkChanged(link, usable, reason);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindConfiguration(Configuration configuration) {
        fabric.configurationCame(configuration);
    }

    void unbindConfiguration(Configuration configuration) {
        fabric.configurationWent(configuration);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindContributions(Contributions contributions) {
        fabric.contributionsCame(contributions);
    }

    void unbindContributions(Contributions contributions) {
        fabric.contributionsWent(contributions);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindResources(Resources resources) {
        fabric.resourcesCame(resources);
    }

    void unbindResources(Resources resources) {
        fabric.resourcesWent(resources);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindLinks(Links links) {
        fabric.linksCame(links);
    }

    void unbindLinks(Links links) {
        fabric.linksWent(links);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindRoutes(KernelRoutes routes) {
        fabric.routesCame(routes);
    }

    void unbindRoutes(KernelRoutes routes) {
        fabric.routesWent(routes);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindIpam(Ipam ipam) {
        fabric.ipamCame(ipam);
    }

    void unbindIpam(Ipam ipam) {
        fabric.ipamWent(ipam);
    }

    @Deactivate
    void deactivate() {
        fabric.close();
    }
}
