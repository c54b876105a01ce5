package tombolo.ipam.core;

import tombolo.api.ipam.BlockOwner;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

/**
 * An owner's claim on a block: {@code {"state": "confirmed", "deleted": false}}.
 *
 * <pre>
 *              no block yet            block is there, ours
 *   (none) ──► pending ──────────────► confirmed ──► pendingDeletion ──► (none)
 *                 └── block is another's ──► (none)
 * </pre>
 *
 * Whatever is not confirmed gives no right to anything: it is finished or taken back by whoever comes next.
 */
public record Affinity(BlockOwner owner, Prefix block, State state, Json.Obj tree) {
    /** How far the claim has come. */
    public enum State {
        PENDING("pending"), CONFIRMED("confirmed"), PENDING_DELETION("pendingDeletion");

        private final String word;

        State(String word) {
            this.word = word;
        }
    }

    public static Affinity pending(BlockOwner owner, Prefix block) {
        return new Affinity(owner, block, State.PENDING, Json.Obj.EMPTY);
    }

    public static Affinity read(BlockOwner owner, Prefix block, Json value) throws Malformed {
        if (!(value instanceof Json.Obj tree)) {
            throw new Malformed("an affinity is no object");
        }
        String word = tree.text("state").orElse("");
        for (State state : State.values()) {
            if (state.word.equals(word)) {
                return new Affinity(owner, block, state, tree);
            }
        }
        if (word.isEmpty()) {
            // older versions of Calico wrote none: the claim was good
            return new Affinity(owner, block, State.CONFIRMED, tree);
        }
        throw new Malformed("the state '" + word + "' is none of pending, confirmed, pendingDeletion");
    }

    public Affinity with(State other) {
        return new Affinity(owner, block, other, tree);
    }

    /** As it is stored, on one line. */
    public String text() {
        Json.Obj changed = tree.with("state", state.word);
        return JsonText.line(changed.get("deleted").isPresent() ? changed : changed.with("deleted", false));
    }
}
