package tombolo.cni.adapter;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.cni.adapter.Attachments.Failed;

/**
 * Addresses that are being asked for on a thread of their own, while the kernel makes the interfaces that are to have them. Whoever began it waits for its end in
 * any case ({@link #settle}), so that it is known what is held.
 */
final class Asked {
    private final CompletableFuture<List<InterfaceAddress>> answer = new CompletableFuture<>();
    private final CompletableFuture<Boolean> told = new CompletableFuture<>();

    /**
     * @param then   told of the addresses while the kernel is given them; answers whether it did what it is for
     * @param askers runs the question at once: whoever waits for it holds one of the server's threads
     */
    Asked(Callable<List<InterfaceAddress>> question, Predicate<List<InterfaceAddress>> then, Executor askers) {
        askers.execute(() -> {
            boolean done = false;
            try {
                List<InterfaceAddress> given = question.call();
                answer.complete(given);
                done = then.test(given);
            } catch (Throwable e) { // whatever it is, it is the asker's
                answer.completeExceptionally(e);
            } finally {
                told.complete(done);
            }
        });
    }

    /** Waits until whoever is told of the addresses is done; whether it did what it is for. */
    boolean told() {
        return told.join();
    }

    /** Carries a refusal through whoever makes the interfaces. */
    static final class NotGiven extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Failed failed;

        NotGiven(Failed failed) {
            super(failed.getMessage(), failed, false, false);
            this.failed = failed;
        }

        Failed failed() {
            return failed;
        }
    }

    /** Waits. @throws NotGiven where they were refused; whatever else ended the question comes out as it is */
    List<InterfaceAddress> addresses() {
        try {
            return answer.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case Failed failed -> throw new NotGiven(failed);
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Waits until it is over, however it ends. */
    void settle() {
        told.join();
    }
}
