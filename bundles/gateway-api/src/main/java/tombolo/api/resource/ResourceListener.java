package tombolo.api.resource;

import java.util.List;

/** Hears of resources: one call at a time, on a thread of the subscription. Hands over to its own Loop and returns. */
@FunctionalInterface
public interface ResourceListener {
    void changed(Changes changes);

    /**
     * A step: with it, what the listener holds becomes what the store held at one revision.
     *
     * @param complete {@code puts} are all resources there are: what is not among them is gone. So is the first step, and one after a lost watch
     * @param puts     new or changed, valid ones. One that is stored but invalid is left out on a first step; later its last valid version stays in force.
     *                 WorkloadEndpoints, of which a cluster has a hundred thousand, come {@link Resource#withoutTree without their documents}
     */
    record Changes(boolean complete, List<Resource> puts, List<ResourceId> deletes) {
        public Changes {
            puts = List.copyOf(puts);
            deletes = List.copyOf(deletes);
        }
    }
}
