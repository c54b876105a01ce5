package tombolo.api.expressroute;

import java.io.Serial;

/** What could not be done with a circuit. The message is operator text with a stable code {@code TMB-ER-NNN}. */
public final class ExpressRouteException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public ExpressRouteException(String message) {
        super(message);
    }
}
