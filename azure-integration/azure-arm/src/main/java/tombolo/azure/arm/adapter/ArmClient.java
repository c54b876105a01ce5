package tombolo.azure.arm.adapter;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmOperation.Style;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.ArmRequest.Method;
import tombolo.api.azure.AzureAccess;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.azure.RetailPrices;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.AzureSettings.Subscription;
import tombolo.api.json.Json;
import tombolo.azure.arm.core.Asked;
import tombolo.azure.arm.core.Cloud;
import tombolo.azure.arm.core.Operations;
import tombolo.azure.arm.core.Operations.Polled;
import tombolo.azure.arm.core.Refusals;
import tombolo.azure.arm.core.Reply;
import tombolo.azure.arm.core.Times;
import tombolo.azure.arm.core.Token;

/** {@link Arm} over HTTPS. Any thread. */
public final class ArmClient implements Arm, AzureAccess, RetailPrices, AutoCloseable {
    /** A subscription's lists have tens of items in a page; more than these is a circle. */
    static final int MOST_PAGES = 200;
    static final int MOST_ITEMS = 50_000;
    private static final String SUBSCRIPTIONS_VERSION = "2022-12-01";
    private static final String SUBSCRIPTIONS = "/subscriptions/";

    private final CountDownLatch closing = new CountDownLatch(1);
    private final Time time;
    private final Followed followed = new Followed();
    private volatile State state = new State(AzureSettings.DEFAULT, Optional.empty(), Map.of());

    /** @param clients of the subscriptions whose settings are usable */
    private record State(AzureSettings settings, Optional<Wire> wire, Map<String, SubscriptionClient> clients) { }

    public ArmClient() {
        this.time = Time.ofMachine(closing);
    }

    ArmClient(Time time) {
        this.time = time;
    }

    /** Does no I/O. A subscription whose settings are as before keeps its token and its account. */
    public synchronized void settings(AzureSettings settings) {
        State before = state;
        if (before.settings().equals(settings) || closing.getCount() == 0) {
            return;
        }
        boolean same = before.settings().withSubscriptions(Map.of()).equals(settings.withSubscriptions(Map.of())) && before.wire().isPresent();
        Wire wire = same ? before.wire().get() : new Wire(settings.caFile().map(Path::of), settings.connectTimeout());
        Map<String, SubscriptionClient> clients = new LinkedHashMap<>();
        settings.subscriptions().forEach((name, subscription) -> {
            SubscriptionClient kept = before.clients().get(name);
            if (same && kept != null && subscription.equals(before.settings().subscriptions().get(name))) {
                clients.put(name, kept);
            } else {
                Cloud.of(settings, subscription).ifPresent(cloud -> clients.put(name, client(settings, subscription, cloud, wire)));
            }
        });
        state = new State(settings, Optional.of(wire), clients);
        if (!same) {
            before.wire().ifPresent(Wire::close);
        }
    }

    private SubscriptionClient client(AzureSettings settings, Subscription subscription, Cloud cloud, Wire wire) {
        TokenSource.Desk desk = new TokenSource.Desk(subscription.name(), wire, time);
        TokenSource source = switch (subscription.credential()) {
            case Credential.ManagedIdentity(Optional<String> clientId) -> MachineTokens.imds(desk, cloud, settings.imdsUrl(), clientId);
            case Credential.Arc _ -> MachineTokens.arc(desk, cloud, settings.arcUrl(), Path.of(settings.arcTokenFolder()));
            case Credential application -> new EntraTokens(desk, cloud, application);
        };
        return new SubscriptionClient(subscription.name(), cloud, wire, new TokenKeeper(subscription.name(), source, time), settings.budgetPercent(), time);
    }

    @Override
    public synchronized void close() {
        closing.countDown();
        state.wire().ifPresent(Wire::close);
    }

    // ---- Arm ----

    @Override
    public List<AzureSubscription> subscriptions() {
        AzureSettings settings = state.settings();
        return settings.subscriptions().values().stream().map(subscription -> value(settings, subscription)).toList();
    }

