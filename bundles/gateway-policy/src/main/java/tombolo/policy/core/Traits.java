package tombolo.policy.core;

import java.util.List;
import java.util.Map;

/**
 * What an index of matches asks of a thing. Equal ones may be several objects; who has many things that are alike gives them one, and an index knows that at a glance.
 *
 * @param labels  its own
 * @param parents whose labels it inherits, the first before the others
 */
record Traits(Map<String, String> labels, List<String> parents) {
    boolean same(Traits other) {
        return this == other || labels.equals(other.labels) && parents.equals(other.parents);
    }
}
