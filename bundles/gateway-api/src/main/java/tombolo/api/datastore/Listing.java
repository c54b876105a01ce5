package tombolo.api.datastore;

import java.util.List;

/** All keys below a prefix at one revision. */
public record Listing(long revision, List<KeyValue> entries) {
    public Listing {
        entries = List.copyOf(entries);
    }
}
