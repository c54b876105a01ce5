package tombolo.bfd.adapter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bfd.BfdListener.Change;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.kernel.Datagram;
import tombolo.api.kernel.DatagramSockets;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.net.AddressFamily;
import tombolo.bfd.core.Authenticator;
import tombolo.bfd.core.Session;
import tombolo.bfd.core.Sessions;

/** The thread {@code tombolo-bfd}: sends, receives and judges. It begins with the first session and ends with {@link #close}. */
final class BfdThread implements Session.Output, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bfd");
    /** Several changes for each session there can be. */
    private static final int MAILBOX = 4 * Sessions.MAX_SESSIONS;
    /** Between two looks at the timers, so that a flood cannot keep them from expiring for longer than some 10 ms. */
    private static final int DATAGRAMS_A_TURN = 4_096;
    /** RFC 5881 §4. */
    private static final int FIRST_PORT = 49_152;
    private static final int LAST_PORT = 65_535;
    private static final int PORT_ATTEMPTS = 64;
    private static final int TTL = 255;
    /** CS6, network control, as other BFD speakers have it. */
    private static final int TRAFFIC_CLASS = 0xc0;
    /** Sockets that could not be opened are tried again, and interfaces looked up, so often. */
    private static final long HOUSEKEEPING = TimeUnit.SECONDS.toNanos(1);
    /** A stop waits for the neighbours to have heard of it, at most so long. */
    private static final long FAREWELL = TimeUnit.SECONDS.toNanos(1);
    /** A session that was let go runs on so long: who lets go and holds again, as when a bundle is replaced, finds it as it was. */
    private static final long GRACE = TimeUnit.SECONDS.toNanos(1);
    private static final long ANSWER_SECONDS = 2;

    /** Told on this thread: hand over and return. */
    interface Told {
        void changed(BfdPath path, BfdStatus status, Change change);

        void trouble(String text);
    }

    private final DatagramSockets sockets;
    private final Told told;
    private final Sessions sessions;
    private final ArrayBlockingQueue<Runnable> mailbox = new ArrayBlockingQueue<>(MAILBOX);
    private final Map<BfdPath, Live> live = new HashMap<>();
    /** Replaced by another of the same path before it had ended. */
    private final List<Live> leaving = new ArrayList<>();
    private final Map<Session, Live> owners = new HashMap<>();
    private final Datagram datagram = new Datagram();
    private final Lateness lateness = new Lateness();
    private final boolean[] listening = new boolean[4];
    private final Thread thread;
    private final long startedAt = System.nanoTime();
    private int nextPort = FIRST_PORT;
    private long housekeepingAt = System.nanoTime();
    private long farewellEnds;
    private boolean farewell;
    private final Map<BfdPath, Kept> kept;
    private final long keptAt;
    /** What the next authenticated session of a path begins with, where one has ended; those that ended first go first. */
    private final Map<BfdPath, Integer> sequences;
    private volatile boolean handOver;
    private volatile boolean closing;
    private volatile boolean urgent;
    private volatile int size;
    private volatile String trouble = "";

    /** A session to be gone on with. @param numbers by {@link Session#keep}; @param port from which it sends */
    record Kept(long[] numbers, int port) { }

    /** @param before by an earlier thread, which has ended: each session is gone on with when its path is kept again */
    BfdThread(DatagramSockets sockets, long seed, KeptSessions before, Told told) {
        this.sockets = sockets;
        this.told = told;
        this.kept = new HashMap<>(before.stillOf(startedAt));
        this.keptAt = before.atNanos();
        this.sequences = new LinkedHashMap<>(before.sequences());
        sessions = new Sessions(seed);
        sessions.reserve(this.kept.values().stream().mapToInt(one -> (int) one.numbers()[0]).toArray());
        thread = Thread.ofPlatform().name("tombolo-bfd").daemon(true).priority(Thread.MAX_PRIORITY).unstarted(this::run);
        thread.start();
    }

    // ---- any thread ----

    /** Begins a session, or changes one. @param key of a new session's authentication */
    void keep(BfdPath path, Session.Wish wish, Optional<BfdAuthentication> authentication, Optional<Authenticator> key, List<String> holders) {
        post(() -> doKeep(path, wish, authentication, key, holders));
    }

    /** Ends a session. Where the thread has ended, so have its sessions. */
    void drop(BfdPath path) {
        try {
            post(() -> doDrop(path));
        } catch (IllegalStateException e) {
            LOG.debug("the BFD session to {} ends with the thread: {}", path.remote(), e.getMessage());
        }
    }

    List<BfdStatus> status() {
        return ask(() -> live.values().stream().map(Live::status).sorted(Comparator.comparing(status -> status.path().remote())).toList());
    }

    long refused() {
        return ask(sessions::refused);
    }

    Lateness lateness() {
        return lateness;
    }

    boolean urgent() {
        return urgent;
    }

    int size() {
        return size;
    }

    String trouble() {
        return trouble;
    }

    private void post(Runnable task) {
        if (closing || !mailbox.offer(task)) {
            throw new IllegalStateException(closing ? "BFD stops" : "BFD is busy: " + MAILBOX + " changes wait");
        }
        sockets.wake();
    }

    private <T> T ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        post(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for BFD", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("BFD did not answer within " + ANSWER_SECONDS + " s: try again", e);
        }
    }

    /** Tells all neighbours that their sessions are administratively down, and ends when they have heard it, or after a second. */
    @Override
    public void close() {
        close(false);
    }

    /**
     * Asks all neighbours for patience, and ends when they have agreed, or after a second. Sessions that are not up are administratively down.
     *
     * @return the sessions to be gone on with: those that are up
     */
    Map<BfdPath, Kept> handOver() {
        close(true);
        return Map.copyOf(kept);
    }

    /** The sequence numbers that authenticated sessions go on with which are not gone on with themselves. Once the thread has ended. */
    Map<BfdPath, Integer> sequences() {
        return Map.copyOf(sequences);
    }

    private void close(boolean forSuccessor) {
        handOver = forSuccessor;
        closing = true;
        sockets.wake();
        try {
            if (!thread.join(java.time.Duration.ofNanos(3 * FAREWELL))) {
                LOG.error("TMB-BFD-009 the BFD thread did not end; the node should be restarted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the thread ----

    private void run() {
        int failures = 0;
        try {
            urgent = sockets.urgent();
            long wanted = System.nanoTime();
            while (!over()) {
                try {
                    long now = turn(wanted);
                    long wait = Math.clamp(sessions.dueIn(now), 0, HOUSEKEEPING);
                    wanted = now + wait;
                    sockets.await(wait);
                    failures = 0;
                } catch (RuntimeException e) {
                    LOG.error("TMB-BFD-008 a turn of the BFD thread failed; it goes on", e);
                    if (++failures > 10) {
                        throw e; // nothing works any more: better no BFD than a busy loop
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("TMB-BFD-007 the BFD thread ended; all sessions will be lost. Restart the node and report this", e);
        } finally {
            closing = true;
            sockets.close();
        }
    }

    /** Everything that is there to do; answers with the time up to which timers were judged. */
    private long turn(long wanted) {
        long woken = System.nanoTime();
        lateness.add(woken - wanted, woken);
        runTasks();
        long now = System.nanoTime();
        // what had come by now is received before silence is judged, however long this thread was kept from running
        sockets.await(0);
        for (int i = 0; i < DATAGRAMS_A_TURN && sockets.receive(datagram); i++) {
            sessions.receive(datagram, now);
        }
        sessions.tick(now);
        if (now - housekeepingAt >= 0) {
            housekeepingAt = now + HOUSEKEEPING;
            live.values().forEach(this::lookAfter);
            if (!kept.isEmpty() && now - startedAt > KeptSessions.GOOD_NANOS) {
                kept.clear(); // nobody wants them any more
                sessions.reserve(new int[0]);
            }
        }
        if (!leaving.isEmpty() || closing || size != live.size()) {
            ends(now);
        }
        return now;
    }

    private void runTasks() {
        for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
            task.run();
        }
    }

    private boolean over() {
        if (!closing) {
            return false;
        }
        if (!farewell) {
            runTasks(); // what was let go just now is among what is handed over
            farewell = true;
            long now = System.nanoTime();
            farewellEnds = now + FAREWELL;
            leaving.stream().filter(one -> !one.ending).forEach(one -> live.putIfAbsent(one.session.path(), one));
            leaving.removeIf(one -> !one.ending);
            live.values().forEach(one -> leave(one, now));
        }
        boolean patient = handOver && live.values().stream().allMatch(one -> one.ending || one.session.settled());
        if (!(live.isEmpty() && leaving.isEmpty()) && !(patient && leaving.isEmpty()) && System.nanoTime() - farewellEnds < 0) {
            return false;
        }
        kept.clear();
        live.forEach((path, one) -> {
            // Also one whose neighbour has not answered in time: to end it, and begin another with other sequence numbers, would silence the two for as long as it was asked to wait.
            if (handOver && one.session.state() == BfdState.UP && !one.ending) {
                kept.put(path, new Kept(one.session.keep(), one.port));
            } else {
                end(one, System.nanoTime());
            }
            remember(one.session);
        });
        leaving.forEach(one -> remember(one.session));
        return true;
    }

    private void leave(Live one, long now) {
        if (handOver && one.session.state() == BfdState.UP) {
            one.session.slow();
        } else {
            end(one, now);
        }
    }

    private void ends(long now) {
        live.values().removeIf(one -> ended(one, now));
        leaving.removeIf(one -> ended(one, now));
        size = live.size();
    }

    private boolean ended(Live one, long now) {
        if (!one.ending && !closing && now - one.graceEnds >= 0 && leaving.contains(one)) {
            end(one, now);
        }
        if (!one.ending || !one.session.quiet() && now - one.endsAt < 0) {
            return false;
        }
        forget(one);
        return true;
    }

    private void remember(Session session) {
        session.nextSequence().ifPresent(next -> remember(sequences, session.path(), next));
    }

    /** What is remembered of the same path with and without its interface is one line, that of the later session. */
    static void remember(Map<BfdPath, Integer> sequences, BfdPath path, int next) {
        sequences.keySet().removeIf(one -> isNear(one, path)); // to the end of the line
        if (sequences.size() >= Sessions.MAX_SESSIONS) {
            sequences.remove(sequences.keySet().iterator().next());
        }
        sequences.put(path, next);
    }

    private void forget(Live one) {
        remember(one.session);
        sessions.remove(one.session);
        owners.remove(one.session);
        if (one.sender >= 0) {
            sockets.closeSender(one.sender);
        }
    }

    private void end(Live one, long now) {
        if (!one.ending) {
            one.ending = true;
            one.endsAt = now + Math.min(FAREWELL, TimeUnit.MICROSECONDS.toNanos(one.session.detectionMicros()));
            one.session.stop(now);
        }
    }

    private void doDrop(BfdPath path) {
        Live one = farewell ? null : live.remove(path);
        if (one != null) {
            leaving.add(one);
            one.graceEnds = System.nanoTime() + GRACE;
        }
    }

    private void doKeep(BfdPath path, Session.Wish wish, Optional<BfdAuthentication> authentication, Optional<Authenticator> key, List<String> holders) {
        if (farewell) {
            return;
        }
        if (!live.containsKey(path)) {
            takeUp(path, authentication);
        }
        Live before = live.get(path);
        if (before != null) {
            before.holders = holders;
            before.session.wish(wish);
            told.changed(path, before.status(), before.session.state() == BfdState.UP ? Change.UP : Change.PENDING);
            return;
        }
        // the same, still telling the neighbour of its end: the new one begins in its place
        sameNeighbour(leaving.stream().map(one -> one.session.path()).toList(), path).ifPresent(was -> leaving.removeIf(one -> {
            boolean same = one.session.path().equals(was);
            if (same) {
                forget(one);
            }
            return same;
        }));
        Optional<Kept> earlier = sameNeighbour(kept.keySet(), path).map(kept::remove);
        if (earlier.isPresent() && resume(path, wish, authentication, key, holders, earlier.get())) {
            return;
        }
        key.ifPresent(one -> sameNeighbour(sequences.keySet(), path).map(sequences::get).ifPresent(one::goOnWith));
        Optional<Session> session = sessions.add(path, key, wish, this);
        if (session.isEmpty()) {
            trouble("TMB-BFD-006 there are " + Sessions.MAX_SESSIONS + " sessions, which is the limit: none for " + path.remote());
            return;
        }
        Live one = begin(path, session.get(), authentication, holders);
        lookAfter(one);
        told.changed(path, one.status(), Change.PENDING);
    }

    /** Goes on with a session that was let go a moment ago. */
    private void takeUp(BfdPath path, Optional<BfdAuthentication> authentication) {
        List<Live> same = leaving.stream().filter(one -> !one.ending && one.authentication.equals(authentication)).toList();
        sameNeighbour(same.stream().map(one -> one.session.path()).toList(), path).ifPresent(was -> {
            Live one = same.stream().filter(each -> each.session.path().equals(was)).findFirst().orElseThrow();
            leaving.remove(one);
            live.put(path, one);
            if (!was.equals(path)) {
                one.session.path(path);
                prepare(one);
            }
        });
    }

    /**
     * That path where it is among these, else the only one that differs from it in that one of the two names no interface: who holds a path may have learnt of
     * the interface since, or not yet, and to the neighbour it is the same session, whose discriminators it goes on expecting.
     */
    static Optional<BfdPath> sameNeighbour(Collection<BfdPath> paths, BfdPath path) {
        if (paths.contains(path)) {
            return Optional.of(path);
        }
        List<BfdPath> near = paths.stream().filter(one -> isNear(one, path)).toList();
        return near.size() == 1 ? Optional.of(near.getFirst()) : Optional.empty();
    }

    private static boolean isNear(BfdPath one, BfdPath path) {
        return one.remote().equals(path.remote()) && one.local().equals(path.local()) && one.multihop() == path.multihop()
                && (one.interfaceName().isEmpty() || path.interfaceName().isEmpty() || one.interfaceName().equals(path.interfaceName()));
    }

    private Live begin(BfdPath path, Session session, Optional<BfdAuthentication> authentication, List<String> holders) {
        Live one = new Live(session, authentication, holders);
        owners.put(session, one);
        live.put(path, one);
        return one;
    }

    /** Goes on with a session of an earlier thread, from the port that it had (RFC 5881 §4). */
    private boolean resume(BfdPath path, Session.Wish wish, Optional<BfdAuthentication> authentication, Optional<Authenticator> key, List<String> holders, Kept earlier) {
        Optional<Session> session = sessions.restore(path, key, wish, this, earlier.numbers(), keptAt, System.nanoTime());
        if (session.isEmpty()) {
            return false;
        }
        Live one = begin(path, session.get(), authentication, holders);
        one.port = earlier.port();
        prepare(one);
        told.changed(path, one.status(), Change.UP);
        return true;
    }

    /** Opens what a session needs, where it is not open or not what it was. */
    private void lookAfter(Live one) {
        Session session = one.session;
        if (session.state() != BfdState.UP && !one.ending) {
            prepare(one);
        }
    }

    private void prepare(Live one) {
        Session session = one.session;
        BfdPath path = session.path();
        one.trouble = listen(path.remote().family(), path.multihop());
        int index = path.interfaceName().map(sockets::interfaceIndex).orElse(0);
        boolean missing = path.interfaceName().isPresent() && index == 0;
        if (missing || index != session.interfaceIndex()) {
            session.interfaceIndex(missing ? -1 : index);
            if (one.sender >= 0) {
                sockets.closeSender(one.sender); // it is bound to the interface that had the name before
                one.sender = -1;
            }
        }
        if (missing) {
            one.trouble = "there is no interface " + path.interfaceName().orElse("");
        } else if (one.sender < 0) {
            one.trouble = open(one);
        }
    }

    /** @return trouble; empty: none */
    private String listen(AddressFamily family, boolean multihop) {
        int which = (family == AddressFamily.IPV4 ? 0 : 1) + (multihop ? 2 : 0);
        if (listening[which]) {
            return "";
        }
        try {
            sockets.listen(family, multihop ? Sessions.MULTIHOP_PORT : Sessions.SINGLE_HOP_PORT);
            listening[which] = true;
            trouble("");
            return "";
        } catch (KernelException e) {
            String text = String.valueOf(e.getMessage());
            trouble("TMB-BFD-010 " + text + ". Another BFD daemon on this node? Stop it: there can be one");
            return text;
        }
    }

    private void trouble(String text) {
        if (!trouble.equals(text)) {
            trouble = text;
            if (!text.isEmpty()) {
                told.trouble(text);
            }
        }
    }

    private String open(Live one) {
        BfdPath path = one.session.path();
        for (int attempt = 0; attempt < PORT_ATTEMPTS; attempt++) {
            int port = attempt == 0 && one.port != 0 ? one.port : nextPort;
            nextPort = nextPort == LAST_PORT ? FIRST_PORT : nextPort + 1;
            try {
                one.sender = sockets.sender(new DatagramSockets.Sender(path.remote(), path.multihop() ? Sessions.MULTIHOP_PORT : Sessions.SINGLE_HOP_PORT, path.local(), port,
                        path.interfaceName(), TTL, TRAFFIC_CLASS));
                one.port = port;
                return "";
            } catch (KernelException e) {
                if (e.errno() != Errno.EADDRINUSE) {
                    return String.valueOf(e.getMessage());
                }
            }
        }
        return "no free UDP port from " + FIRST_PORT + " to " + LAST_PORT;
    }

    // ---- what sessions do ----

    @Override
    public int send(Session session, byte[] packet, int length) {
        Live one = owners.get(session);
        return one == null || one.sender < 0 ? Errno.ENODEV : sockets.send(one.sender, packet, length);
    }

    @Override
    public void changed(Session session, BfdState before) {
        Live one = owners.get(session);
        if (one == null) {
            return;
        }
        one.sinceMillis = System.currentTimeMillis();
        BfdState state = session.state();
        if (state == BfdState.UP) {
            told.changed(session.path(), one.status(), Change.UP);
        } else if (before == BfdState.UP) {
            boolean stopped = state == BfdState.ADMIN_DOWN || session.stoppedByNeighbor();
            told.changed(session.path(), one.status(), stopped ? Change.STOPPED : Change.LOST);
        }
    }
}
