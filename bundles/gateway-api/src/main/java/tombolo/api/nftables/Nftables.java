package tombolo.api.nftables;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The one writer of the table {@value #TABLE} (family inet): a service of gateway-dataplane. Any thread may call. Changes that wait at the same time take effect
 * in one transaction of the kernel; new chains and sets are made by one before it, and those out of use removed by one behind. When the service goes, the kernel keeps what it has; whoever sees a new one says everything again, and only what differs is replaced.
 */
public interface Nftables {
    String TABLE = "tombolo";

    /**
     * Hands over a change. Order is kept for each owner.
     *
     * @return completes once the change is in force or refused, on the writer's thread: hand over and return. Never exceptionally
     */
    CompletableFuture<Outcome> change(Owner owner, Change change);

    /** What the kernel has counted at each rule with a {@link Statement.Count}, in the rules' order, by chain; asks the kernel. */
    Map<String, List<Counter>> counters(Owner owner);

    Status status();

    /** What a change came to. */
    sealed interface Outcome {
        /** @param generation of the kernel's rule set that has it; 0 where nothing had to be changed */
        record InForce(long generation) implements Outcome { }

        /**
         * Nothing of the change is in force, and all that was before still is.
         *
         * @param reason operator text
         * @param later  whether the same change may be taken another time: the writer is stopping, its mailbox is full, the kernel is out of memory
         */
        record Refused(String reason, boolean later) implements Outcome { }
    }

    /** @param rule the position among the chain's rules, from 0; @param comment of the rule */
    record Counter(int rule, String comment, long packets, long bytes) { }

    /**
     * @param generation   of the kernel's rule set as last seen
     * @param transactions that went through since the start
     * @param repairs      how often a foreign hand's change of the table was undone
     * @param unspoken     owners that have not spoken since the start: their objects stay as they are
     */
    record Status(long generation, int chains, int sets, long elements, long transactions, long repairs, List<Owner> unspoken) {
        public Status {
            unspoken = List.copyOf(unspoken);
        }
    }
}
