package tombolo.shell.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.route.KernelRoutes;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Services;

/** Graceful shutdown of the whole node. Every step is done, even where an earlier one could not be; what could not be done makes it a failure at the end. */
public final class Drain {
    /** RFC 8326 leaves the time to the operator; a neighbour's table of this size moves within seconds, and BGP's advertisement interval can add 30 s. */
    public static final int DEFAULT_WAIT_SECONDS = 10;
    public static final int MAX_WAIT_SECONDS = 3600;

    private Drain() { }

    /** @param progress told each step as it begins; @param waiting replaced in tests */
    public static Document run(Services services, int waitSeconds, String text, Consumer<String> progress, Consumer<Integer> waiting) {
        if (waitSeconds < 0 || waitSeconds > MAX_WAIT_SECONDS) {
            throw new Failure("TMB-SHL-003 --wait " + waitSeconds + " is out of range; wanted 0 to " + MAX_WAIT_SECONDS + " s.");
        }
        List<String> done = new ArrayList<>();
        List<String> undone = new ArrayList<>();
        Optional<BgpSessions> sessions = services.find(BgpSessions.class);
        long established = sessions.map(service -> service.status().stream().filter(peer -> peer.state() == PeerStatus.State.ESTABLISHED).count()).orElse(0L);
        if (established > 0) {
            step("announced GRACEFUL_SHUTDOWN to " + established + " peers", services.find(BgpRoutes.class), BgpRoutes.class, BgpRoutes::drain, progress, done,
                    undone);
            progress.accept("waiting " + waitSeconds + " s for traffic to move");
            waiting.accept(waitSeconds);
        }
        step("ended the sessions", sessions, BgpSessions.class, service -> service.shutdownAll(text), progress, done, undone);
        step("removed our routes from the kernel", services.find(KernelRoutes.class), KernelRoutes.class, KernelRoutes::removeOurs, progress, done, undone);
        if (!undone.isEmpty()) {
            throw new Failure("TMB-SHL-006 the drain is incomplete: " + String.join("; ", undone) + "." + (done.isEmpty() ? "" : " Done: " + String.join("; ",
                    done) + "."));
        }
        return new Document(Map.of("drained", true, "steps", done), screen ->
                "Drained. The node can be stopped; restart it, or update gateway-bgp-session, to bring the sessions back.\n");
    }

    /** Waits on the command's own thread; an interrupt (Ctrl-C) stops the drain here. */
    public static void sleep(int seconds) {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new Failure("TMB-SHL-007 interrupted while waiting: peers know GRACEFUL_SHUTDOWN, sessions and routes are as they were."
                        + " Run gateway:drain again, or restart.");
            }
        }
    }

    private static <T> void step(String what, Optional<T> service, Class<T> type, Consumer<T> action, Consumer<String> progress, List<String> done,
            List<String> undone) {
        if (service.isEmpty()) {
            undone.add("not " + what + ": " + Services.bundle(type) + " is not running");
            return;
        }
        try {
            action.accept(service.get());
            done.add(what);
            progress.accept(what);
        } catch (RuntimeException e) {
            undone.add("not " + what + ": " + e.getMessage());
        }
    }
}
