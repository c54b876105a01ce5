package tombolo.resources.core;

import java.util.ArrayList;
import java.util.List;
import tombolo.api.resource.Resources.Problem;

/** Collects what is wrong with a document, so that all of it is told at once. */
public final class Problems {
    /** More would only push the first ones off the screen. */
    static final int MAX = 100;
    static final int SHOWN_CHARS = 80;

    private final List<Problem> found = new ArrayList<>();

    /** @param seen what stands there, shortened where it is long; empty where nothing does */
    void add(String code, String field, String seen, String rule) {
        String value = seen.isEmpty() ? "" : " is " + shortened(seen);
        add(new Problem(field, code + " " + (field.isEmpty() ? "the document" : field) + value + ": " + rule + (rule.endsWith("?") ? "" : ".")));
    }

    void add(Problem problem) {
        if (found.size() < MAX) {
            found.add(problem);
        }
    }

    boolean none() {
        return found.isEmpty();
    }

    List<Problem> all() {
        return List.copyOf(found);
    }

    static String shortened(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() > SHOWN_CHARS ? "'" + line.substring(0, SHOWN_CHARS) + "…' (" + text.length() + " characters)" : "'" + line + "'";
    }
}
