package tombolo.api.azure;

import java.util.List;

/**
 * ARM's error object.
 *
 * @param code such as {@code AnotherOperationInProgress}; the HTTP status as text where the body named none
 * @param target what it concerns; empty text where ARM does not say
 * @param details in ARM's order
 */
public record ArmError(String code, String message, String target, List<ArmError> details) {
    public ArmError {
        details = List.copyOf(details);
    }
}
