package tombolo.azure.expressroute.adapter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmError;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.json.Json;

/**
 * A hand-written stand-in for ARM: resources by path, operations that take a number of polls, refusals on demand. Not ARM: it fills in what the tests need a
 * circuit to have and checks nothing. Any thread may ask.
 */
final class FakeArm implements Arm {
    static final String SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
    private static final String ROOT = "/subscriptions/" + SUBSCRIPTION;

    final Map<String, Json.Obj> resources = new TreeMap<>();
    /** Requests that change something, in order: method and path. */
    final List<String> asked = new ArrayList<>();
    final List<Json.Obj> bodies = new ArrayList<>();
    final List<String> polled = new ArrayList<>();
    /** Taken by the next starts, one each; a start throws what it is given after it has done its work where {@code after} is true. */
    final Deque<Supplier<ArmException>> refuseBefore = new ArrayDeque<>();
    final Deque<Supplier<ArmException>> loseAnswer = new ArrayDeque<>();
    /** Taken by the next polls. */
    final Deque<Supplier<ArmProgress>> polls = new ArrayDeque<>();
    /** Done by somebody else just before a request that changes something comes. */
    Runnable meanwhile = () -> { };
    /** What operations are called; empty text: ARM says nothing of it. */
    String requestId = "r";
    /** How often an operation says Running. */
    int running = 1;
    String suffix = "";
    /** Whether tables are answered at once. */
    boolean tablesAtOnce = true;
    /** Requests that change nothing. */
    int reads;
    boolean unreachable;
    /** Requests that change nothing and found nobody. */
    int unanswered;
    /** Why the list of providers is refused. */
    Optional<ArmException.Reason> providersRefused = Optional.empty();
    /** Why what has this path below the test's subscription is refused to whoever reads it, its lists too. */
    final Map<String, ArmException.Reason> withheld = new HashMap<>();
    private final Map<String, Integer> operations = new HashMap<>();

    static ArmException refused(ArmException.Reason reason, ArmException.Applied applied) {
        return new ArmException(reason, applied, "TMB-ARM-000 test", Optional.empty(), Optional.empty());
    }

    @Override
    public List<AzureSubscription> subscriptions() {
        return List.of(new AzureSubscription("main", SUBSCRIPTION, "public"));
    }

    private static String key(String path) {
        return (path.startsWith("/subscriptions/") ? path : ROOT + path).toLowerCase(Locale.ROOT);
    }

    void put(String path, Json.Obj resource) {
        String id = path.startsWith("/subscriptions/") ? path : ROOT + path;
        resources.put(key(path), resource.with("id", id).with("name", id.substring(id.lastIndexOf('/') + 1)));
    }

    Json.Obj resource(String path) {
        return resources.get(key(path));
    }

    void provision(String path) {
        Json.Obj circuit = resource(path);
        put(path, circuit.with("properties", circuit.object("properties").orElseThrow().with("serviceProviderProvisioningState", "Provisioned")));
    }

    @Override
    public synchronized ArmAnswer call(ArmRequest request) {
        read(request);
        if (request.path().endsWith("/stats")) {
            return new ArmAnswer(200, Optional.of(Json.Obj.EMPTY.with("primarybytesIn", 1).with("primarybytesOut", 2).with("secondarybytesIn", 3).with("secondarybytesOut", 4)), Optional.empty(), "r");
        }
        Json.Obj found = resources.get(key(request.path()));
        if (found == null) {
            throw refused(ArmException.Reason.NOT_FOUND, ArmException.Applied.NO);
        }
        String key = key(request.path());
        if (key.matches(".*/expressroutecircuits/[^/]+")) {
            List<Json> peerings = new ArrayList<>(below(key + "/peerings/"));
            found = found.with("properties", found.object("properties").orElseThrow().with("peerings", new Json.Arr(peerings)));
        }
        return new ArmAnswer(200, Optional.of(found), found.text("etag"), "r");
    }

    private void read(ArmRequest request) {
        if (unreachable) {
            unanswered++;
            throw refused(ArmException.Reason.UNREACHABLE, ArmException.Applied.NO);
        }
        reads++;
        withheld.entrySet().stream().filter(each -> key(each.getKey()).equals(key(request.path()))).findFirst().ifPresent(each -> {
            throw refused(each.getValue(), ArmException.Applied.NO);
        });
    }

