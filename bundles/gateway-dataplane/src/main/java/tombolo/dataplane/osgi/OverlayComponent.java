package tombolo.dataplane.osgi;

import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.kernel.Netlink;
import tombolo.api.overlay.Overlays;
import tombolo.api.resource.Resources;
import tombolo.api.route.RouteSink;
import tombolo.dataplane.adapter.overlay.Overlay;

/** Ties {@link Overlay} to whatever of the other bundles is there. */
@Component(immediate = true, service = {Overlays.class, SettingsListener.class, LinkListener.class})
public final class OverlayComponent implements Overlays, SettingsListener, LinkListener {
    private final Overlay overlay;

    @Activate
    public OverlayComponent() {
        overlay = new Overlay(Optional.empty());
    }

    @Deactivate
    void deactivate() {
        overlay.close();
    }

    @Override
    public OptionalInt endpointMtu() {
        return overlay.endpointMtu();
    }

    @Override
    public boolean isPlanned() {
        return overlay.isPlanned();
    }

    @Override
    public Status status() {
        return overlay.status();
    }

    @Override
    public void settingsChanged(Settings settings) {
        overlay.node(settings.node().name());
    }

    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        overlay.linkChanged(link, usable, reason);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNetlink(Netlink service) {
        overlay.netlinkCame(service);
    }

    void unbindNetlink(Netlink service) {
        overlay.netlinkWent(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindLinks(Links service) {
        overlay.linksCame(service);
    }

    void unbindLinks(Links service) {
        overlay.linksWent(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindSink(RouteSink service) {
        overlay.sinkCame(service);
    }

    void unbindSink(RouteSink service) {
        overlay.sinkWent(service);
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindResources(Resources service) {
        overlay.resourcesCame(service);
    }

    void unbindResources(Resources service) {
        overlay.resourcesWent(service);
    }
}
