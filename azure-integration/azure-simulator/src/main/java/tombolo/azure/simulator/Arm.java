package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tombolo.azure.simulator.SimulatorSettings.HeaderStyle;

/** ARM's verbs on ARM's paths. Called with the {@link World}'s lock held; a refusal is an {@link ArmFault}. */
final class Arm {
    private static final String NAME = "[A-Za-z0-9_]([A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?";
    private static final String API_VERSION = "20[0-9]{2}-[01][0-9]-[0-3][0-9](-preview)?";
    private static final List<String> TABLES = List.of("arptables", "routetables", "routetablessummary");

    private final World world;
    private final Throttle throttle;

    Arm(World world, Throttle throttle) {
        this.world = world;
        this.throttle = throttle;
    }

    Reply answer(Call call, Principal caller) {
        List<String> parts = Arrays.stream(call.path().split("/")).filter(part -> !part.isEmpty()).toList();
        if (parts.isEmpty() || !parts.getFirst().equalsIgnoreCase("subscriptions")) {
            throw new ArmFault(404, "NotFound", "The path '" + call.path() + "' is none of this simulator's.");
        }
        String version = call.query().get("api-version");
        if (version == null) {
            throw ArmFault.badRequest("MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.");
        }
        if (!version.matches(API_VERSION)) {
            throw ArmFault.badRequest("InvalidApiVersionParameter", "The api-version '" + version + "' is invalid.");
        }
        if (parts.size() == 1) {
            return subscriptions(call, caller);
        }
        World.Subscription subscription = subscription(parts.get(1), caller, call);
        Map<String, String> budget = throttle.take(call.method(), caller, subscription.id());
        Reply reply = within(call, caller, subscription, parts.subList(2, parts.size()));
        budget.forEach(reply::header);
        return reply;
    }

    private Reply subscriptions(Call call, Principal caller) {
        ArrayNode value = Text.array();
        world.subscriptions().values().stream().filter(each -> caller.mayUse(each.id())).forEach(each -> value.add(show(each)));
        return page(call, value);
    }

    private static ObjectNode show(World.Subscription subscription) {
        return Text.object().put("id", "/subscriptions/" + subscription.id()).put("subscriptionId", subscription.id()).put("tenantId", subscription.tenant())
                .put("displayName", subscription.name()).put("state", "Enabled").put("authorizationSource", "RoleBased");
    }

    private World.Subscription subscription(String id, Principal caller, Call call) {
        World.Subscription subscription = world.subscriptions().get(id.toLowerCase(Locale.ROOT));
        if (subscription == null) {
            throw new ArmFault(404, "SubscriptionNotFound", "The subscription '" + id + "' could not be found.");
        }
        if (!caller.mayUse(id)) {
            throw new ArmFault(403, "AuthorizationFailed", "The client '" + caller.name() + "' does not have authorization to perform action '" + call.method() + "' over scope '" + call.path()
                    + "' or the scope is invalid. If access was recently granted, please refresh your credentials.");
        }
        return subscription;
    }

    private Reply within(Call call, Principal caller, World.Subscription subscription, List<String> rest) {
        String first = rest.isEmpty() ? "" : rest.getFirst().toLowerCase(Locale.ROOT);
        if (first.isEmpty()) {
            return Reply.json(200, show(subscription));
        }
        if ("resourcegroups".equals(first) && rest.size() <= 2) {
            return groups(call, subscription, rest);
        }
        if ("resourcegroups".equals(first) && rest.size() > 4 && "providers".equalsIgnoreCase(rest.get(2)) && ResourceId.PROVIDER.equalsIgnoreCase(rest.get(3))) {
            if (!world.groups().containsKey(World.groupKey(subscription.id(), rest.get(1)))) {
                throw new ArmFault(404, "ResourceGroupNotFound", "Resource group '" + rest.get(1) + "' could not be found.");
            }
            return resource(call, caller, subscription.id(), rest.get(1), rest.subList(4, rest.size()));
        }
        if ("providers".equals(first) && rest.size() > 2 && ResourceId.PROVIDER.equalsIgnoreCase(rest.get(1))) {
            return provider(call, subscription, rest.subList(2, rest.size()));
        }
        throw new ArmFault(404, "InvalidResourceType", "The path '" + call.path() + "' is not covered by this simulator.");
    }

    private Reply groups(Call call, World.Subscription subscription, List<String> rest) {
        String prefix = World.groupKey(subscription.id(), "");
        if (rest.size() == 1) {
            ArrayNode value = Text.array();
            world.groups().forEach((key, group) -> {
                if (key.startsWith(prefix)) {
                    value.add(group);
                }
            });
            return page(call, value);
        }
        String key = World.groupKey(subscription.id(), rest.get(1));
        if ("PUT".equals(call.method())) {
            boolean there = world.groups().containsKey(key);
            group(world, subscription.id(), rest.get(1), Rules.location(body(call)));
            return Reply.json(there ? 200 : 201, world.groups().get(key));
        }
        return Optional.ofNullable(world.groups().get(key)).map(group -> Reply.json(200, group))
                .orElseThrow(() -> new ArmFault(404, "ResourceGroupNotFound", "Resource group '" + rest.get(1) + "' could not be found."));
    }

