package tombolo.ipam.osgi;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.NodeBlocks;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.datastore.Datastore;
import tombolo.api.ipam.AddressUse;
import tombolo.api.ipam.Ipam;
import tombolo.api.resource.Resources;
import tombolo.api.route.RouteSink;
import tombolo.ipam.adapter.IpamRunner;

/** Ties address management to whatever of the other bundles is there. */
@Component(immediate = true, service = SettingsListener.class)
public final class IpamComponent implements SettingsListener {
    private static final Logger LOG = LoggerFactory.getLogger(IpamComponent.class);

    private final IpamRunner runner;

    @Activate
    public IpamComponent(BundleContext context) {
        this.runner = new IpamRunner(ipam -> {
            ServiceRegistration<Ipam> registration = context.registerService(Ipam.class, ipam, null);
            return () -> unregister(registration);
        });
    }

    @Deactivate
    void deactivate() {
        runner.close();
    }

    @Override
    public void settingsChanged(Settings settings) {
        runner.node(settings.node().name());
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindStore(Datastore store) {
        runner.storeCame(store);
    }

    void unbindStore(Datastore store) {
        runner.storeWent(store);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindResources(Resources resources) {
        runner.resourcesCame(resources);
    }

    void unbindResources(Resources resources) {
        runner.resourcesWent(resources);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindSink(RouteSink sink) {
        runner.sinkCame(sink);
    }

    void unbindSink(RouteSink sink) {
        runner.sinkWent(sink);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.OPTIONAL)
    void bindAdvertiser(NodeBlocks advertiser) {
        runner.advertiserCame(advertiser);
    }

    void unbindAdvertiser(NodeBlocks advertiser) {
        runner.advertiserWent(advertiser);
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.MULTIPLE)
    void bindUse(AddressUse use) {
        runner.useCame(use);
    }

    void unbindUse(AddressUse use) {
        runner.useWent(use);
    }

    private static void unregister(ServiceRegistration<?> registration) {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            LOG.debug("the service went with its bundle before it could be unregistered"); // harmless: it is gone
        }
    }
}
