package tombolo.dataplane.adapter.subinterface;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Netlink;
import tombolo.api.nftables.Nftables;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.dataplane.core.LinkDiff;
import tombolo.runtime.Loop;

/** Keeps what owners want. Services come and go; everything happens on one Loop. */
public final class SubinterfaceKeeper implements Subinterfaces, LinkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SubinterfaceKeeper.class);
    private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int MAILBOX = 1024;
    /** Changes of interfaces come in bursts. */
    private static final Duration SETTLE = Duration.ofMillis(20);
    /** What another program changed is mended within it. */
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Loop loop = new Loop("tombolo-subinterfaces", MAILBOX);
    private final Optional<String> netns;
    private final Map<String, List<Subinterface>> wanted = new TreeMap<>();
    private final Map<String, Map<String, String>> refusals = new HashMap<>();
    /** Owners whose leftovers are to be looked for: those that have just spoken. */
    private final Set<String> sweeping = new HashSet<>();
    private final SegmentClamp clamp = new SegmentClamp();
    /** Interfaces whose changes matter: the wanted ones, and those that carry them. */
    private volatile Set<String> concerned = Set.of();
    private boolean planned;
    private boolean stopping;
    private String trouble = "";
    private @Nullable Netlink netlink;
    private @Nullable KernelSubinterfaces kernel;

    /** @param netns path of the namespace to work in; empty for the process's own */
    public SubinterfaceKeeper(Optional<String> netns) {
        this.netns = netns;
        loop.schedule(LOOK, this::look);
    }

    // ---- from any thread ----

    @Override
    public void offer(String owner, List<Subinterface> links) {
        if (!OWNER.matcher(owner).matches() || links.size() > MOST) {
            throw new IllegalArgumentException("'" + owner + "' wants " + links.size() + " interfaces; wanted a name, and at most " + MOST);
        }
        List<Subinterface> all = List.copyOf(links);
        submit(() -> {
            if (!all.equals(wanted.put(owner, all))) {
                sweeping.add(owner);
                refusals.remove(owner);
                concerned = wanted.values().stream().flatMap(List::stream).flatMap(each -> Stream.of(each.name(), each.encapsulation().parent())).collect(Collectors.toUnmodifiableSet());
                plan();
            }
        });
    }

    @Override
    public List<State> states(String owner) {
        return loop.ask(() -> statesNow(owner), ANSWER);
    }

    /** A port may have come, or an interface of ours gone; those of containers come and go by the hundred and are none of them. */
    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        if (concerned.contains(link.name())) {
            submit(this::plan);
        }
    }

    public void netlinkCame(Netlink came) {
        submit(() -> {
            closeKernel(); // its socket belongs to the bundle before
            netlink = came;
            plan();
        });
    }

    public void netlinkWent(Netlink went) {
        submit(() -> {
            if (netlink == went) {
                netlink = null;
                closeKernel();
            }
        });
    }

    public void nftablesCame(Nftables came) {
        submit(() -> {
            clamp.came(came);
            plan();
        });
    }

    public void nftablesWent(Nftables went) {
        submit(() -> clamp.went(went));
    }

    // ---- on the Loop ----

    private List<State> statesNow(String owner) {
        List<State> states = new ArrayList<>();
        for (Subinterface each : wanted.getOrDefault(owner, List.of())) {
            List<String> differences;
            try {
                differences = kernel().map(open -> open.differences(owner, each).map(LinkDiff::differences).orElse(List.of("there is no interface " + each.encapsulation().parent() + " to carry it")))
                        .orElse(List.of("gateway-linux is not running: the kernel cannot be asked"));
            } catch (KernelException e) {
                differences = List.of("the kernel cannot be asked: " + e.getMessage());
                closeKernel();
            }
            states.add(new State(each, differences, Optional.ofNullable(refusals.getOrDefault(owner, Map.of()).get(each.name()))));
        }
        return states;
    }

    private void plan() {
        if (!planned && !stopping) {
            planned = true;
            loop.schedule(SETTLE, () -> {
                planned = false;
                apply();
            });
        }
    }

    private void look() {
        if (!stopping) {
            loop.schedule(LOOK, this::look);
            apply();
        }
    }

    private void apply() {
        if (stopping || wanted.isEmpty()) {
            return;
        }
        clamp.say(wanted.values());
        try {
            Map<String, List<Subinterface>> all = new TreeMap<>(wanted);
            kernel().ifPresent(open -> all.forEach((owner, links) -> apply(open, owner, links)));
            trouble = "";
        } catch (KernelException e) {
            String text = String.valueOf(e.getMessage());
            if (!text.equals(trouble)) {
                LOG.warn("TMB-LNK-020 the circuits' interfaces are not looked after: {}. Trying again every {} s", text, LOOK.toSeconds());
            }
            trouble = text;
            closeKernel(); // an answer that comes too late must not be taken for one to the next question
        }
    }

    private void apply(KernelSubinterfaces open, String owner, List<Subinterface> links) {
        if (sweeping.contains(owner)) {
            Set<String> keep = new HashSet<>();
            links.forEach(link -> keep.add(link.name()));
            open.removeOthers(owner, keep).forEach(name -> LOG.info("TMB-LNK-016 interface {} is removed: {} does not want it any more", name, owner));
            sweeping.remove(owner);
        }
        Map<String, String> before = refusals.getOrDefault(owner, Map.of());
        Map<String, String> now = new HashMap<>();
        for (Subinterface link : links) {
            KernelSubinterfaces.Outcome outcome = open.apply(owner, link);
            if (!outcome.mended().isEmpty()) {
                LOG.info("TMB-LNK-017 {} of {} is put right: {}", link.name(), owner, String.join("; ", outcome.mended()));
            }
            outcome.refusal().ifPresent(refusal -> {
                now.put(link.name(), refusal);
                if (!refusal.equals(before.get(link.name()))) {
                    LOG.warn("{}. Trying again every {} s", refusal, LOOK.toSeconds());
                }
            });
        }
        refusals.put(owner, now);
        if (links.isEmpty()) {
            wanted.remove(owner); // nothing is left to look after
            refusals.remove(owner);
        }
    }

    private Optional<KernelSubinterfaces> kernel() {
        Netlink from = netlink;
        if (kernel == null && from != null) {
            kernel = new KernelSubinterfaces(from, netns);
        }
        return Optional.ofNullable(kernel);
    }

    private void closeKernel() {
        if (kernel != null) {
            kernel.close();
            kernel = null;
        }
    }

    private void submit(Runnable task) {
        if (!loop.offer(task) && !stopping) {
            LOG.warn("TMB-LNK-021 the mailbox of {} tasks is full: a change was not taken in. Report this with gateway:diag.", MAILBOX);
        }
    }

    /** Interfaces stay in the kernel. */
    @Override
    public void close() {
        try {
            loop.ask(() -> {
                stopping = true;
                closeKernel();
                return true;
            }, ANSWER);
        } catch (IllegalStateException e) {
            LOG.warn("TMB-LNK-022 the keeper of the circuits' interfaces did not stop in order: {}", e.getMessage());
        }
        loop.close();
    }
}
