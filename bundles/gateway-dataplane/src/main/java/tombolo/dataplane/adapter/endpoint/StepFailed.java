package tombolo.dataplane.adapter.endpoint;

/** What a step of making an endpoint came to nothing for. */
final class StepFailed extends Exception {
    private static final long serialVersionUID = 1;

    StepFailed(String message) {
        super(message, null, false, false);
    }
}
