package tombolo.ipam.adapter;

import java.util.Optional;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.json.Json;
import tombolo.ipam.core.check.StoredState;
import tombolo.runtime.json.JsonText;

/** Reads all that is stored, at one revision, for the checker. */
public final class StateReader {
    private StateReader() { }

    public static StoredState read(Datastore store) {
        StoredState state = new StoredState();
        for (KeyValue entry : store.list(KeyPrefix.of("/calico/ipam/v2/")).entries()) {
            Optional<Json> value;
            try {
                value = Optional.of(JsonText.parse(entry.value().toByteArray()));
            } catch (JsonText.Malformed _) {
                value = Optional.empty();
            }
            state.add(entry.key().text(), value);
        }
        return state;
    }
}
