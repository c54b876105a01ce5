package tombolo.cni.core;

import tombolo.api.json.Json;

/**
 * An answer that is an error (CNI 1.1 §Error).
 *
 * @param code    1 to 99 are the specification's, from 100 ours
 * @param message what happened, for the runtime's log
 * @param details seen and wanted, and what to do; may be ""
 */
public record CniError(int code, String message, String details) {
    public static final int INCOMPATIBLE_VERSION = 1;
    /** The message must hold the key and the value. */
    public static final int UNSUPPORTED_FIELD = 2;
    public static final int UNKNOWN_CONTAINER = 3;
    public static final int INVALID_ENVIRONMENT = 4;
    public static final int IO_FAILURE = 5;
    public static final int NOT_DECODABLE = 6;
    public static final int INVALID_CONFIGURATION = 7;
    public static final int TRY_AGAIN_LATER = 11;
    /** STATUS: no ADD can be served. */
    public static final int NOT_AVAILABLE = 50;
    /** STATUS: no ADD can be served, and containers that are there may have lost their network. */
    public static final int LIMITED_CONNECTIVITY = 51;
    /** The interface is in the container already. */
    public static final int EXISTS = 100;
    /** No address is free, or the one that was asked for is not. */
    public static final int NO_ADDRESS = 101;
    /** CHECK: something in the kernel is not as the ADD left it. */
    public static final int DIFFERS = 102;
    /** The kernel refused. */
    public static final int KERNEL = 103;
    /** A port of the host that was asked for leads to another container. */
    public static final int PORT_TAKEN = 104;

    public static CniError of(int code, String message) {
        return new CniError(code, message, "");
    }

    public Json.Obj toJson(CniVersion version) {
        Json.Obj error = Json.Obj.EMPTY.with("cniVersion", version.text()).with("code", code).with("msg", message);
        return details.isEmpty() ? error : error.with("details", details);
    }
}
