package tombolo.api.azure;

import java.time.Duration;
import java.util.Optional;
import tombolo.api.json.Json;

/** How an operation stands. */
public sealed interface ArmProgress {
    /**
     * @param status ARM's word, such as {@code InProgress}
     * @param again when to ask next: Retry-After, or the client's own back-off
     */
    record Running(String status, Duration again) implements ArmProgress { }

    /** @param result the resource or the operation's result; empty after a DELETE */
    record Succeeded(Optional<Json.Obj> result) implements ArmProgress { }

    /** @param error what ARM says of it; a canceled operation has the code {@code Canceled} */
    record Failed(ArmError error) implements ArmProgress { }
}
