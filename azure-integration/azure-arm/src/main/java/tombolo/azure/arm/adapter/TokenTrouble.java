package tombolo.azure.arm.adapter;

import java.io.Serial;
import tombolo.api.azure.ArmException.Reason;

/** Why there is no token: operator text, without a secret. */
final class TokenTrouble extends Exception {
    @Serial
    private static final long serialVersionUID = 1;
    private final Reason reason;

    /** @param reason {@link Reason#UNREACHABLE} where asking again may help, {@link Reason#NOT_AUTHENTICATED} where somebody has to mend something */
    TokenTrouble(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