    static void group(World world, String subscription, String name, String location) {
        ObjectNode group = Text.object().put("id", "/subscriptions/" + subscription + "/resourceGroups/" + name).put("name", name)
                .put("type", "Microsoft.Resources/resourceGroups").put("location", location);
        group.putObject("properties").put("provisioningState", "Succeeded");
        world.groups().put(World.groupKey(subscription, name), group);
    }

    /** {@code /subscriptions/x/providers/Microsoft.Network/...}. */
    private Reply provider(Call call, World.Subscription subscription, List<String> rest) {
        String type = Kinds.canonical(rest.getFirst());
        if ("locations".equalsIgnoreCase(type) && rest.size() == 4) {
            return world.operations().poll(subscription.id(), rest.get(3), "operationResults".equalsIgnoreCase(rest.get(2)), call);
        }
        if (!"GET".equals(call.method()) || rest.size() != 1) {
            throw new ArmFault(405, "MethodNotAllowed", "The method " + call.method() + " is not allowed on '" + call.path() + "'.");
        }
        if ("expressRouteServiceProviders".equalsIgnoreCase(type)) {
            return page(call, Catalog.providers(subscription.id()));
        }
        if ("bgpServiceCommunities".equalsIgnoreCase(type)) {
            return page(call, Catalog.communities(subscription.id()));
        }
        if (!Kinds.isCollection(type)) {
            throw new ArmFault(404, "InvalidResourceType", "The resource type '" + type + "' could not be found in the namespace '" + ResourceId.PROVIDER + "', or is not covered by this simulator.");
        }
        ArrayNode value = Text.array();
        world.ofKind(type).stream().filter(each -> each.id().subscription().equalsIgnoreCase(subscription.id())).forEach(each -> value.add(world.render(each)));
        return page(call, value);
    }

    /** {@code type/name[/type/name...]}, a collection at the end, or an action. */
    private Reply resource(Call call, Principal caller, String subscription, String group, List<String> rest) {
        List<String> types = new ArrayList<>();
        List<String> names = new ArrayList<>();
        int at = 0;
        while (at + 1 < rest.size() && !(types.size() == 2 && TABLES.contains(rest.get(at).toLowerCase(Locale.ROOT)))) {
            types.add(Kinds.canonical(rest.get(at)));
            names.add(rest.get(at + 1));
            at += 2;
        }
        List<String> tail = rest.subList(at, rest.size());
        if (tail.size() == 1 && "GET".equals(call.method())) {
            List<String> collection = new ArrayList<>(types);
            collection.add(Kinds.canonical(tail.getFirst()));
            if (Kinds.isCollection(String.join("/", collection))) {
                return list(call, subscription, group, types, names, collection);
            }
        }
        ResourceId id = new ResourceId(subscription, group, types, names);
        Kind kind = Kinds.of(id.kind()).orElseThrow(() -> new ArmFault(404, "InvalidResourceType", "The resource type '" + id.kind() + "' could not be found in the namespace '"
                + ResourceId.PROVIDER + "', or is not covered by this simulator."));
        if (!tail.isEmpty()) {
            return action(call, kind, id, tail);
        }
        return switch (call.method()) {
            case "GET" -> Reply.json(200, world.render(need(id))).header("ETag", need(id).etag());
            case "PUT" -> new ResourcePut(this, world, call, caller).put(kind, id);
            case "PATCH" -> patch(call, id);
            case "DELETE" -> delete(call, kind, id);
            default -> throw new ArmFault(405, "MethodNotAllowed", "The method " + call.method() + " is not allowed on '" + call.path() + "'.");
        };
    }

    private Reply list(Call call, String subscription, String group, List<String> types, List<String> names, List<String> collection) {
        ArrayNode value = Text.array();
        if (types.isEmpty()) {
            world.ofKind(collection.getFirst()).stream().filter(each -> World.groupKey(each.id().subscription(), each.id().group()).equals(World.groupKey(subscription, group)))
                    .forEach(each -> value.add(world.render(each)));
        } else {
            Resource parent = need(new ResourceId(subscription, group, types, names));
            world.children(parent.id(), collection.getLast()).forEach(each -> value.add(world.render(each)));
        }
        return page(call, value);
    }

    Resource need(ResourceId id) {
        return world.find(id).orElseThrow(() -> ArmFault.notFound(id));
    }

    /** Tags, whole: what is not among the new ones goes. */
    private Reply patch(Call call, ResourceId id) {
        Resource resource = need(id);
        precondition(call, Optional.of(resource));
        busy(call, id);
        JsonNode tags = body(call).path("tags");
        if (!tags.isObject() || !id.isTop()) {
            throw ArmFault.badRequest("InvalidRequestFormat", "A PATCH carries tags.");
        }
        resource.body().set("tags", tags.deepCopy());
        resource.touch();
        return Reply.json(200, world.render(resource)).header("ETag", resource.etag());
    }