    private static AzureSubscription value(AzureSettings settings, Subscription subscription) {
        return new AzureSubscription(subscription.name(), subscription.id(), subscription.cloud().orElse(settings.cloud()).word());
    }

    @Override
    public String networkVersion() {
        return state.settings().networkVersion();
    }

    @Override
    public ArmAnswer call(ArmRequest request) {
        SubscriptionClient client = client(request.subscription());
        SubscriptionClient.Ready ready = ready(client, request);
        Reply reply = client.perform(ready, Time.Deadline.in(time, request.deadline()), _ -> false);
        if (Operations.starts(request.method(), reply)) {
            throw new ArmException(Reason.REFUSED, Applied.UNKNOWN, "TMB-ARM-037 " + ready.asked() + ": ARM answered " + reply.status() + " and has begun an operation that takes time, where an"
                    + " answer was wanted (request " + reply.requestId() + "). It goes on; look at the resource.", Optional.empty(), Times.retryAfter(reply, time.now()));
        }
        return Operations.answer(reply);
    }

    @Override
    public List<Json.Obj> list(ArmRequest request) {
        SubscriptionClient client = client(request.subscription());
        Time.Deadline deadline = Time.Deadline.in(time, request.deadline());
        SubscriptionClient.Ready page = ready(client, request);
        List<Json.Obj> items = new ArrayList<>();
        for (int pages = 1;; pages++) {
            Reply reply = client.perform(page, deadline, _ -> false);
            Json.Obj body = reply.json().orElse(Json.Obj.EMPTY);
            if (!(body.get("value").orElse(Json.Null.NULL) instanceof Json.Arr(List<Json> values))) {
                throw Refusals.broken("TMB-ARM-073", page.asked(), reply, "the answer is no list: it has no array 'value'");
            }
            for (Json value : values) {
                if (!(value instanceof Json.Obj item)) {
                    throw Refusals.broken("TMB-ARM-073", page.asked(), reply, "the list has an item that is no object");
                }
                items.add(item);
            }
            Optional<String> next = body.text("nextLink").filter(link -> !link.isEmpty());
            if (next.isEmpty()) {
                return List.copyOf(items);
            }
            if (pages == MOST_PAGES || items.size() > MOST_ITEMS) {
                throw Refusals.broken("TMB-ARM-070", page.asked(), reply, "the list goes on behind " + pages + " pages and " + items.size() + " items, the most that are read");
            }
            if (!(client.cloud().own(next.get()) instanceof Cloud.Url.Own(String url))) {
                throw Refusals.broken("TMB-ARM-072", page.asked(), reply, "the list goes on at a URL that is not " + client.cloud().resourceManager() + "'s; it gets no token");
            }
            page = new SubscriptionClient.Ready(page.asked(), url, request.body(), request.etag());
        }
    }

    @Override
    public ArmOperation start(ArmRequest request) {
        SubscriptionClient client = client(request.subscription());
        SubscriptionClient.Ready ready = ready(client, request);
        Reply reply = client.perform(ready, Time.Deadline.in(time, request.deadline()), _ -> false);
        int query = request.path().indexOf('?');
        ArmOperation operation = Operations.first(ready.asked(), query < 0 ? request.path() : request.path().substring(0, query), request.apiVersion(), client.cloud(), reply, time.now());
        if (!operation.done()) {
            followed.heard(operation, new ArmProgress.Running("Accepted", Duration.ZERO), time.now());
        }
        return operation;
    }

