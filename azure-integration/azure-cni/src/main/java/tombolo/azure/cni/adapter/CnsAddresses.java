package tombolo.azure.cni.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Nat;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.net.IpAddress;
import tombolo.azure.cni.adapter.CnsCalls.Reply;
import tombolo.azure.cni.adapter.Hold.Access;
import tombolo.azure.cni.core.CnsMessages;
import tombolo.azure.cni.core.CnsMessages.Answer;
import tombolo.azure.cni.core.CnsMessages.Caller;
import tombolo.azure.cni.core.HostAccess;

/**
 * Addresses that the container networking service gives, one request for each container. What was asked is in {@code cns.log} before it is asked:
 *
 * <pre>
 *  asked ─ answer with addresses ─► held ─ release done ─► gone
 *    │ └── refused, or never reached ─────────────────────► gone
 *    └──── no answer: it may have given something ─► owed: released as soon as the service answers; the same handle asks again under the same name
 * </pre>
 *
 * Any thread; calls about one handle do not overlap.
 */
public final class CnsAddresses implements ContainerAddresses, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CnsAddresses.class);
    /** As many containers as a node has endpoints. */
    private static final int MOST = 20_000;
    /** {@code ipam.mode}, as the Azure CNI knows them ({@code cni/util/const.go}). */
    private static final Set<String> OVERLAYS = Set.of("overlay", "v4overlay", "dualstackoverlay");

    /** In a line of the record: nothing is translated. */
    private static final String NO_ACCESS = "none";
    /** How long new containers wait for what CNS does not say of old ones: one that is started anew is back by then. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Requests to one CNS of which it is not known what they gave: runtimes ask again every few seconds, under another id each time. */
    static final int MOST_OWED = 256;

    private final CnsCalls calls;
    private final String boot;
    private final Journal journal;
    private final Map<String, Hold> holds = new TreeMap<>();
    /** Handles of which CNS is asked something without their runtime's asking. */
    private final Turns turns = new Turns();
    private final Object telling = new Object();
    private Optional<Nat> nat = Optional.empty(); // guarded by telling, like the next
    private Optional<Set<SourceTranslation>> told = Optional.empty(); // empty: not known what is in force
    /** Handles of which CNS was asked how they reach the machine's services, and does not know them. */
    private final Set<String> unlearnable = ConcurrentHashMap.newKeySet();
    /** Handles of which CNS was asked that and did not say it. */
    private final Map<String, Unsaid> unsaid = new ConcurrentHashMap<>();
    /** How many answers said nothing of whom they were asked about: who asks sees by it what came since it began. */
    private final AtomicLong unsaidAnswers = new AtomicLong();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanos;

    /** @param sinceNanos of the first such answer; @param number of the last one, 0: not asked, because its CNS was silent to another. @param silent whether there was no answer */
    private record Unsaid(long sinceNanos, long number, String reason, boolean silent) { }

    /** The debt at which its CNS did not answer last: the next round begins behind it, so that no debt keeps the others from their turn. Of whoever settles. */
    private String silentLast = "";
    private volatile AzureCniSettings settings = AzureCniSettings.DEFAULT;

    CnsAddresses(Path folder, HttpEdge http, String boot) throws IOException {
        this(folder, http, boot, System::nanoTime);
    }

    /** @param nanos a clock that only goes on */
    CnsAddresses(Path folder, HttpEdge http, String boot, LongSupplier nanos) throws IOException {
        calls = new CnsCalls(http);
        this.boot = boot;
        this.nanos = nanos;
        journal = new Journal(folder.resolve("cns.log"), this::apply, this::lines);
    }

    void settings(AzureCniSettings fresh) {
        settings = fresh;
    }

    @Override
    public String name() {
        return "cns";
    }

    @Override
    public Set<String> types() {
        return settings.mode() == Mode.IN_AZURE ? Set.of("azure-cns", "azure-ipam") : Set.of();
    }

    @Override
    public Outcome assign(Ask ask) {
        AzureCniSettings now = settings;
        if (now.mode() != Mode.IN_AZURE) {
            return new Outcome.Refused("address-mode is " + now.mode().word() + " in etc/tombolo.azure.cni.cfg: containers have addresses of the cluster's pools", false);
        }
        Optional<Hold> before = hold(ask.handle());
        if (before.isPresent() && !before.get().addresses().isEmpty() && !before.get().owed()) {
            return new Outcome.Assigned(before.get().addresses());
        }
        String url = before.map(Hold::url).orElseGet(() -> ask.configuration().text("cnsurl").filter(text -> !text.isEmpty()).orElse(now.cnsUrl()));
        Hold asked = new Hold(before.map(Hold::caller).orElseGet(() -> Caller.of(ask.id(), ask.arguments())), trimmed(url), List.of(), boot, false, new Access.Unknown());
        if (!url.startsWith("http://")) {
            return new Outcome.Refused("TMB-AZC-020 cnsurl '" + url + "': only http:// is done here", false);
        }
        if (before.isEmpty() && unanswered(asked.url()) >= MOST_OWED) {
            return new Outcome.Refused("TMB-AZC-029 CNS at " + asked.url() + " is not asked: of " + MOST_OWED + " requests to it nobody knows what they gave; it must take some of that back first", true);
        }
        try {
            // What is being given back at this moment must be back before it is asked for anew, or the new answer is taken away with the old.
            try (Turns.Turn _ = turns.take(ask.handle())) {
                write(ask.handle(), Optional.of(asked), false);
            }
            journal.force();
            Reply reply = calls.request(asked.url(), asked.caller(), ask.fixed(), now.requestTimeout());
            return taken(ask, asked, reply, now);
        } catch (IOException e) {
            return new Outcome.Refused("TMB-AZC-012 who has which address cannot be written down: " + e.getMessage(), true);
        }
    }

    private Outcome taken(Ask ask, Hold asked, Reply reply, AzureCniSettings now) throws IOException {
        String handle = ask.handle();
        return switch (reply) {
            case Reply.Silent(String reason, boolean reached) -> {
                // Whether it gave something is not known: it gets it back when it answers again.
                write(handle, reached ? Optional.of(asked.with(List.of(), true)) : Optional.empty(), false);
                yield new Outcome.Refused("TMB-AZC-021 CNS: " + reason, true);
            }
            case Reply.Said(Answer.Done(List<InterfaceAddress> addresses, Optional<HostAccess> access, Optional<String> unclear)) -> {
                boolean overlay = isOverlay(ask);
                if (unclear.isPresent() && !overlay) {
                    yield back(handle, asked, unclear.get(), now);
                }
                Optional<String> doubled = owner(handle, addresses);
                if (doubled.isPresent()) {
                    yield back(handle, asked, "it gave an address that " + doubled.get() + " has", now);
                }
                write(handle, Optional.of(asked.with(addresses, access.filter(_ -> !overlay).<Access>map(Access.By::new).orElseGet(Access.None::new))), true);
                Optional<String> untold = tell();
                if (untold.isPresent()) {
                    back(handle, asked, untold.get(), now);
                    yield new Outcome.Refused("TMB-AZC-026 containers' requests to the name service and to the instance metadata cannot be translated: " + untold.get(), true);
                }
                yield new Outcome.Assigned(addresses);
            }
            case Reply.Said(Answer.Unusable(String reason)) -> back(handle, asked, reason, now);
            case Reply.Said(Answer.NotSupported()) -> {
                write(handle, Optional.empty(), false);
                yield new Outcome.Refused("TMB-AZC-022 CNS at " + asked.url() + " knows neither " + CnsMessages.REQUEST + " nor " + CnsMessages.REQUEST_ONE, false);
            }
            case Reply.Said(Answer.Refused(String reason, boolean temporary, boolean _)) -> {
                write(handle, Optional.empty(), false);
                yield new Outcome.Refused("TMB-AZC-023 CNS at " + asked.url() + " gives no address: " + reason, temporary);
            }
        };
    }

    /** An overlay's containers are translated by the fabric; the Azure CNI then does nothing on the host either. */
    private static boolean isOverlay(Ask ask) {
        return OVERLAYS.contains(ask.configuration().object("ipam").flatMap(ipam -> ipam.text("mode")).orElse("").toLowerCase(Locale.ROOT));
    }

    /**
     * Has containers' requests to the machine's services translated, where that is not so already. While it is not known of every container how it reaches them,
     * nothing that is in force is taken off: what an earlier life left in the kernel is replaced with the first container that needs translations, and not before
     * CNS was asked about the others, for {@link #PATIENCE} where it does not say it. Empty: they are; else why not.
     */
    Optional<String> tell() {
        Optional<String> unlearned = replacesWhatNobodyKnows() ? learn(false) : Optional.empty();
        if (unlearned.isPresent()) {
            return unlearned;
        }
        synchronized (telling) {
            Map<HostAccess, List<IpAddress>> ways = new HashMap<>();
            boolean known = gather(ways);
            Set<SourceTranslation> wanted = HostAccess.translations(ways);
            if (!known) {
                Set<SourceTranslation> there = told.orElseGet(() -> nat.map(service -> Set.copyOf(service.view().sources())).orElse(Set.of()));
                there.stream().filter(one -> wanted.stream().noneMatch(fresh -> sameRequests(fresh, one))).toList().forEach(wanted::add);
                if (told.isEmpty() && wanted.isEmpty()) {
                    return Optional.empty(); // whatever there is stays
                }
            }
            if (told.equals(Optional.of(wanted)) || nat.isEmpty() && wanted.isEmpty()) {
                return Optional.empty();
            }
            if (nat.isEmpty()) {
                return Optional.of("gateway-dataplane is not running");
            }
            if (nat.get().sources(wanted) instanceof Nat.Outcome.Refused(String reason, boolean _)) {
                if (!wanted.isEmpty()) {
                    LOG.warn("TMB-AZC-027 {} translations towards the name service and the instance metadata are not in force: {}. Trying again", wanted.size(), reason);
                }
                return Optional.of(reason);
            }
            told = Optional.of(wanted);
            return Optional.empty();
        }
    }

    /** The addresses of containers by how they reach the machine's services; answers whether that is known of all. */
    private boolean gather(Map<HostAccess, List<IpAddress>> ways) {
        boolean known = true;
        synchronized (holds) {
            for (Hold hold : holds.values()) {
                if (hold.isContainers() && hold.access() instanceof Access.By(HostAccess services)) {
                    List<IpAddress> all = ways.computeIfAbsent(services, _ -> new ArrayList<>());
                    hold.held().stream().filter(services.subnet()::contains).forEach(all::add);
                }
                known &= !hold.isContainers() || !(hold.access() instanceof Access.Unknown);
            }
        }
        return known;
    }

    /** Which of the two counts is for who says it later. */
    private static boolean sameRequests(SourceTranslation one, SourceTranslation other) {
        return one.from().equals(other.from()) && one.server().equals(other.server()) && one.protocol() == other.protocol() && one.port() == other.port();
    }

    /** Whether telling would replace what an earlier life has in the kernel, of which nobody here knows, and there are containers that may live by it. */
    private boolean replacesWhatNobodyKnows() {
        synchronized (telling) {
            if (told.isPresent() || nat.isEmpty()) {
                return false;
            }
        }
        synchronized (holds) {
            return holds.values().stream().anyMatch(hold -> hold.isContainers() && hold.access() instanceof Access.By)
                    && holds.entrySet().stream().anyMatch(entry -> entry.getValue().isUnlearned() && !unlearnable.contains(entry.getKey()));
        }
    }

    /**
     * Asks CNS anew about containers of which an older version did not write down how they reach the machine's services: to who has an address it answers with that.
     * Only where another container is known to need translations: then none of the machine's is one of an overlay. Each is asked about though another's CNS does not
     * say it, and a CNS that does not answer once in a round. What is answered to another who asks at the same time counts here too, so that nobody waits longer for
     * being one of many.
     *
     * @param overdue whether also about those that nobody waits for any more
     * @return empty: done, as far as somebody waits for it; else why it has to be asked another time
     */
    private Optional<String> learn(boolean overdue) {
        List<Map.Entry<String, Hold>> unlearned;
        synchronized (holds) {
            unlearned = holds.entrySet().stream().filter(entry -> entry.getValue().isUnlearned() && !unlearnable.contains(entry.getKey())).map(Map.Entry::copyOf).toList();
        }
        long begun = unsaidAnswers.get();
        Optional<String> waits = Optional.empty();
        Set<String> silent = new HashSet<>();
        for (Map.Entry<String, Hold> one : unlearned) {
            String handle = one.getKey();
            Hold hold = one.getValue();
            if (!overdue && isOverdue(handle)) {
                continue;
            }
            if (silent.contains(hold.url())) {
                unsaid.putIfAbsent(handle, new Unsaid(nanos.getAsLong(), 0, "", true));
                continue;
            }
            // What is being given back meanwhile must not be asked for: it would be given out again.
            try (Turns.Turn _ = turns.take(handle)) {
                if (!hold(handle).equals(Optional.of(hold)) || unlearnable.contains(handle) || !overdue && isOverdue(handle)) {
                    continue; // another was told it, or nobody waits for it any more
                }
                Optional<Unsaid> now = Optional.ofNullable(unsaid.get(handle)).filter(last -> last.number() > begun);
                if (now.isEmpty()) {
                    now = askAbout(handle, hold);
                }
                if (now.isPresent()) {
                    if (now.get().silent()) {
                        silent.add(hold.url());
                    }
                    Optional<String> why = notSaid(handle, hold, now.get().reason());
                    waits = waits.or(() -> why);
                }
            } catch (IOException e) {
                return Optional.of("TMB-AZC-012 who has which address cannot be written down: " + e.getMessage());
            }
        }
        return waits;
    }

    /** Empty: it was said. */
    private Optional<Unsaid> askAbout(String handle, Hold hold) throws IOException {
        Reply reply = calls.request(hold.url(), hold.caller(), hold.held(), settings.requestTimeout());
        Optional<String> reason = unsaid(reply);
        if (reason.isEmpty()) {
            learned(handle, hold, reply);
            unsaid.remove(handle);
            return Optional.empty();
        }
        Unsaid answer = new Unsaid(nanos.getAsLong(), unsaidAnswers.incrementAndGet(), reason.get(), reply instanceof Reply.Silent);
        return Optional.of(unsaid.merge(handle, answer, (before, last) -> new Unsaid(before.sinceNanos(), last.number(), last.reason(), last.silent())));
    }

    /** Why an answer says nothing about who was asked about; empty: it does. */
    private static Optional<String> unsaid(Reply reply) {
        return switch (reply) {
            case Reply.Silent(String reason, boolean _) -> Optional.of(reason);
            case Reply.Said(Answer.Refused(String reason, boolean _, boolean unable)) when unable -> Optional.of(reason);
            case Reply.Said _ -> Optional.empty();
        };
    }

    /** Why others wait for it; empty: not any more. */
    private Optional<String> notSaid(String handle, Hold hold, String reason) {
        if (!isOverdue(handle)) {
            return Optional.of("CNS does not say how " + handle + " and others reach them: " + reason);
        }
        if (warned.add(handle)) {
            LOG.warn("TMB-AZC-031 CNS at {} has not said for {} s how {} with {} reaches the name service and the instance metadata: {}. New containers do not wait for that any more, and with"
                    + " the first of them it is not translated until CNS says it. Make the container anew, or mend that CNS", hold.url(), PATIENCE.toSeconds(), handle, hold.held(), reason);
        }
        return Optional.empty();
    }

    private boolean isOverdue(String handle) {
        Unsaid last = unsaid.get(handle);
        return last != null && nanos.getAsLong() - last.sinceNanos() >= PATIENCE.toNanos();
    }

    private void learned(String handle, Hold hold, Reply reply) throws IOException {
        String why = switch (reply) {
            case Reply.Said(Answer.Done(List<InterfaceAddress> addresses, Optional<HostAccess> access, Optional<String> unclear)) -> {
                List<IpAddress> given = addresses.stream().map(InterfaceAddress::address).toList();
                if (!Set.copyOf(given).equals(Set.copyOf(hold.held()))) {
                    yield notGiven(hold, given);
                }
                if (unclear.isPresent()) {
                    yield "its answer is unclear: " + unclear.get();
                }
                // Adopting may have found meanwhile that nobody has it any more: then it is to go back, and what is learned here is of no use.
                replace(handle, Optional.of(hold), hold.with(hold.addresses(), access.<Access>map(Access.By::new).orElseGet(Access.None::new)));
                yield "";
            }
            case Reply.Said(Answer.Unusable(String reason)) -> "its answer is of no use here: " + reason;
            case Reply.Said(Answer.Refused(String reason, boolean _, boolean _)) -> "it does not give it that any more: " + reason;
            case Reply.Said(Answer.NotSupported()) -> "it knows neither " + CnsMessages.REQUEST + " nor " + CnsMessages.REQUEST_ONE;
            case Reply.Silent(String reason, boolean _) -> reason;
        };
        if (!why.isEmpty()) {
            unlearnable.add(handle);
            LOG.warn("TMB-AZC-028 CNS at {} does not say how {} with {} reaches the name service and the instance metadata: {}. If it does not reach them, make the container anew", hold.url(),
                    handle, hold.held(), why);
        }
    }

    /** CNS took the question for a container's that has nothing and gave it what nobody will use: back with it. One of the container's own among them stays, and all with it. */
    private String notGiven(Hold hold, List<IpAddress> given) {
        String said = "it gives it " + given + " now";
        if (given.stream().anyMatch(hold.held()::contains)) {
            return said;
        }
        boolean back = calls.release(hold.url(), hold.caller(), given, settings.requestTimeout()) instanceof Reply.Said(Answer.Done _);
        return said + (back ? ", which was given back" : ", which it does not take back before the container's DEL");
    }

    /** Who translates; it is to be told all. Empty: nobody now. */
    void nat(Optional<Nat> service) {
        synchronized (telling) {
            nat = service;
            told = Optional.empty();
        }
    }

    /** What cannot be handed on is given back at once, or as soon as that is possible. */
    private Outcome back(String handle, Hold asked, String why, AzureCniSettings now) throws IOException {
        write(handle, Optional.of(asked.with(List.of(), true)), false);
        if (giveBack(handle, asked, now).trouble().isEmpty() && !replacesWhatNobodyKnows()) { // else nothing of it was told, and nobody is asked about others for it
            tell();
        }
        return new Outcome.Refused("TMB-AZC-024 CNS at " + asked.url() + " gave what is of no use here: " + why, false);
    }

    @Override
    public Optional<String> release(String handle) {
        Optional<Hold> there = hold(handle);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        Returned returned;
        if (there.get().isUnlearned()) {
            try (Turns.Turn _ = turns.take(handle)) { // not while CNS is asked about it: what it answers is given out anew
                returned = giveBack(handle, hold(handle).orElse(there.get()), settings);
            }
        } else {
            returned = giveBack(handle, there.get(), settings);
        }
        if (returned.trouble().isEmpty()) {
            tell(); // what fails is said there, and told again with the next container
        }
        return returned.trouble();
    }

    /** @param trouble why it is not back; empty: it is. @param silent whether that is because CNS did not answer */
    private record Returned(Optional<String> trouble, boolean silent) { }

    private Returned giveBack(String handle, Hold hold, AzureCniSettings now) {
        Reply reply = calls.release(hold.url(), hold.caller(), hold.held(), now.requestTimeout());
        String trouble = switch (reply) {
            case Reply.Silent(String reason, boolean _) -> reason;
            case Reply.Said(Answer.Done _) -> "";
            case Reply.Said(Answer.NotSupported()) -> "it knows neither " + CnsMessages.RELEASE + " nor " + CnsMessages.RELEASE_ONE;
            case Reply.Said(Answer.Refused(String reason, boolean _, boolean _)) -> reason;
            case Reply.Said(Answer.Unusable(String reason)) -> reason;
        };
        if (!trouble.isEmpty()) {
            return new Returned(Optional.of("TMB-AZC-025 CNS at " + hold.url() + " does not take back what " + handle + " has: " + trouble), reply instanceof Reply.Silent);
        }
        try {
            write(handle, Optional.empty(), false);
        } catch (IOException e) {
            return new Returned(Optional.of("TMB-AZC-012 who has which address cannot be written down: " + e.getMessage()), false);
        }
        return new Returned(Optional.empty(), false);
    }

    /** Gives back what nobody waits for, and asks about what nobody waits for any more. Each CNS that does not answer is asked once; the others are not kept waiting. One thread. */
    void settle() {
        List<Map.Entry<String, Hold>> owed;
        synchronized (holds) {
            owed = holds.entrySet().stream().filter(entry -> entry.getValue().owed()).map(Map.Entry::copyOf).toList();
        }
        String behind = silentLast;
        List<Map.Entry<String, Hold>> inTurn = new ArrayList<>(owed.stream().filter(entry -> entry.getKey().compareTo(behind) > 0).toList());
        inTurn.addAll(owed.stream().filter(entry -> entry.getKey().compareTo(behind) <= 0).toList());
        Set<String> silent = new HashSet<>();
        for (Map.Entry<String, Hold> one : inTurn) {
            if (silent.contains(one.getValue().url())) {
                continue;
            }
            try (Turns.Turn _ = turns.take(one.getKey())) {
                // A container that asks again meanwhile is no debt any more: what it is given must not be taken from it.
                if (hold(one.getKey()).equals(Optional.of(one.getValue())) && giveBack(one.getKey(), one.getValue(), settings).silent()) {
                    silent.add(one.getValue().url());
                    silentLast = one.getKey();
                }
            }
        }
        if (!unsaid.isEmpty()) {
            learn(true);
        }
        tell();
    }

    @Override
    public void adopt(List<Endpoint> endpoints) {
        Set<String> inUse = new HashSet<>();
        for (Endpoint endpoint : endpoints) {
            String handle = ContainerAddresses.handle(endpoint.network(), endpoint.id());
            inUse.add(handle);
            if (!endpoint.source().equals(name()) || endpoint.addresses().isEmpty()) {
                continue;
            }
            try {
                Hold found = new Hold(Caller.of(endpoint.id(), endpoint.arguments()), trimmed(settings.cnsUrl()), endpoint.addresses(), boot, false, new Access.Unknown());
                if (replace(handle, Optional.empty(), found)) {
                    LOG.warn("TMB-AZC-013 {} has an address of CNS, of which cns.log did not know; it is written down now", endpoint.id());
                }
            } catch (IOException e) {
                LOG.error("TMB-AZC-014 {} has an address of CNS: {}. Delete the container and make it anew", endpoint.id(), e.getMessage());
            }
        }
        synchronized (holds) {
            // Asked and not answered, with nobody who remembers the question; or of a time before the machine was started.
            holds.replaceAll((handle, hold) -> inUse.contains(handle) || !hold.addresses().isEmpty() && hold.boot().equals(boot) ? hold : hold.with(hold.addresses(), true));
        }
    }

    @Override
    public List<IpAddress> nameServers() {
        return List.of(AzureNode.NAME_SERVER);
    }

    @Override
    public List<Holding> holdings() {
        List<Holding> all = new ArrayList<>();
        synchronized (holds) {
            holds.forEach((handle, hold) -> hold.addresses().forEach(address ->
                    all.add(new Holding(address.address(), address.prefixLength(), hold.owed() ? "asked" : "held", handle))));
        }
        all.sort(java.util.Comparator.comparing(Holding::address));
        return all;
    }

    @Override
    public void close() {
        try {
            journal.close();
        } catch (IOException e) {
            LOG.warn("TMB-AZC-003 closing cns.log: {}", e.getMessage());
        }
    }

    private static String trimmed(String url) {
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    // ------------------------------------------------------------------------------------------------ the record

    private Optional<Hold> hold(String handle) {
        synchronized (holds) {
            return Optional.ofNullable(holds.get(handle));
        }
    }

    /** Without what is known to be given, such as before a start of the machine: that goes back at once, however much it is. */
    private long unanswered(String url) {
        synchronized (holds) {
            return holds.values().stream().filter(hold -> hold.owed() && hold.addresses().isEmpty() && hold.url().equals(url)).count();
        }
    }

    private Optional<String> owner(String handle, List<InterfaceAddress> addresses) {
        Set<IpAddress> wanted = new HashSet<>(addresses.stream().map(InterfaceAddress::address).toList());
        synchronized (holds) {
            return holds.entrySet().stream().filter(entry -> !entry.getKey().equals(handle) && !entry.getValue().owed()
                    && entry.getValue().addresses().stream().anyMatch(address -> wanted.contains(address.address()))).map(Map.Entry::getKey).findFirst();
        }
    }

    private void write(String handle, Optional<Hold> hold, boolean durable) throws IOException {
        synchronized (holds) {
            if (hold.isPresent() && !holds.containsKey(handle) && holds.size() >= MOST) {
                throw new IOException("there are " + MOST + " already");
            }
            journal.append(hold.map(one -> line(handle, one)).orElseGet(() -> Json.Obj.of("handle", new Json.Text(handle)).with("gone", true)));
            hold.ifPresentOrElse(one -> holds.put(handle, one), () -> holds.remove(handle));
            unlearnable.remove(handle);
            unsaid.remove(handle);
            warned.remove(handle);
            journal.compactIfWorthIt(holds.size(), this::lines);
        }
        if (durable) {
            journal.force();
        }
    }

    /** Writes only where the record still says what was seen; answers whether it did. */
    private boolean replace(String handle, Optional<Hold> seen, Hold fresh) throws IOException {
        synchronized (holds) {
            boolean same = hold(handle).equals(seen);
            if (same) {
                write(handle, Optional.of(fresh), false);
            }
            return same;
        }
    }

    private void apply(Json.Obj tree) {
        String handle = tree.text("handle").orElseThrow(() -> new IllegalArgumentException("a line without handle"));
        if (tree.bool("gone").orElse(false)) {
            holds.remove(handle);
            return;
        }
        Json.Obj caller = tree.object("caller").orElseThrow(() -> new IllegalArgumentException("a line without caller"));
        holds.put(handle, new Hold(Caller.read(caller), tree.text("url").orElseThrow(() -> new IllegalArgumentException("a line without url")), AddressText.read(tree),
                tree.text("boot").orElse(""), tree.bool("owed").orElse(false), access(tree)));
    }

    /** What is not understood is not known: the address is held all the same. */
    private static Access access(Json.Obj tree) {
        if (tree.text("access").equals(Optional.of(NO_ACCESS))) {
            return new Access.None();
        }
        try {
            return tree.object("access").<Access>map(one -> new Access.By(HostAccess.read(one))).orElseGet(Access.Unknown::new);
        } catch (IllegalArgumentException _) {
            return new Access.Unknown();
        }
    }

    private List<Json.Obj> lines() {
        List<Json.Obj> lines = new ArrayList<>();
        holds.forEach((handle, hold) -> lines.add(line(handle, hold)));
        return lines;
    }

    private static Json.Obj line(String handle, Hold hold) {
        Json.Obj line = Json.Obj.of("handle", new Json.Text(handle)).with("caller", hold.caller().toJson()).with("url", hold.url()).with("addresses", AddressText.write(hold.addresses()))
                .with("boot", hold.boot()).with("owed", hold.owed());
        return switch (hold.access()) {
            case Access.By(HostAccess services) -> line.with("access", services.toJson());
            case Access.None() -> line.with("access", NO_ACCESS);
            case Access.Unknown() -> line;
        };
    }
}
