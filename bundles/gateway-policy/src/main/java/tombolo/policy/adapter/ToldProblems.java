package tombolo.policy.adapter;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.policy.Policies.Problem;

/** Says each problem once, and again where it came back. */
final class ToldProblems {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyNode.class);

    private final Set<String> told = new HashSet<>();

    void tell(Collection<Problem> problems) {
        Set<String> now = new HashSet<>();
        for (Problem problem : problems) {
            String text = problem.message() + ". In force: " + problem.inForce() + ".";
            now.add(text);
            if (told.add(text)) {
                LOG.warn(text);
            }
        }
        told.retainAll(now);
    }
}
