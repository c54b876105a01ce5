package tombolo.resources.core;

import java.util.ArrayList;
import java.util.List;

/** The fields of a document that nobody here knows: kept, and told to whoever wrote it. */
final class Notes {
    private final List<String> unknownFields = new ArrayList<>();

    void add(String field) {
        if (unknownFields.size() < Problems.MAX) {
            unknownFields.add(field);
        }
    }

    List<String> unknownFields() {
        return List.copyOf(unknownFields);
    }
}