    @Override
    public ArmProgress poll(ArmOperation operation) {
        if (operation.done()) {
            return new ArmProgress.Succeeded(operation.answer().body());
        }
        SubscriptionClient client = client(operation.subscription());
        Time.Deadline deadline = Time.Deadline.in(time, ArmRequest.USUAL);
        Asked asked = new Asked(operation.subscription(), Method.GET, "the state of " + operation.what(), UUID.randomUUID().toString());
        Reply reply = operation.style() == Style.RESOURCE ? resource(client, operation, deadline, there -> Operations.tells(Style.RESOURCE, there))
                : client.perform(new SubscriptionClient.Ready(asked, Operations.checked(asked, client.cloud(), operation.url()), Optional.empty(), Optional.empty()), deadline,
                        answer -> Operations.tells(operation.style(), answer));
        ArmProgress progress = switch (Operations.progress(operation, asked, reply, time.now())) {
            case Polled.Known(ArmProgress known) -> known;
            case Polled.ReadResource() -> new ArmProgress.Succeeded(resource(client, operation, deadline, _ -> false).json());
            case Polled.AskResource() when operation.method().equals(Optional.of(Method.POST)) -> Operations.byResource(operation, asked, reply, time.now());
            case Polled.AskResource() -> Operations.byResource(operation, asked, resource(client, operation, deadline, there -> there.status() == 404), time.now());
        };
        followed.heard(operation, progress, time.now());
        return progress;
    }

    private Reply resource(SubscriptionClient client, ArmOperation operation, Time.Deadline deadline, Predicate<Reply> wanted) {
        return client.perform(ready(client, ArmRequest.get(operation.subscription(), operation.resource(), operation.apiVersion())), deadline, wanted);
    }

    private SubscriptionClient client(String name) {
        State now = state;
        SubscriptionClient client = now.clients().get(name);
        if (client == null) {
            throw new ArmException(Reason.NOT_CONFIGURED, Applied.NO, now.settings().subscriptions().containsKey(name) ? noEndpoints(name)
                    : "TMB-ARM-001 no subscription '" + name + "' is configured" + (now.settings().subscriptions().isEmpty() ? "" : "; there are " + String.join(", ",
                            now.settings().subscriptions().keySet())) + ". Write etc/tombolo.azure.subscription-" + name + ".cfg.", Optional.empty(), Optional.empty());
        }
        return client;
    }

    private static String noEndpoints(String name) {
        return "TMB-ARM-002 subscription " + name + " is in the cloud custom, and etc/tombolo.azure.cfg does not say where that is; set resource-manager-url and login-url there.";
    }

    private SubscriptionClient.Ready ready(SubscriptionClient client, ArmRequest request) {
        Subscription subscription = Optional.ofNullable(state.settings().subscriptions().get(request.subscription())).orElseThrow(() -> new ArmException(Reason.NOT_CONFIGURED, Applied.NO,
                "TMB-ARM-001 subscription '" + request.subscription() + "' was taken out of etc/ just now", Optional.empty(), Optional.empty()));
        String path = request.path().startsWith(SUBSCRIPTIONS) || request.path().equals("/subscriptions") ? request.path() : SUBSCRIPTIONS + subscription.id() + request.path();
        Asked asked = new Asked(request.subscription(), request.method(), Asked.what(request.method(), path), UUID.randomUUID().toString());
        String url = client.cloud().resourceManager() + path + (path.indexOf('?') < 0 ? "?" : "&") + "api-version=" + request.apiVersion();
        return switch (client.cloud().own(url)) {
            case Cloud.Url.Own(String text) when !(URI.create(text).getRawPath() + "/").contains("/../") -> new SubscriptionClient.Ready(asked, text, request.body(), request.etag());
            case Cloud.Url.Own _, Cloud.Url.Foreign _ -> throw unusable(asked, "it leads elsewhere");
            case Cloud.Url.NotOne(String why) -> throw unusable(asked, why + " (a character that has to be written as %XX?)");
        };
    }

    private static ArmException unusable(Asked asked, String why) {
        return new ArmException(Reason.REFUSED, Applied.NO, "TMB-ARM-010 " + asked + ": the path cannot be asked for: " + why + ". Nothing was done.", Optional.empty(), Optional.empty());
    }

    // ---- RetailPrices ----

