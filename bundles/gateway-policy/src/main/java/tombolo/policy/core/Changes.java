package tombolo.policy.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What came to and went from a set since the last look; what came and went again, or the other way round, is not told. */
final class Changes<E> {
    private final Map<E, Boolean> pending = new HashMap<>();
    private final boolean kept;

    Changes() {
        this(true);
    }

    private Changes(boolean kept) {
        this.kept = kept;
    }

    /** Forgets everything at once. */
    static <E> Changes<E> ignored() {
        return new Changes<>(false);
    }

    void add(E element) {
        if (kept && pending.remove(element) == null) {
            pending.put(element, true);
        }
    }

    void remove(E element) {
        if (kept && pending.remove(element) == null) {
            pending.put(element, false);
        }
    }

    boolean isEmpty() {
        return pending.isEmpty();
    }

    List<E> added() {
        return those(true);
    }

    List<E> removed() {
        return those(false);
    }

    void clear() {
        pending.clear();
    }

    private List<E> those(boolean added) {
        List<E> those = new ArrayList<>();
        pending.forEach((element, is) -> {
            if (is == added) {
                those.add(element);
            }
        });
        return those;
    }
}
