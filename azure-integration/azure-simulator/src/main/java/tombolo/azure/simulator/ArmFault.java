package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** A refusal in ARM's words: a status and a CloudError. */
final class ArmFault extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;
    private final transient Map<String, String> headers = new LinkedHashMap<>();

    ArmFault(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static ArmFault badRequest(String code, String message) {
        return new ArmFault(400, code, message);
    }

    static ArmFault conflict(String code, String message) {
        return new ArmFault(409, code, message);
    }

    static ArmFault notFound(ResourceId id) {
        return new ArmFault(404, "ResourceNotFound", "The Resource '" + id.type() + "/" + id.name() + "' under resource group '" + id.group() + "' was not found.");
    }

    ArmFault header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    Reply reply() {
        Reply reply = Reply.json(status, body(code, getMessage()));
        headers.forEach(reply::header);
        reply.header("x-ms-failure-cause", status == 401 || status == 403 || status == 429 ? "gateway" : "service");
        return reply;
    }

    /** {@code {"error":{...}}}. */
    static ObjectNode body(String code, String message) {
        ObjectNode body = Text.object();
        body.set("error", error(code, message));
        return body;
    }

    static ObjectNode error(String code, String message) {
        ObjectNode error = Text.object().put("code", code).put("message", message);
        error.putArray("details");
        return error;
    }
}