    @Override
    public List<Json.Obj> prices(String service) {
        State now = state;
        Wire wire = now.wire().orElseThrow(() -> new ArmException(Reason.NOT_CONFIGURED, Applied.NO, "TMB-ARM-003 azure-arm has not heard the configuration yet. Try again in a moment.", Optional.empty(), Optional.empty()));
        return new PriceList(wire, time, now.settings().pricesUrl()).of(service);
    }

    // ---- AzureAccess ----

    @Override
    public List<Standing> standings() {
        State now = state;
        return now.settings().subscriptions().values().stream().map(subscription -> {
            AzureSubscription value = value(now.settings(), subscription);
            SubscriptionClient client = now.clients().get(subscription.name());
            String credential = subscription.credential().word();
            return client == null
                    ? new Standing(value, "", credential, Optional.of(noEndpoints(subscription.name())), Optional.empty(), Optional.empty(), List.of(), 0, 0, List.of())
                    : new Standing(value, client.cloud().resourceManager(), credential, client.trouble(), client.tokens().until(), client.skew(), client.told(), client.requests(),
                            client.throttled(), followed.of(subscription.name()));
        }).toList();
    }

    @Override
    public Check check(String name) {
        AzureSubscription subscription = subscriptions().stream().filter(one -> one.name().equals(name)).findFirst().orElseGet(() -> {
            client(name); // says that there is none
            throw new IllegalStateException(name);
        });
        List<Step> steps = new ArrayList<>();
        Instant began = time.now();
        try {
            SubscriptionClient client = client(name);
            steps.add(new Step("settings", true, client.cloud().name() + ", " + client.cloud().resourceManager() + ", login " + client.cloud().login(), took(began)));
            Time.Deadline deadline = Time.Deadline.in(time, ArmRequest.USUAL);
            token(client, deadline, steps);
            read(client, subscription, deadline, steps);
            clock(client, steps);
        } catch (ArmException e) {
            steps.add(new Step(steps.isEmpty() ? "settings" : "subscription", false, String.valueOf(e.getMessage()), took(began)));
        } catch (TokenTrouble e) {
            steps.add(new Step("token", false, String.valueOf(e.getMessage()), took(began)));
        }
        return new Check(subscription, steps);
    }

    private void token(SubscriptionClient client, Time.Deadline deadline, List<Step> steps) throws TokenTrouble {
        Instant began = time.now();
        Token token = client.newToken(deadline);
        steps.add(new Step("token", true, "until " + token.until().truncatedTo(java.time.temporal.ChronoUnit.SECONDS), took(began)));
    }

    private void read(SubscriptionClient client, AzureSubscription subscription, Time.Deadline deadline, List<Step> steps) {
        Instant began = time.now();
        Reply reply = client.perform(ready(client, ArmRequest.get(subscription.name(), SUBSCRIPTIONS + subscription.id(), SUBSCRIPTIONS_VERSION)), deadline, _ -> false);
        Json.Obj body = reply.json().orElse(Json.Obj.EMPTY);
        String id = body.text("subscriptionId").orElse("");
        String told = body.text("state").orElse("without a state");
        boolean right = id.equalsIgnoreCase(subscription.id());
        steps.add(new Step("subscription", right && told.equals("Enabled"), right ? body.text("displayName").orElse("without a name") + ", " + told
                + (told.equals("Enabled") ? "" : ": TMB-ARM-080 nothing can be changed in it; see its billing in the portal")
                : "TMB-ARM-080 ARM answered with the subscription '" + id + "', wanted " + subscription.id(), took(began)));
    }

    private void clock(SubscriptionClient client, List<Step> steps) {
        Optional<Duration> skew = client.skew();
        steps.add(new Step("clock", skew.filter(Times::isSkewed).isEmpty(), skew.map(found -> Times.isSkewed(found) ? "TMB-ARM-026 this node's clock is " + Times.words(found)
                + " ARM's; set the clock" : "within " + (found.abs().toSeconds() + 1) + " s of ARM's").orElse("ARM sent no date"), Duration.ZERO));
    }

    private Duration took(Instant began) {
        return Duration.between(began, time.now());
    }
}
