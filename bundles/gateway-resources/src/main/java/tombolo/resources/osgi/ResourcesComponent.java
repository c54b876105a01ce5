package tombolo.resources.osgi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Datastore;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.ipam.Ipam;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceCommands;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.resources.adapter.CalicoCommands;
import tombolo.resources.adapter.CtlSocket;
import tombolo.resources.adapter.StoredResources;

/** Offers the resources and their commands, whether or not a store is there: without one, calls say so. The socket is in {@code ctl/} of Karaf's data folder. */
@Component(immediate = true, service = {Resources.class, ResourceCommands.class})
public final class ResourcesComponent implements Resources, ResourceCommands {
    private static final Logger LOG = LoggerFactory.getLogger(ResourcesComponent.class);

    private final AtomicReference<@Nullable Datastore> datastore = new AtomicReference<>();
    private final AtomicReference<@Nullable Ipam> ipam = new AtomicReference<>();
    private final List<ForbiddenSpace> forbidden = new CopyOnWriteArrayList<>();
    private final StoredResources resources = new StoredResources(() -> Optional.ofNullable(datastore.get()), () -> Optional.ofNullable(ipam.get()), () -> forbidden,
            InstantSource.system(), UUID::randomUUID);
    private final CalicoCommands commands = new CalicoCommands(resources);
    private @Nullable CtlSocket socket;

    @Activate
    void activate(BundleContext context) {
        String data = context.getProperty("karaf.data");
        Path folder = Path.of(data == null ? "data" : data, "ctl");
        try {
            socket = CtlSocket.open(commands, folder);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("TMB-RES-023 gateway ctl is not served: the socket in {} cannot be made: {}. The commands resource:* work nevertheless.", folder, e.getMessage());
        }
    }

    @Deactivate
    void deactivate() throws IOException {
        if (socket != null) {
            socket.close();
        }
        resources.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindDatastore(Datastore bound) {
        datastore.set(bound);
        resources.datastoreChanged();
    }

    void unbindDatastore(Datastore unbound) {
        if (datastore.compareAndSet(unbound, null)) {
            resources.datastoreChanged();
        }
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    void bindIpam(Ipam bound) {
        ipam.set(bound);
    }

    void unbindIpam(Ipam unbound) {
        ipam.compareAndSet(unbound, null);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindForbidden(ForbiddenSpace bound) {
        forbidden.add(bound);
    }

    void unbindForbidden(ForbiddenSpace unbound) {
        forbidden.remove(unbound);
    }

    @Override
    public Optional<Resource> get(ResourceId id) {
        return resources.get(id);
    }

    @Override
    public List<Resource> list(String kind, Optional<String> namespace) {
        return resources.list(kind, namespace);
    }

    @Override
    public Optional<Resource> preview(Json.Obj document) {
        return resources.preview(document);
    }

    @Override
    public WriteOutcome write(Verb verb, Json.Obj document) {
        return resources.write(verb, document);
    }

    @Override
    public List<WriteOutcome> writeAll(Verb verb, List<Json.Obj> documents) {
        return resources.writeAll(verb, documents);
    }

    @Override
    public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
        return resources.delete(id, revision);
    }

    @Override
    public boolean withdraw(ResourceId id, long revision) {
        return resources.withdraw(id, revision);
    }

    @Override
    public WriteOutcome split(ResourceId pool, long revision, List<Json.Obj> parts) {
        return resources.split(pool, revision, parts);
    }

    @Override
    public Subscription subscribe(Set<String> kinds, ResourceListener listener) {
        return resources.subscribe(kinds, listener);
    }

    @Override
    public Answer run(String verb, List<String> words, InputStream standardInput) {
        return commands.run(verb, words, standardInput);
    }

    @Override
    public Documents read(List<String> words, InputStream standardInput) {
        return commands.read(words, standardInput);
    }

    @Override
    public List<String> kinds() {
        return commands.kinds();
    }

    @Override
    public List<String> names(String kind) {
        return commands.names(kind);
    }
}
