package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer on its way out. */
final class Reply {
    private static final byte[] NOTHING = {};
    private final int status;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final byte[] body;

    private Reply(int status, byte[] body) {
        this.status = status;
        this.body = body;
    }

    static Reply json(int status, JsonNode body) {
        return new Reply(status, Text.bytes(body)).header("Content-Type", "application/json; charset=utf-8");
    }

    static Reply empty(int status) {
        return new Reply(status, NOTHING);
    }

    static Reply raw(int status, String contentType, byte[] body) {
        return new Reply(status, body.clone()).header("Content-Type", contentType);
    }

    Reply header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }
}
