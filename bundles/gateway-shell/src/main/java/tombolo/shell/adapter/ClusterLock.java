package tombolo.shell.adapter;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.DatastoreLock;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.WriteResult;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;

/** {@code datastore:lock} and {@code datastore:unlock}: Calico's {@code ClusterInformation.spec.datastoreReady}, every other field left as it is. */
public final class ClusterLock {
    /** Somebody else may write the same resource at the same time; not this often. */
    private static final int ATTEMPTS = 5;

    private ClusterLock() { }

    public static Document set(Datastore store, boolean ready) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<KeyValue> there = store.get(DatastoreLock.KEY);
            Json.Obj before = there.map(ClusterLock::tree).orElseGet(ClusterLock::fresh);
            Json.Obj spec = before.object("spec").orElse(Json.Obj.EMPTY);
            boolean was = there.isEmpty() || spec.bool("datastoreReady").orElse(false);
            if (there.isPresent() && was == ready) {
                return document(ready, false, spec);
            }
            Json.Obj after = before.with("spec", spec.with("datastoreReady", ready));
            Bytes value = Bytes.of(JsonText.bytes(after));
            WriteResult written = there.isPresent() ? store.update(DatastoreLock.KEY, value, there.get().modRevision()) : store.create(DatastoreLock.KEY, value);
            if (written instanceof WriteResult.Written) {
                return document(ready, was != ready, spec);
            }
        }
        throw new Failure("TMB-DST-064 the lock was changed by somebody else " + ATTEMPTS + " times in a row: try again.");
    }

    private static Json.Obj tree(KeyValue entry) {
        try {
            if (JsonText.parse(entry.value().toByteArray()) instanceof Json.Obj tree) {
                return tree;
            }
            throw new Failure("TMB-DST-065 " + entry.key() + " is no JSON object: the lock cannot be set. Mend or delete the key (etcdctl), or restore a backup.");
        } catch (JsonText.Malformed e) {
            throw new Failure("TMB-DST-065 " + entry.key() + " is no JSON: " + e.getMessage() + ". Mend or delete the key (etcdctl), or restore a backup.");
        }
    }

    /** As Calico's own components make it: a random GUID of 32 hexadecimal digits. */
    private static Json.Obj fresh() {
        return Json.Obj.of("kind", new Json.Text("ClusterInformation")).with("apiVersion", "projectcalico.org/v3")
                .with("metadata", Json.Obj.of("name", new Json.Text("default")).with("uid", UUID.randomUUID().toString())
                        .with("creationTimestamp", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString()))
                .with("spec", Json.Obj.of("clusterGUID", new Json.Text(UUID.randomUUID().toString().replace("-", ""))));
    }

    private static Document document(boolean ready, boolean changed, Json.Obj spec) {
        return new Document(Map.of("locked", !ready, "changed", changed, "clusterGUID", spec.text("clusterGUID")),
                screen -> (ready ? changed ? "Unlocked" : "It was not locked" : changed ? "Locked: IPAM, CNI and resources write nothing until datastore:unlock" : "It was locked already") + ".\n");
    }
}
