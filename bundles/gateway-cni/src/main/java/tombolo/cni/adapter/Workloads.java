package tombolo.cni.adapter;

import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.cni.core.WorkloadDocument;

/** Endpoints in the cluster's datastore, as WorkloadEndpoints. Calls block until the write is durable. */
public final class Workloads {
    private static final Logger LOG = LoggerFactory.getLogger(Workloads.class);

    private final Resources resources;

    public Workloads(Resources resources) {
        this.resources = resources;
    }

    /** @throws DatastoreException where the store cannot do its work */
    void put(String node, Endpoint endpoint) {
        Optional<ResourceId> id = WorkloadDocument.id(node, endpoint);
        if (id.isEmpty()) {
            LOG.debug("{} has no name that a WorkloadEndpoint can have", endpoint.id());
            return;
        }
        if (resources.write(Resources.Verb.APPLY, WorkloadDocument.of(node, id.get(), endpoint)) instanceof WriteOutcome.Refused(List<Resources.Problem> problems)) {
            LOG.warn("TMB-CNI-021 {} is not stored as {}: {}", endpoint.id(), id.get(), problems.getFirst().message());
        }
    }

    /** What is about to be stored of it; empty where it would be refused. Does not block. */
    Optional<Resource> preview(String node, Endpoint endpoint) {
        return WorkloadDocument.id(node, endpoint).flatMap(id -> resources.preview(WorkloadDocument.of(node, id, endpoint)));
    }

    /** Removes it where it is still this container's: a pod that was made anew has the same name. */
    void delete(String node, Endpoint endpoint) {
        Optional<ResourceId> id = WorkloadDocument.id(node, endpoint);
        Optional<Resource> stored = id.flatMap(resources::get);
        if (stored.isPresent() && stored.get().tree().object("spec").flatMap(spec -> spec.text("containerID")).equals(Optional.of(endpoint.id().containerId()))) {
            resources.delete(id.get(), Optional.of(stored.get().revision()));
        }
    }
}
