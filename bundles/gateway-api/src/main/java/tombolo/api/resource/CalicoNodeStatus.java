package tombolo.api.resource;

import java.util.Set;

/**
 * {@code CalicoNodeStatus}: asks a node to report; its answer is in {@code status}.
 *
 * @param updatePeriodSeconds 0–86400; 0: not at all
 */
public record CalicoNodeStatus(String node, Set<StatusClass> classes, int updatePeriodSeconds) implements ResourceSpec {
    public CalicoNodeStatus {
        classes = Set.copyOf(classes);
    }

    public enum StatusClass { AGENT, BGP, ROUTES }
}
