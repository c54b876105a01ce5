package tombolo.ipam.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.ipam.core.Assigner;
import tombolo.ipam.core.Releaser;
import tombolo.ipam.core.Step;

/** A wish that waits for its answer. Planned as often as it takes; answered once. */
abstract class Ask<T> {
    final CompletableFuture<T> answer = new CompletableFuture<>();

    /** What a wish is planned with. */
    record Means(Assigner assigner, Releaser releaser) { }

    /** @param alone no other wish is in the transaction */
    abstract Step<T> plan(Means means, boolean alone);

    /** Some of it is written. */
    void partly(List<HeldAddress> taken) {
        throw new IllegalStateException("this wish is met whole or not at all");
    }

    /** Whether something was written for it already. */
    boolean begun() {
        return false;
    }

    static <T> Ask<T> of(BiFunction<Means, Boolean, Step<T>> plan) {
        return new Ask<>() {
            @Override
            Step<T> plan(Means means, boolean alone) {
                return plan.apply(means, alone);
            }
        };
    }

    /** Any addresses, in as many transactions as it takes. */
    static final class Auto extends Ask<AutoAssignOutcome> {
        private final AutoAssign wish;
        private final List<HeldAddress> held = new ArrayList<>();

        Auto(AutoAssign wish) {
            this.wish = wish;
        }

        @Override
        Step<AutoAssignOutcome> plan(Means means, boolean alone) {
            return means.assigner().autoAssign(wish, List.copyOf(held), alone);
        }

        @Override
        void partly(List<HeldAddress> taken) {
            held.addAll(taken);
        }

        @Override
        boolean begun() {
            return !held.isEmpty();
        }
    }
}