    private List<Json.Obj> below(String prefix) {
        return resources.entrySet().stream().filter(each -> each.getKey().startsWith(prefix) && each.getKey().indexOf('/', prefix.length()) < 0).map(Map.Entry::getValue).toList();
    }

    @Override
    public synchronized List<Json.Obj> list(ArmRequest request) {
        read(request);
        if (providersRefused.isPresent() && request.path().endsWith("/expressRouteServiceProviders")) {
            throw refused(providersRefused.get(), ArmException.Applied.NO);
        }
        if (request.path().equals("/providers/Microsoft.Network/expressRouteCircuits")) {
            return resources.entrySet().stream().filter(each -> each.getKey().matches(".*/expressroutecircuits/[^/]+")).map(Map.Entry::getValue).toList();
        }
        return below(key(request.path()) + "/");
    }

    @Override
    public synchronized ArmOperation start(ArmRequest request) {
        String key = key(request.path());
        if (request.method() == ArmRequest.Method.POST) {
            return operation(request, Optional.of(resources.getOrDefault(key, Json.Obj.of("value", Json.Arr.EMPTY))), tablesAtOnce);
        }
        if (!refuseBefore.isEmpty()) {
            throw refuseBefore.pop().get();
        }
        meanwhile.run();
        Optional<String> etag = Optional.ofNullable(resources.get(key)).flatMap(there -> there.text("etag"));
        if (request.etag().isPresent() && !request.etag().equals(etag)) {
            throw refused(ArmException.Reason.CHANGED, ArmException.Applied.NO);
        }
        asked.add(request.method() + " " + request.path());
        request.body().ifPresent(bodies::add);
        if (request.method() == ArmRequest.Method.DELETE) {
            resources.keySet().removeIf(each -> each.equals(key) || each.startsWith(key + "/"));
        } else {
            put(request.path(), made(key, request.body().orElseThrow()));
        }
        if (!loseAnswer.isEmpty()) {
            throw loseAnswer.pop().get();
        }
        return operation(request, Optional.ofNullable(resources.get(key)), running == 0);
    }

    /** What a resource has by itself, once it is there. */
    private static Json.Obj made(String key, Json.Obj body) {
        Json.Obj properties = body.object("properties").orElse(Json.Obj.EMPTY).with("provisioningState", "Succeeded");
        if (key.matches(".*/expressroutecircuits/[^/]+")) {
            properties = properties.get("serviceKey").isPresent() ? properties : properties.with("serviceKey", "01234567-89ab-cdef-0123-456789abcdef").with("serviceProviderProvisioningState", "NotProvisioned")
                    .with("circuitProvisioningState", "Enabled");
        } else if (key.contains("/peerings/")) {
            properties = properties.with("state", "Enabled").with("azureASN", 12076).with("lastModifiedBy", "Customer").without("sharedKey");
        } else if (key.contains("/authorizations/")) {
            properties = properties.with("authorizationKey", "secret-of-" + key.substring(key.lastIndexOf('/') + 1)).with("authorizationUseStatus", "Available");
        } else if (key.contains("/connections/")) {
            properties = properties.with("connectionStatus", "Connected");
        }
        return body.with("properties", properties).with("etag", "W/\"1\"");
    }

    private ArmOperation operation(ArmRequest request, Optional<Json.Obj> body, boolean atOnce) {
        ArmAnswer answer = new ArmAnswer(atOnce ? 200 : 202, body, Optional.empty(), requestId);
        String url = "https://management.test/operations/" + operations.size() + "?t=1&c=" + suffix;
        operations.put(url, running);
        return new ArmOperation(request.subscription(), request.method() + " " + request.path(), request.path(), request.apiVersion(), atOnce ? "" : url,
                atOnce ? ArmOperation.Style.NONE : ArmOperation.Style.ASYNC_OPERATION, Instant.EPOCH, answer);
    }

    @Override
    public synchronized ArmProgress poll(ArmOperation operation) {
        polled.add(operation.url());
        if (!polls.isEmpty()) {
            return polls.pop().get();
        }
        int left = operations.merge(operation.url(), -1, Integer::sum);
        return left >= 0 ? new ArmProgress.Running("InProgress", Duration.ofSeconds(10)) : new ArmProgress.Succeeded(Optional.ofNullable(resources.get(key(operation.resource()))));
    }

    static ArmProgress failed(String code) {
        return new ArmProgress.Failed(new ArmError(code, "it did not work", "", List.of(new ArmError("Port", "all 4 are taken", "", List.of()))));
    }
}
