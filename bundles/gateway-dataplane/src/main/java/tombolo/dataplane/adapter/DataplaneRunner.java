package tombolo.dataplane.adapter;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.Settings;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Netlink;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.runtime.Loop;

/**
 * Runs a {@link Dataplane} while there are both netlink and settings, starts it anew when the settings of the table or the metrics change, and keeps static
 * routes and forwarding as configured. Starting and stopping wait for the kernel, so they happen on a Loop of their own; all methods are for any thread.
 */
public final class DataplaneRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DataplaneRunner.class);
    private static final Duration START_AGAIN = Duration.ofSeconds(10);
    /** Services that come and go, and changes of settings: a handful at a time. */
    private static final int MAILBOX = 256;

    private final Loop loop = new Loop("tombolo-dataplane", MAILBOX);
    private final Optional<String> netns;
    private final Forwarding forwarding;
    private final Function<Dataplane, Runnable> publish;
    private final CopyOnWriteArrayList<LinkListener> listeners = new CopyOnWriteArrayList<>();
    private Optional<Netlink> netlink = Optional.empty();
    private Optional<Settings> settings = Optional.empty();
    private Optional<Running> running = Optional.empty();

    private record Running(RoutePolicy policy, Dataplane dataplane, StaticRoutes statics, Runnable withdraw) { }

    /**
     * @param netns   path of the namespace to work in; empty for the process's own
     * @param publish makes a started data plane known; answers what takes that back, which is run before the data plane closes
     */
    public DataplaneRunner(Optional<String> netns, Forwarding forwarding, Function<Dataplane, Runnable> publish) {
        this.netns = netns;
        this.forwarding = forwarding;
        this.publish = publish;
    }

    public void netlink(Netlink service) {
        loop.offer(() -> {
            stop(); // sockets of the bundle before belong to it
            netlink = Optional.of(service);
            reconcile();
        });
    }

    public void netlinkGone(Netlink service) {
        loop.offer(() -> {
            if (netlink.filter(current -> current == service).isPresent()) {
                netlink = Optional.empty();
                stop();
            }
        });
    }

    public void settings(Settings fresh) {
        loop.offer(() -> {
            settings = Optional.of(fresh);
            reconcile();
        });
    }

    public void add(LinkListener listener) {
        listeners.addIfAbsent(listener);
        loop.offer(() -> running.ifPresent(now -> now.dataplane.links().add(listener)));
    }

    public void remove(LinkListener listener) {
        listeners.remove(listener);
        loop.offer(() -> running.ifPresent(now -> now.dataplane.links().remove(listener)));
    }

    /** Stops; the kernel keeps what it has. */
    @Override
    public void close() {
        loop.offer(this::stop);
        loop.close();
    }

    private void reconcile() {
        if (netlink.isEmpty() || settings.isEmpty()) {
            return;
        }
        Settings now = settings.get();
        RoutePolicy wanted = new RoutePolicy(now.node().routeTable(), now.node().routeMetric(), now.node().staticMetric(), netns);
        if (!running.map(Running::policy).equals(Optional.of(wanted))) {
            // Routes in another table would be nobody's; a mere change of metric is put right by the new start.
            running.filter(old -> old.policy.table() != wanted.table()).ifPresent(old -> old.dataplane.queries().removeOurs());
            stop();
            start(wanted);
        }
        if (now.node().forwarding()) {
            forwarding.enable();
        }
        running.ifPresent(one -> {
            one.dataplane.links().ignore(now.node().ignoreInterfaces());
            one.statics.apply(now.statics());
        });
    }

    private void start(RoutePolicy policy) {
        try {
            Dataplane started = new Dataplane(netlink.orElseThrow(), policy);
            listeners.forEach(started.links()::add);
            StaticRoutes statics = new StaticRoutes(started, policy.staticMetric());
            running = Optional.of(new Running(policy, started, statics, publish.apply(started)));
            LOG.info("TMB-RTE-011 the data plane writes to table {} with metric {} (static {})", policy.table(), policy.routeMetric(), policy.staticMetric());
        } catch (KernelException e) {
            LOG.error("TMB-RTE-012 the data plane does not start: {}. It needs root or CAP_NET_ADMIN. Trying again in {} s", e.getMessage(), START_AGAIN.toSeconds());
            loop.schedule(START_AGAIN, this::reconcile);
        }
    }

    private void stop() {
        running.ifPresent(old -> {
            old.withdraw.run();
            old.dataplane.close();
        });
        running = Optional.empty();
    }
}