    private Reply delete(Call call, Kind kind, ResourceId id) {
        Optional<Resource> found = world.find(id);
        if (found.isEmpty()) {
            return Reply.empty(204);
        }
        Resource resource = found.get();
        precondition(call, found);
        busy(call, id);
        kind.checkDelete(world, resource);
        String before = resource.text("properties.provisioningState").orElse("Succeeded");
        resource.state("Deleting");
        Runnable success = () -> {
            world.remove(id);
            kind.deleted(world, resource);
        };
        Operations.Plan plan = new Operations.Plan(id, resource.location(), true, success, () -> resource.state(before), Optional::empty);
        Optional<Operations.Operation> operation = start(call, plan);
        return operation.map(started -> world.operations().retryAfter(Reply.empty(202)
                .header("Azure-AsyncOperation", started.pollingUrl(call.base(), false)).header("Location", started.pollingUrl(call.base(), true)))).orElseGet(() -> Reply.empty(200));
    }

    private Reply action(Call call, Kind kind, ResourceId id, List<String> tail) {
        Resource resource = need(id);
        Kind.Action action = kind.action(world, resource, call.method(), tail.getFirst(), tail.size() > 1 ? tail.get(1) : "", call.query())
                .orElseThrow(() -> new ArmFault(404, "InvalidResourceType", call.method() + " " + String.join("/", tail) + " of " + id.type() + " is not covered by this simulator."));
        if (!action.slow()) {
            return Reply.json(200, action.result().get());
        }
        Operations.Plan plan = new Operations.Plan(id, resource.location(), false, () -> { }, () -> { }, () -> Optional.of(action.result().get()));
        Optional<Operations.Operation> operation = start(call, plan);
        return operation.map(started -> {
            Reply reply = world.operations().retryAfter(Reply.empty(202).header("Location", started.pollingUrl(call.base(), true)));
            return world.settings().answers().style() == HeaderStyle.BOTH ? reply.header("Azure-AsyncOperation", started.pollingUrl(call.base(), false)) : reply;
        }).orElseGet(() -> Reply.json(200, action.result().get()));
    }

    /** Starts an operation; empty where operations take no time and it has been done at once. */
    Optional<Operations.Operation> start(Call call, Operations.Plan plan) {
        Fates.Wish fate = world.fates().forOperation(call.method() + " " + call.path());
        if (world.settings().times().operation().isZero() && fate.equals(Fates.Wish.USUAL)) {
            plan.success().run();
            return Optional.empty();
        }
        return Optional.of(world.operations().start(plan, world.settings().times().operation(), fate, call.query().get("api-version")));
    }

    /** One write at a time on a top-level resource and what is below it. */
    void busy(Call call, ResourceId id) {
        world.operations().busy(id).ifPresent(running -> {
            throw ArmFault.conflict("AnotherOperationInProgress", "Another operation on this or dependent resource is in progress. To retrieve status of the operation use uri: "
                    + running.pollingUrl(call.base(), false) + ".");
        });
    }

    /** If-Match and If-None-Match: * (RFC 9110 §13.1). */
    static void precondition(Call call, Optional<Resource> there) {
        Optional<String> match = call.header("If-Match");
        boolean changed = match.isPresent() && !(there.isPresent() && ("*".equals(match.get()) || match.get().equals(there.get().etag())));
        if (changed || there.isPresent() && call.header("If-None-Match").equals(Optional.of("*"))) {
            throw new ArmFault(412, "PreconditionFailed", "Precondition failed: the etag " + match.orElse("*") + " does not match " + there.map(Resource::etag).orElse("(no such resource)") + ".");
        }
    }

    static void name(ResourceId id) {
        if (!id.name().matches(NAME)) {
            throw ArmFault.badRequest("InvalidResourceName", "Resource name " + id.name() + " is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character.");
        }
    }

    static ObjectNode body(Call call) {
        return Text.parse(call.body()).orElseThrow(() -> ArmFault.badRequest("InvalidRequestContent", "The request content was invalid and could not be deserialized."));
    }

    private Reply page(Call call, ArrayNode all) {
        int size = world.settings().answers().pageSize();
        String token = call.query().getOrDefault("$skiptoken", "0");
        int from = token.matches("[0-9]{1,6}") ? Math.min(Integer.parseInt(token), all.size()) : 0;
        ObjectNode body = Text.object();
        ArrayNode value = body.putArray("value");
        for (int i = from; i < Math.min(all.size(), from + size); i++) {
            value.add(all.get(i));
        }
        if (from + size < all.size()) {
            body.put("nextLink", call.base() + call.uri().getRawPath() + "?api-version=" + call.query().get("api-version") + "&%24skiptoken=" + (from + size));
        }
        return Reply.json(200, body);
    }
}
