package tombolo.fabric.core;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** What of the resources cannot be done as it stands: operator text, each once, sorted. */
final class Notes {
    private final Collection<String> texts = new TreeSet<>();

    void add(String text) {
        texts.add(text);
    }

    List<String> all() {
        return List.copyOf(texts);
    }
}
