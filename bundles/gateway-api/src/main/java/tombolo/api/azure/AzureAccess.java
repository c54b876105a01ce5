package tombolo.api.azure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** How the node stands with its subscriptions. Any thread. */
public interface AzureAccess {
    /** What is known, in the order of the names; asks nobody. */
    List<Standing> standings();

    /**
     * Asks for a new token, reads the subscription and compares the clocks; blocks for at most {@link ArmRequest#USUAL}. What fails is a step that is not good.
     *
     * @throws ArmException where no subscription of that name is configured
     */
    Check check(String subscription);

    /**
     * @param endpoint where ARM is asked; empty text where the settings are not usable
     * @param credential the word of etc/
     * @param trouble why nothing can be asked, or why the last request failed; empty where it was answered, or none was made
     * @param tokenUntil when the token that is held ends
     * @param skew ARM's clock less this node's, to a second; empty before the first answer
     * @param budgets one for each kind of request
     * @param requests to ARM since the settings are in force, retries included
     * @param throttled of these, how many ARM answered with 429
     * @param operations that were polled last, at most 64, the latest first
     */
    record Standing(AzureSubscription subscription, String endpoint, String credential, Optional<String> trouble, Optional<Instant> tokenUntil, Optional<Duration> skew,
                    List<Budget> budgets, long requests, long throttled, List<Operation> operations) {
        public Standing {
            budgets = List.copyOf(budgets);
            operations = List.copyOf(operations);
        }
    }

    /**
     * @param kind {@code reads}, {@code writes} or {@code deletes}
     * @param left requests that may be made at once now
     * @param most of them
     * @param told what ARM said is left to the subscription, where it did
     * @param pausedUntil where ARM asked to wait
     */
    record Budget(String kind, long left, long most, OptionalLong told, Optional<Instant> pausedUntil) { }

    /** @param status ARM's word; @param polled when it was asked last */
    record Operation(String what, Instant started, String status, Instant polled) { }

    /** @param steps in order; those behind the first that is not good were not tried where they need it */
    record Check(AzureSubscription subscription, List<Step> steps) {
        public Check {
            steps = List.copyOf(steps);
        }

        public boolean good() {
            return steps.stream().allMatch(Step::good);
        }
    }

    /** @param found in words for people, with a stable code where it is not good */
    record Step(String name, boolean good, String found, Duration took) { }
}
