package tombolo.ipam.adapter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import tombolo.api.net.Prefix;
import tombolo.api.resource.ClusterInformation;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpReservation;
import tombolo.api.resource.IpamConfiguration;
import tombolo.api.resource.Profile;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.api.selector.BadSelector;
import tombolo.api.selector.Selector;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.Reservations;

/** Follows the resources that addresses depend on. Any thread. */
final class ClusterView implements AutoCloseable {
    private static final Set<String> KINDS = Set.of("IPPool", "IPReservation", "IPAMConfiguration", "Node", "Profile", "ClusterInformation");
    /** What a Kubernetes namespace becomes: a profile of this name, its labels with a prefix. */
    private static final String NAMESPACE_PROFILE = "kns.";
    private static final String NAMESPACE_LABEL = "pcns.";
    /** Selectors of pools: a handful; a limit against whoever changes them all day. */
    private static final int MAX_SELECTORS = 1000;
    private static final long FIRST_SECONDS = 30;

    private final Map<ResourceId, Resource> held = new HashMap<>();
    private final Map<String, Selector> selectors = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private final boolean etcd;
    private final Resources.Subscription subscription;
    private volatile Cluster cluster = Cluster.EMPTY;
    private volatile ClusterInformation information = new ClusterInformation(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    private volatile long informationRevision;

    /** @param etcd the store can be shared with Calico's own nodes */
    ClusterView(Resources resources, boolean etcd) {
        this.etcd = etcd;
        this.subscription = resources.subscribe(KINDS, this::changed);
    }

    /** Waits for the first word of the resources. False: none came. */
    boolean ready() throws InterruptedException {
        return first.await(FIRST_SECONDS, TimeUnit.SECONDS);
    }

    Cluster cluster() {
        return cluster;
    }

    ClusterInformation information() {
        return information;
    }

    long informationRevision() {
        return informationRevision;
    }

    /** Called after each change; must return at once. */
    void listen(Runnable listener) {
        listeners.add(listener);
    }

    boolean matches(String selector, Map<String, String> labels) {
        Selector parsed = selectors.get(selector);
        if (parsed == null) {
            try {
                parsed = Selector.parse(selector);
            } catch (BadSelector e) {
                // gateway-resources lets none pass; one that gets here anyway selects nothing
                return false;
            }
            if (selectors.size() >= MAX_SELECTORS) {
                selectors.clear();
            }
            selectors.put(selector, parsed);
        }
        return parsed.matches(labels);
    }

    @Override
    public void close() {
        subscription.close();
    }

    private void changed(ResourceListener.Changes changes) {
        synchronized (held) {
            if (changes.complete()) {
                Set<ResourceId> there = new HashSet<>();
                changes.puts().forEach(resource -> there.add(resource.id()));
                held.keySet().retainAll(there);
            }
            changes.puts().forEach(resource -> held.put(resource.id(), resource));
            changes.deletes().forEach(held::remove);
            cluster = compute();
        }
        if (changes.complete()) {
            first.countDown();
        }
        listeners.forEach(Runnable::run);
    }

    private Cluster compute() {
        List<Cluster.Pool> pools = new ArrayList<>();
        List<Prefix> reserved = new ArrayList<>();
        Map<String, Map<String, String>> nodes = new HashMap<>();
        Map<String, Map<String, String>> namespaces = new HashMap<>();
        IpamConfiguration configuration = IpamConfiguration.DEFAULT;
        ClusterInformation told = new ClusterInformation(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        long toldAt = 0;
        for (Resource resource : held.values()) {
            switch (resource.id().kind()) {
                case "Node" -> nodes.put(resource.id().name(), resource.labels());
                default -> {
                    switch (resource.spec()) {
                        case IpPool pool -> pools.add(new Cluster.Pool(resource.id().name(), pool));
                        case Profile profile when resource.id().name().startsWith(NAMESPACE_PROFILE) ->
                                namespaces.put(resource.id().name().substring(NAMESPACE_PROFILE.length()), namespaceLabels(profile));
                        case IpReservation reservation -> reserved.addAll(reservation.reservedCidrs());
                        case IpamConfiguration configured when resource.id().name().equals("default") -> configuration = configured;
                        case ClusterInformation cluster when resource.id().name().equals("default") -> {
                            told = cluster;
                            toldAt = resource.revision();
                        }
                        default -> { }
                    }
                }
            }
        }
        pools.sort(Comparator.comparing(Cluster.Pool::name));
        information = told;
        informationRevision = toldAt;
        return new Cluster(pools, new Reservations(reserved), configuration, nodes, namespaces, !told.datastoreReady().orElse(true), mayCoolDown(etcd, told));
    }

    private static Map<String, String> namespaceLabels(Profile profile) {
        Map<String, String> labels = new HashMap<>();
        profile.labelsToApply().forEach((name, value) -> {
            if (name.startsWith(NAMESPACE_LABEL)) {
                labels.put(name.substring(NAMESPACE_LABEL.length()), value);
            }
        });
        return labels;
    }

    /**
     * Nodes of Calico before 3.33 do not know that an address cools down: they would never free it, and could not release it. On our own store there are none.
     */
    static boolean mayCoolDown(boolean etcd, ClusterInformation information) {
        Optional<String> version = information.calicoVersion().filter(text -> !text.isBlank());
        if (!etcd || version.isEmpty()) {
            return true;
        }
        String[] words = version.get().replaceFirst("^v", "").split("[.-]");
        try {
            int major = Integer.parseInt(words[0]);
            int minor = words.length > 1 ? Integer.parseInt(words[1]) : 0;
            return major > 3 || major == 3 && minor >= 33;
        } catch (NumberFormatException _) {
            // a version that nobody can read is one that nobody can trust
            return false;
        }
    }
}
