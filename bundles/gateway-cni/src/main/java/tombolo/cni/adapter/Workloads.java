package tombolo.cni.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.cni.core.WorkloadDocument;

/**
 * Endpoints in the cluster's datastore, as WorkloadEndpoints. Calls block until the write is durable. What was written here is remembered by its revision until it is
 * deleted, for as many endpoints as there are: what nobody has touched since is deleted without being read.
 */
public final class Workloads {
    private static final Logger LOG = LoggerFactory.getLogger(Workloads.class);

    private final Resources resources;
    private final Map<EndpointId, Written> written = new ConcurrentHashMap<>();

    private record Written(ResourceId id, long revision) { }

    public Workloads(Resources resources) {
        this.resources = resources;
    }

    /** One of a node's endpoints. */
    record Known(String node, Endpoint endpoint) { }

    /** In one transaction, where nobody is in between. @param known at most {@link Resources#MOST_AT_ONCE}. @throws DatastoreException where the store cannot do its work */
    void put(List<Known> known) {
        List<WriteOutcome> outcomes = resources.writeAll(Resources.Verb.APPLY, known.stream().map(each -> WorkloadDocument.of(each.node(), each.endpoint())).toList());
        for (int i = 0; i < known.size(); i++) {
            Known each = known.get(i);
            switch (outcomes.get(i)) {
                case WriteOutcome.Done(Resource resource, boolean _) -> written.put(each.endpoint().id(), new Written(resource.id(), resource.revision()));
                case WriteOutcome.Refused(List<Resources.Problem> problems) ->
                        LOG.warn("TMB-CNI-021 {} is not stored as {}: {}", each.endpoint().id(), WorkloadDocument.id(each.node(), each.endpoint()), problems.getFirst().message());
            }
        }
    }

    /** What is about to be stored of it; empty where it would be refused. Does not block. */
    Optional<Resource> preview(String node, Endpoint endpoint) {
        return resources.preview(WorkloadDocument.of(node, endpoint));
    }

    /** Removes it where it is still this container's: a pod that was made anew has the same name. */
    void delete(String node, Endpoint endpoint) {
        ResourceId id = WorkloadDocument.id(node, endpoint);
        @Nullable Written own = written.get(endpoint.id());
        if (own != null && own.id().equals(id) && written.remove(endpoint.id(), own) && resources.withdraw(id, own.revision())) {
            return;
        }
        Optional<Resource> stored = resources.get(id);
        if (stored.isPresent() && stored.get().tree().object("spec").flatMap(spec -> spec.text("containerID")).equals(Optional.of(WorkloadDocument.containerId(endpoint.id())))) {
            resources.delete(id, Optional.of(stored.get().revision()));
        }
    }

    /**
     * Deletes what this node wrote of interfaces that no record knows, as it was when it was listed: nobody else does, and whoever gets their addresses next would count
     * as them.
     *
     * @param record  asked behind the list, so that whatever is added meanwhile is in it
     * @param isLedTo by an endpoint's mode and its interface on the host: what is there has lost its record, but not its network
     * @return how many were deleted
     */
    int deleteUnrecorded(String node, Supplier<List<Endpoint>> record, BiPredicate<String, String> isLedTo) {
        List<Resource> written = resources.list(WorkloadDocument.KIND, Optional.empty()).stream().filter(one -> WorkloadDocument.mode(node, one.tree()).isPresent()).toList();
        Set<List<String>> recorded = record.get().stream().map(endpoint -> List.of(WorkloadDocument.containerId(endpoint.id()), WorkloadDocument.interfaceName(endpoint.id())))
                .collect(Collectors.toSet());
        int deleted = 0;
        for (Resource one : written) {
            Json.Obj spec = one.tree().object("spec").orElse(Json.Obj.EMPTY);
            if (!recorded.contains(List.of(spec.text("containerID").orElse(""), spec.text("endpoint").orElse("")))
                    && !isLedTo.test(WorkloadDocument.mode(node, one.tree()).orElseThrow(), spec.text("interfaceName").orElse(""))
                    && resources.delete(one.id(), Optional.of(one.revision())) instanceof WriteOutcome.Done) {
                deleted++;
            }
        }
        return deleted;
    }
}
