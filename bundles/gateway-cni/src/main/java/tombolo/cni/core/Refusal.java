package tombolo.cni.core;

/** Ends the reading of a request with the error that answers it. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;
    private final transient CniError error;

    Refusal(int code, String message, String details) {
        super(message, null, false, false);
        error = new CniError(code, message, details);
    }

    CniError error() {
        return error;
    }
}
