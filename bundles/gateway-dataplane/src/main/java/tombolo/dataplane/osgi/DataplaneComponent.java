package tombolo.dataplane.osgi;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.kernel.Netlink;
import tombolo.api.route.KernelRoutes;
import tombolo.api.route.NextHopTracker;
import tombolo.api.route.RouteSink;
import tombolo.dataplane.adapter.Dataplane;
import tombolo.dataplane.adapter.Forwarding;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.dataplane.adapter.StaticRoutes;
import tombolo.runtime.Loop;

/**
 * Runs the {@link Dataplane} while there are both netlink and settings, and publishes its services for just as long: whoever sees a RouteSink can use it.
 * Starting and stopping wait for the kernel, so they happen on a Loop of their own.
 */
@Component(immediate = true, service = SettingsListener.class)
public final class DataplaneComponent implements SettingsListener {
    private static final Logger LOG = LoggerFactory.getLogger(DataplaneComponent.class);
    private static final Duration START_AGAIN = Duration.ofSeconds(10);
    private static final Path SYSCTLS = Path.of("/proc/sys/net");

    private final Loop loop = new Loop("tombolo-dataplane", 256);
    private final BundleContext context;
    private final List<LinkListener> listeners = new CopyOnWriteArrayList<>();
    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private Optional<Netlink> netlink = Optional.empty();
    private Optional<Settings> settings = Optional.empty();
    private Optional<RoutePolicy> running = Optional.empty();
    private Optional<Dataplane> dataplane = Optional.empty();
    private Optional<StaticRoutes> statics = Optional.empty();

    @Activate
    public DataplaneComponent(BundleContext context) {
        this.context = context;
    }

    @Deactivate
    void deactivate() {
        loop.offer(this::stop);
        loop.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindNetlink(Netlink service) {
        loop.offer(() -> {
            netlink = Optional.of(service);
            stop();
            reconcile();
        });
    }

    void unbindNetlink(Netlink service) {
        loop.offer(() -> {
            if (netlink.filter(current -> current == service).isPresent()) {
                netlink = Optional.empty();
                stop();
            }
        });
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindLinkListener(LinkListener listener) {
        listeners.add(listener);
        loop.offer(() -> dataplane.ifPresent(running -> running.links().add(listener)));
    }

    void unbindLinkListener(LinkListener listener) {
        listeners.remove(listener);
        loop.offer(() -> dataplane.ifPresent(running -> running.links().remove(listener)));
    }

    @Override
    public void settingsChanged(Settings fresh) {
        loop.offer(() -> {
            settings = Optional.of(fresh);
            reconcile();
        });
    }

    private void reconcile() {
        if (netlink.isEmpty() || settings.isEmpty()) {
            return;
        }
        Settings now = settings.get();
        RoutePolicy wanted = new RoutePolicy(now.node().routeTable(), now.node().routeMetric(), now.node().staticMetric(), Optional.empty());
        if (!running.equals(Optional.of(wanted))) {
            // Routes in another table would be ours no more; a mere change of metric is put right by the new start.
            if (running.filter(old -> old.table() != wanted.table()).isPresent()) {
                dataplane.ifPresent(old -> old.queries().removeOurs());
            }
            stop();
            try {
                start(wanted);
            } catch (KernelException e) {
                LOG.error("TMB-RTE-012 the data plane does not start: {}. It needs root or CAP_NET_ADMIN. Trying again in {} s", e.getMessage(), START_AGAIN.toSeconds());
                loop.schedule(START_AGAIN, this::reconcile);
                return;
            }
        }
        if (now.node().forwarding()) {
            new Forwarding(SYSCTLS).enable();
        }
        dataplane.ifPresent(one -> one.links().ignore(now.node().ignoreInterfaces()));
        statics.ifPresent(one -> one.apply(now.statics()));
    }

    private void start(RoutePolicy policy) {
        Dataplane started = new Dataplane(netlink.orElseThrow(), policy);
        dataplane = Optional.of(started);
        running = Optional.of(policy);
        statics = Optional.of(new StaticRoutes(started, policy.staticMetric()));
        listeners.forEach(started.links()::add);
        services.add(context.registerService(Links.class, started.links(), null));
        services.add(context.registerService(NextHopTracker.class, started.nextHops(), null));
        services.add(context.registerService(KernelRoutes.class, started.queries(), null));
        services.add(context.registerService(RouteSink.class, started.routes(), null));
        LOG.info("TMB-RTE-011 the data plane writes to table {} with metric {} (static {})", policy.table(), policy.routeMetric(), policy.staticMetric());
    }

    private void stop() {
        for (ServiceRegistration<?> service : services) {
            try {
                service.unregister();
            } catch (IllegalStateException e) {
                LOG.debug("already unregistered with the bundle"); // a bundle that was stopped under us
            }
        }
        services.clear();
        statics = Optional.empty();
        running = Optional.empty();
        dataplane.ifPresent(Dataplane::close);
        dataplane = Optional.empty();
    }
}
