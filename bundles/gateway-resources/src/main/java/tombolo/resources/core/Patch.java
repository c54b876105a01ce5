package tombolo.resources.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tombolo.api.json.Json;

/** Changes to a document by a smaller one. */
public final class Patch {
    private Patch() { }

    /** A patch that cannot be applied. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        public Refused(String message) {
            super(message);
        }
    }

    /** RFC 7386: members replace members, null removes, anything but an object replaces whole. */
    public static Json merge(Json target, Json patch) {
        if (!(patch instanceof Json.Obj(Map<String, Json> members))) {
            return patch;
        }
        Json.Obj result = target instanceof Json.Obj object ? object : Json.Obj.EMPTY;
        for (Map.Entry<String, Json> member : members.entrySet()) {
            result = member.getValue() instanceof Json.Null ? result.without(member.getKey())
                    : result.with(member.getKey(), merge(result.get(member.getKey()).orElse(Json.Null.NULL), member.getValue()));
        }
        return result;
    }

    /**
     * Kubernetes' strategic merge. Calico's kinds name no merge keys, so that lists are replaced whole; what remains is RFC 7386 with the directives
     * {@code $patch: replace} and {@code $patch: delete} inside objects.
     */
    public static Json strategic(Json target, Json patch) throws Refused {
        if (!(patch instanceof Json.Obj object)) {
            return patch;
        }
        if (object.get("$patch").isPresent()) {
            return switch (object.text("$patch").orElse("")) {
                case "replace" -> object.without("$patch");
                case "delete" -> Json.Null.NULL;
                case "merge" -> strategic(target, object.without("$patch"));
                default -> throw new Refused("$patch is " + Fields.show(object.get("$patch").get()) + ": wanted replace, merge or delete");
            };
        }
        Json.Obj result = target instanceof Json.Obj there ? there : Json.Obj.EMPTY;
        for (Map.Entry<String, Json> member : object.members().entrySet()) {
            Json value = strategic(result.get(member.getKey()).orElse(Json.Null.NULL), member.getValue());
            result = value instanceof Json.Null ? result.without(member.getKey()) : result.with(member.getKey(), value);
        }
        return result;
    }

    // ---------------------------------------------------------------- RFC 6902

    /** A list of operations, each of which must succeed. */
    public static Json operations(Json target, Json patch) throws Refused {
        if (!(patch instanceof Json.Arr(List<Json> items))) {
            throw new Refused("a JSON patch is a list of operations (RFC 6902)");
        }
        Json result = target;
        int index = 0;
        for (Json item : items) {
            try {
                result = operation(result, item instanceof Json.Obj object ? object : Json.Obj.EMPTY);
            } catch (Refused e) {
                throw new Refused("operation " + index + ": " + e.getMessage());
            }
            index++;
        }
        return result;
    }

    private static Json operation(Json target, Json.Obj operation) throws Refused {
        List<String> path = pointer(operation, "path");
        return switch (operation.text("op").orElse("")) {
            case "add" -> set(target, path, value(operation), true);
            case "replace" -> {
                find(target, path);
                yield path.isEmpty() ? value(operation) : set(target, path, value(operation), false);
            }
            case "remove" -> remove(target, path);
            case "move" -> {
                List<String> from = pointer(operation, "from");
                if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
                    throw new Refused("a value cannot move into itself");
                }
                Json moved = find(target, from);
                yield set(remove(target, from), path, moved, true);
            }
            case "copy" -> set(target, path, find(target, pointer(operation, "from")), true);
            case "test" -> {
                Json seen = find(target, path);
                if (!seen.equals(value(operation))) {
                    throw new Refused("test of /" + String.join("/", path) + ": it is " + Fields.show(seen) + ", not " + Fields.show(value(operation)));
                }
                yield target;
            }
            default -> throw new Refused("op '" + operation.text("op").orElse("") + "': wanted add, remove, replace, move, copy or test");
        };
    }

    private static Json value(Json.Obj operation) throws Refused {
        return operation.get("value").orElseThrow(() -> new Refused("has no value"));
    }

    /** RFC 6901. */
    private static List<String> pointer(Json.Obj operation, String name) throws Refused {
        String text = operation.text(name).orElseThrow(() -> new Refused("has no " + name));
        if (text.isEmpty()) {
            return List.of();
        }
        if (!text.startsWith("/")) {
            throw new Refused(name + " '" + text + "' does not begin with '/' (RFC 6901)");
        }
        return Arrays.stream(text.substring(1).split("/", -1)).map(part -> part.replace("~1", "/").replace("~0", "~")).toList();
    }

    private static Json find(Json target, List<String> path) throws Refused {
        Json at = target;
        for (String part : path) {
            at = switch (at) {
                case Json.Obj object when object.get(part).isPresent() -> object.get(part).get();
                case Json.Arr(List<Json> items) when index(part, items.size() - 1) >= 0 -> items.get(index(part, items.size() - 1));
                default -> throw new Refused("there is nothing at /" + String.join("/", path));
            };
        }
        return at;
    }

    private static int index(String part, int most) {
        return part.matches("0|[1-9][0-9]{0,8}") && Integer.parseInt(part) <= most ? Integer.parseInt(part) : -1;
    }

    private static Json set(Json target, List<String> path, Json value, boolean insert) throws Refused {
        if (path.isEmpty()) {
            return value;
        }
        String part = path.getFirst();
        List<String> rest = path.subList(1, path.size());
        return switch (target) {
            case Json.Obj object -> {
                if (!rest.isEmpty() && object.get(part).isEmpty()) {
                    throw new Refused("there is nothing at '" + part + "' to add to");
                }
                yield object.with(part, set(object.get(part).orElse(Json.Null.NULL), rest, value, insert));
            }
            case Json.Arr(List<Json> items) -> {
                List<Json> copy = new ArrayList<>(items);
                boolean last = rest.isEmpty();
                int index = last && insert && part.equals("-") ? items.size() : index(part, last && insert ? items.size() : items.size() - 1);
                if (index < 0) {
                    throw new Refused("'" + part + "' is no index of a list of " + items.size());
                }
                if (last && insert) {
                    copy.add(index, value);
                } else {
                    copy.set(index, set(items.get(index), rest, value, insert));
                }
                yield new Json.Arr(copy);
            }
            default -> throw new Refused("there is nothing at '" + part + "' to add to");
        };
    }

    private static Json remove(Json target, List<String> path) throws Refused {
        find(target, path);
        if (path.isEmpty()) {
            return Json.Null.NULL;
        }
        String part = path.getFirst();
        List<String> rest = path.subList(1, path.size());
        return switch (target) {
            case Json.Obj object -> rest.isEmpty() ? object.without(part) : object.with(part, remove(object.get(part).orElseThrow(), rest));
            case Json.Arr(List<Json> items) -> {
                List<Json> copy = new ArrayList<>(items);
                int index = index(part, items.size() - 1);
                if (rest.isEmpty()) {
                    copy.remove(index);
                } else {
                    copy.set(index, remove(items.get(index), rest));
                }
                yield new Json.Arr(copy);
            }
            default -> throw new Refused("there is nothing at '" + part + "'");
        };
    }
}
