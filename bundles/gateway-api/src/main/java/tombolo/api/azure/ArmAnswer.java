package tombolo.api.azure;

import java.util.Optional;
import tombolo.api.json.Json;

/**
 * What ARM answered.
 *
 * @param status 200 to 299
 * @param body empty where there was none
 * @param etag the header, or the body's member of that name
 * @param requestId {@code x-ms-request-id}; empty text where ARM sent none
 */
public record ArmAnswer(int status, Optional<Json.Obj> body, Optional<String> etag, String requestId) { }
