package tombolo.api.datastore;

import java.util.Optional;
import tombolo.api.json.Json;

/**
 * Calico's {@code ClusterInformation} named {@code default}, as far as it concerns everybody who writes: {@code spec.datastoreReady: false} locks the datastore
 * for an upgrade or a migration. IPAM, the CNI plugin and the resources then refuse to write; reading, BGP and the data plane go on.
 *
 * <p>DEVIATION: Calico's lock does not keep calicoctl from writing resources; here it does, so that what is exported or migrated meanwhile is one state. And where
 * the resource does not exist, the store is not locked: Calico's plugin refuses then; a gateway of its own has no component that creates it.
 *
 * @param ready       false: locked
 * @param clusterGuid empty where the resource does not exist or has none
 * @param modRevision of the key; 0 where it does not exist
 */
public record DatastoreLock(boolean ready, Optional<String> clusterGuid, long modRevision) {
    public static final Key KEY = Key.of("/calico/resources/v3/projectcalico.org/clusterinformations/default");

    /** The lock as it is now: one read. @param parser of JSON; what is no JSON is an exception, and the store then counts as locked */
    public static DatastoreLock read(Datastore store, Parser parser) {
        return store.get(KEY).map(entry -> of(entry, parser)).orElse(new DatastoreLock(true, Optional.empty(), 0));
    }

    private static DatastoreLock of(KeyValue entry, Parser parser) {
        try {
            Json.Obj spec = parser.parse(entry.value().toByteArray()) instanceof Json.Obj tree ? tree.object("spec").orElse(Json.Obj.EMPTY) : Json.Obj.EMPTY;
            return new DatastoreLock(spec.bool("datastoreReady").orElse(false), spec.text("clusterGUID"), entry.modRevision());
        } catch (Exception e) {
            return new DatastoreLock(false, Optional.empty(), entry.modRevision());
        }
    }

    /** For a transaction that must not happen under a lock: the lock is as it was read. */
    public Compare unchanged() {
        return Compare.unchanged(KEY, modRevision);
    }

    /** What a writer that honours the lock answers. */
    public static DatastoreException locked(String what) {
        return new DatastoreException(DatastoreException.Reason.LOCKED, DatastoreException.Applied.NO, "TMB-DST-060 " + what + ": the datastore is locked (ClusterInformation default, "
                + "datastoreReady false), as during an upgrade or a migration. datastore:unlock ends that.");
    }

    /** JSON of one document, such as {@code JsonText::parse}. */
    @FunctionalInterface
    public interface Parser {
        Json parse(byte[] utf8) throws Exception;
    }
}
