package tombolo.api.resource;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.json.Json;

/**
 * The resources of the cluster: a service of gateway-resources over the {@link tombolo.api.datastore.Datastore}. Any thread but a Loop's: reads come from what
 * is held in memory where the kind is watched, writes block until they are durable.
 *
 * @see tombolo.api.datastore.DatastoreException thrown where the store cannot do its work
 */
public interface Resources {
    Optional<Resource> get(ResourceId id);

    /** By namespace and name. @param namespace empty: all namespaces */
    List<Resource> list(String kind, Optional<String> namespace);

    /**
     * Writes a document; nothing is written where anything is wrong with it. One that names a resourceVersion is refused where the stored one is another; without,
     * the write is tried again when others change the resource in between. A status that the document does not have is kept. Of Kubernetes' kinds NetworkPolicy,
     * Namespace and ServiceAccount are written as what Calico's controllers make of them.
     */
    WriteOutcome write(Verb verb, Json.Obj document);

    /** Documents that {@link #writeAll} takes: with the lock of the store they are fewer than a transaction may have conditions. */
    int MOST_AT_ONCE = 100;

    /**
     * Writes documents as {@link #write} does, but those that can be in one transaction, so that the store syncs once for them. One that is refused keeps none of the
     * others from being written.
     *
     * @param documents at most {@value #MOST_AT_ONCE}
     * @return what each came to, in their order
     * @throws tombolo.api.datastore.DatastoreException where the store cannot do its work; with UNKNOWN some may be written
     */
    default List<WriteOutcome> writeAll(Verb verb, List<Json.Obj> documents) {
        return documents.stream().map(document -> write(verb, document)).toList();
    }

    /**
     * What a document would be as a resource, with its defaults: read and checked as {@link #write} does, but without a look at the store, so that it does not block.
     * Empty where it would be refused, or where the service cannot say. Revision 0.
     */
    default Optional<Resource> preview(Json.Obj document) {
        return Optional.empty();
    }

    /** @param revision compare-and-delete; empty: whatever is there */
    WriteOutcome delete(ResourceId id, Optional<Long> revision);

    /**
     * Deletes what the caller wrote, where it is as it was written, and reads nothing for it.
     *
     * @param revision of the caller's own write
     * @return false: it was changed since or is not there, or this kind has rules about being deleted; nothing was done, and {@link #delete} says why
     */
    default boolean withdraw(ResourceId id, long revision) {
        return delete(id, Optional.of(revision)) instanceof WriteOutcome.Done;
    }

    /**
     * Replaces a pool by others inside its range, of the same block size and without overlap; blocks in it keep their owners. The old pool goes and the first 100 new
     * ones come in one transaction. What is wrong is found before anything is written; where a later transaction fails, the problem names what is missing.
     *
     * @param revision of the pool that was read
     * @param parts    1 to 1024 documents
     * @return the last new pool
     */
    default WriteOutcome split(ResourceId pool, long revision, List<Json.Obj> parts) {
        WriteOutcome outcome = delete(pool, Optional.of(revision));
        for (Json.Obj part : parts) {
            outcome = outcome instanceof WriteOutcome.Done ? write(Verb.CREATE, part) : outcome;
        }
        return outcome;
    }

    /**
     * Tells of the resources of some kinds: first all that are there, then every change.
     *
     * @return closes the subscription: no call begins after that returns
     */
    Subscription subscribe(Set<String> kinds, ResourceListener listener);

    enum Verb {
        /** Refused where the resource exists. */
        CREATE,
        /** Refused where it does not exist. Takes spec, labels and annotations as the document has them. */
        REPLACE,
        /** Creates, or replaces the spec whole and adds the labels and annotations to those that are there, as calicoctl apply does. */
        APPLY
    }

    /** What a write came to. */
    sealed interface WriteOutcome {
        /** @param changed false: the stored resource was like that already */
        record Done(Resource resource, boolean changed) implements WriteOutcome { }

        /** @param problems at least one; each names the field, the value and the rule */
        record Refused(List<Problem> problems) implements WriteOutcome {
            public Refused {
                problems = List.copyOf(problems);
            }
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param field such as {@code spec.blockSize}; empty: the document as a whole
     * @param message operator text with a stable code {@code TMB-RES-NNN}: what was seen, what is allowed
     */
    record Problem(String field, String message) { }

    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
