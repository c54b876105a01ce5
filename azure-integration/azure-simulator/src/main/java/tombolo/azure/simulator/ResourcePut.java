package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.azure.simulator.SimulatorSettings.HeaderStyle;

/** One PUT: accepted whole, with the child resources in its body, or not at all. */
final class ResourcePut {
    private final Arm arm;
    private final World world;
    private final Call call;
    private final Principal caller;
    private final List<Resource> written = new ArrayList<>();

    ResourcePut(Arm arm, World world, Call call, Principal caller) {
        this.arm = arm;
        this.world = world;
        this.call = call;
        this.caller = caller;
    }

    Reply put(Kind kind, ResourceId asked) {
        Optional<Resource> old = world.find(asked);
        ResourceId id = old.map(Resource::id).orElse(asked); // the spelling of the first PUT stays
        if (!id.isTop() && world.find(id.parent()).isEmpty()) {
            throw new ArmFault(404, "ParentResourceNotFound", "Can not perform requested operation on nested resource. Parent resource '" + id.parent().name() + "' not found.");
        }
        Arm.name(id);
        ObjectNode wish = Arm.body(call);
        Arm.precondition(call, old);
        arm.busy(call, id);
        List<Resource> before = subtree(id);
        try {
            accept(kind, id, wish);
        } catch (ArmFault refused) {
            world.remove(id);
            before.forEach(world::store);
            throw refused;
        }
        return answer(id, old.isPresent());
    }

    private List<Resource> subtree(ResourceId id) {
        List<Resource> all = new ArrayList<>(world.find(id).stream().toList());
        world.children(id).forEach(child -> all.addAll(subtree(child.id())));
        return all;
    }

    private void accept(Kind kind, ResourceId id, ObjectNode wish) {
        Optional<Resource> old = world.find(id);
        Resource resource = new Resource(id, kind.accept(world, id, old, wish, caller));
        kind.inline().values().forEach(resource.properties()::remove);
        old.flatMap(Resource::applied).ifPresent(resource::applied);
        world.store(resource);
        written.add(resource);
        kind.inline().forEach((type, member) -> children(id, type, wish.path("properties").path(member)));
        resource.state("Updating");
    }

    /** A member that is there says all of them; one that is absent leaves them as they are. */
    private void children(ResourceId parent, String type, JsonNode wanted) {
        if (!wanted.isArray()) {
            return;
        }
        List<String> kept = new ArrayList<>();
        for (JsonNode each : wanted) {
            ResourceId child = parent.child(type, Text.text(each, "name").orElseThrow(() -> Rules.missing(type + ".name")));
            Arm.name(child);
            kept.add(child.key());
            Kind kind = Kinds.of(child.kind()).orElseThrow();
            accept(kind, child, (ObjectNode) each.deepCopy());
        }
        world.children(parent, type).stream().filter(child -> !kept.contains(child.id().key())).forEach(child -> {
            Kinds.of(child.id().kind()).ifPresent(kind -> kind.checkDelete(world, child));
            world.remove(child.id());
        });
    }

    private Reply answer(ResourceId id, boolean there) {
        Runnable success = () -> finish("Succeeded");
        Runnable failure = () -> finish("Failed");
        Operations.Plan plan = new Operations.Plan(id, written.getFirst().location(), true, success, failure, () -> world.find(id).map(world::render));
        Optional<Operations.Operation> operation = arm.start(call, plan);
        HeaderStyle style = world.settings().answers().style();
        int status = operation.isPresent() && style == HeaderStyle.LOCATION ? 202 : there ? 200 : 201;
        Resource resource = world.find(id).orElseThrow();
        Reply reply = Reply.json(status, world.render(resource)).header("ETag", resource.etag());
        operation.ifPresent(started -> {
            world.operations().retryAfter(reply).header("azure-asyncnotification", "Enabled").header("x-ms-operation-identifier", started.id());
            if (style != HeaderStyle.LOCATION) {
                reply.header("Azure-AsyncOperation", started.pollingUrl(call.base(), false));
            }
            if (style != HeaderStyle.ASYNC_OPERATION) {
                reply.header("Location", started.pollingUrl(call.base(), true));
            }
        });
        return reply;
    }

    /** What has been removed or replaced meanwhile stays so. */
    private void finish(String state) {
        for (Resource resource : written) {
            if (world.find(resource.id()).filter(there -> there == resource).isPresent()) {
                resource.state(state);
                Kinds.of(resource.id().kind()).filter(kind -> "Succeeded".equals(state)).ifPresent(kind -> {
                    kind.settled(world, resource);
                    resource.apply();
                });
            }
        }
    }
}
