package tombolo.bfd.adapter;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdListener;
import tombolo.api.bfd.BfdListener.Change;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdRequest;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.kernel.Datagrams;
import tombolo.bfd.core.Authenticator;
import tombolo.bfd.core.Session;
import tombolo.bfd.core.Sessions;
import tombolo.runtime.Loop;
import tombolo.runtime.Secrets;
import tombolo.runtime.StateKeeper;

/** Who holds which session. Outlives the sockets: while gateway-linux is replaced, the wishes wait here. Any thread. */
public final class HeldSessions implements Bfd, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bfd");
    private static final int EVENTS = 8 * Sessions.MAX_SESSIONS;
    private static final int MAX_HOLDERS = 16;
    /** Where the {@link StateKeeper} has what {@link #leave} left. */
    public static final String REGION = KeptSessions.REGION;
    public static final int LAYOUT = KeptSessions.LAYOUT;
    private static final Duration AGAIN = Duration.ofSeconds(2);

    private final Loop events = new Loop("tombolo-bfd-events", EVENTS);
    private final Random random;
    // guarded by this
    private final Map<BfdPath, List<Held>> held = new LinkedHashMap<>();
    private final Map<BfdPath, String> waiting = new LinkedHashMap<>();
    private @Nullable Datagrams datagrams;
    private @Nullable BfdThread thread;
    private KeptSessions kept;
    private boolean closed;
    private boolean retrying;

    /** One wish. */
    private final class Held implements Hold {
        private final BfdRequest request;
        private final BfdListener listener;
        private volatile boolean over;

        private Held(BfdRequest request, BfdListener listener) {
            this.request = request;
            this.listener = listener;
        }

        @Override
        public void close() {
            release(this);
        }
    }

    /**
     * @param seed of discriminators, jitter and sequence numbers
     * @param from what an earlier life of this bundle has left; see {@link #leave}
     */
    public HeldSessions(long seed, Optional<StateKeeper.Region> from) {
        random = new Random(seed);
        kept = from.map(KeptSessions::of).orElse(KeptSessions.NONE);
    }

    @Override
    public synchronized Hold hold(BfdRequest request, BfdListener listener) {
        List<Held> holders = held.getOrDefault(request.path(), List.of());
        if (closed) {
            throw new IllegalStateException("BFD stops");
        }
        if (holders.isEmpty() && held.size() >= Sessions.MAX_SESSIONS || holders.size() >= MAX_HOLDERS) {
            throw new IllegalStateException("at most " + Sessions.MAX_SESSIONS + " BFD sessions, and " + MAX_HOLDERS + " holders of each");
        }
        if (!holders.isEmpty() && !holders.getFirst().request.authentication().equals(request.authentication())) {
            throw new IllegalStateException("the BFD session to " + request.path().remote() + " is held by " + holders.getFirst().request.who() + " with other authentication");
        }
        Held one = new Held(request, listener);
        held.computeIfAbsent(request.path(), path -> new ArrayList<>()).add(one);
        keep(request.path());
        return one;
    }

    private synchronized void release(Held one) {
        one.over = true;
        BfdPath path = one.request.path();
        List<Held> holders = held.get(path);
        if (holders == null || !holders.remove(one)) {
            return;
        }
        if (!holders.isEmpty()) {
            keep(path);
            return;
        }
        held.remove(path);
        waiting.remove(path);
        if (thread != null) {
            thread.drop(path);
        }
    }

    /** The sockets' maker came; the one before it, if any, is left. */
    public void datagrams(Optional<Datagrams> now) {
        Optional<BfdThread> before = takeThread(false);
        Optional<KeptSessions> left = before.map(HeldSessions::left);
        synchronized (this) {
            kept = left.orElse(kept);
            datagrams = now.orElse(null);
            held.keySet().forEach(this::keep);
        }
    }

    private static KeptSessions left(BfdThread ending) {
        return new KeptSessions(ending.handOver(), ending.sequences(), System.nanoTime());
    }

    /** The sockets' maker goes: neighbours are asked to wait for the next one. */
    public void gone(Datagrams gone) {
        synchronized (this) {
            if (datagrams != gone) {
                return;
            }
        }
        datagrams(Optional.empty());
    }

    /** Takes the thread away, for whoever ends it then without keeping others from holding and letting go. */
    private synchronized Optional<BfdThread> takeThread(boolean forGood) {
        closed |= forGood;
        Optional<BfdThread> taken = Optional.ofNullable(thread);
        thread = null;
        datagrams = null;
        return taken;
    }

    /** Begins the path's session, or tells it what its holders wish now. */
    private void keep(BfdPath path) {
        List<Held> holders = held.getOrDefault(path, List.of());
        Datagrams maker = datagrams;
        if (holders.isEmpty() || maker == null || closed) {
            return;
        }
        try {
            BfdThread running = thread;
            if (running == null) {
                running = new BfdThread(maker.open(), random.nextLong(), kept, told());
                kept = KeptSessions.NONE;
                thread = running;
            }
            running.keep(path, wish(holders), holders.getFirst().request.authentication(), authenticator(holders.getFirst().request.authentication()), holders.stream().map(one -> one.request.who()).sorted().toList());
            waiting.remove(path);
        } catch (IOException | RuntimeException e) {
            String text = String.valueOf(e.getMessage());
            if (!text.equals(waiting.put(path, text))) {
                LOG.warn("TMB-BFD-011 {} ({}): no BFD session: {}. Trying again every {} s.", holders.getFirst().request.who(), path.remote(), text, AGAIN.toSeconds());
            }
            again();
        }
    }

    private void again() {
        if (!retrying) {
            retrying = true;
            events.schedule(AGAIN, this::retry);
        }
    }

    private synchronized void retry() {
        retrying = false;
        List.copyOf(waiting.keySet()).forEach(this::keep);
    }

    private static Session.Wish wish(List<Held> holders) {
        int transmit = BfdRequest.MOST_MICROS;
        int receive = BfdRequest.MOST_MICROS;
        int multiplier = 255;
        for (Held one : holders) {
            transmit = Math.min(transmit, one.request.transmitMicros());
            receive = Math.min(receive, one.request.receiveMicros());
            multiplier = Math.min(multiplier, one.request.multiplier());
        }
        return new Session.Wish(transmit, receive, multiplier);
    }

    private Optional<Authenticator> authenticator(Optional<BfdAuthentication> wanted) throws IOException {
        return wanted.isEmpty() ? Optional.empty()
                : Optional.of(new Authenticator(wanted.get().kind(), wanted.get().keyId(), Secrets.octets("the BFD key", wanted.get().key(), wanted.get().kind().keyOctets()), random.nextInt()));
    }

    // ---- what the thread tells ----

    private BfdThread.Told told() {
        return new BfdThread.Told() {
            @Override
            public void changed(BfdPath path, BfdStatus status, Change change) {
                if (!events.offer(() -> deliver(path, status, change))) {
                    // nobody reads: without this, somebody would believe in a path that has failed
                    events.schedule(AGAIN, () -> deliver(path, status, change));
                }
            }

            @Override
            public void trouble(String text) {
                events.offer(() -> LOG.error("{}.", text));
            }
        };
    }

    private void deliver(BfdPath path, BfdStatus status, Change change) {
        List<Held> told;
        synchronized (this) {
            told = List.copyOf(held.getOrDefault(path, List.of()));
        }
        for (Held one : told) {
            if (!one.over) {
                one.listener.changed(status, change);
            }
        }
        log(path, status, change);
    }

    private static void log(BfdPath path, BfdStatus status, Change change) {
        String who = String.join(", ", status.holders()) + " (" + path.remote() + path.interfaceName().map(name -> " by " + name).orElse("") + ")";
        switch (change) {
            case PENDING -> LOG.debug("{}: BFD session waits for the neighbour", who);
            case UP -> LOG.info("TMB-BFD-001 {}: BFD session up, sending every {} ms, down after {} ms of silence", who, status.transmitMicros() / 1_000, status.detectionMicros() / 1_000);
            case LOST -> LOG.warn("TMB-BFD-002 {}: BFD session lost: {}. Look at the link, at what lies between, and at the neighbour.", who, status.diagnostic());
            case STOPPED -> LOG.info("TMB-BFD-003 {}: BFD session taken down on purpose, {}: the path counts as it did before", who,
                    status.state() == BfdState.ADMIN_DOWN ? "by us" : "by the neighbour");
        }
    }

    // ---- for people ----

    @Override
    public List<BfdStatus> sessions() {
        BfdThread running;
        List<BfdStatus> idle = new ArrayList<>();
        synchronized (this) {
            running = thread;
            held.forEach((path, holders) -> {
                if (thread == null || waiting.containsKey(path)) {
                    idle.add(idle(path, holders, waiting.getOrDefault(path, "waiting for gateway-linux: start or install it")));
                }
            });
        }
        List<BfdStatus> all = new ArrayList<>(running == null ? List.of() : running.status());
        all.addAll(idle);
        all.sort(java.util.Comparator.comparing(status -> status.path().remote()));
        return List.copyOf(all);
    }

    private static BfdStatus idle(BfdPath path, List<Held> holders, String why) {
        BfdRequest first = holders.getFirst().request;
        return new BfdStatus(path, holders.stream().map(one -> one.request.who()).sorted().toList(), BfdState.ADMIN_DOWN, BfdState.DOWN, System.currentTimeMillis(), "0 none", "0 none",
                0, 0, 0, 0, 0, first.multiplier(), 0, first.authentication().map(BfdAuthentication::kind), 0, 0, 0, 0, why, false, false);
    }

    @Override
    public Health health() {
        BfdThread running;
        synchronized (this) {
            running = thread;
        }
        return running == null ? new Health(0, false, 0, 0, 0, "")
                : new Health(running.size(), running.urgent(), running.lateness().everMicros(), running.lateness().latelyMicros(), running.refused(), running.trouble());
    }

    /** Ends for good: tells the neighbours that sessions are administratively down; at most about 3 s. Idempotent. */
    @Override
    public void close() {
        takeThread(true).ifPresent(BfdThread::close);
        events.close();
    }

    /** Ends for a successor, which neighbours are asked to wait for; at most about 3 s. */
    public StateKeeper.Region leave() {
        Optional<KeptSessions> left = takeThread(true).map(HeldSessions::left);
        events.close();
        synchronized (this) {
            return left.orElse(kept).region();
        }
    }
}
