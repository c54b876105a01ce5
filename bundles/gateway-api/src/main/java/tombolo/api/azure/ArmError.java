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
    private static final int MOST_TEXT = 600;

    public ArmError {
        details = List.copyOf(details);
    }

    /** Code and message for people, the first detail behind them: ARM often says the reason only there. At most some 600 characters. */
    public String words() {
        StringBuilder text = new StringBuilder(code);
        if (!message.isEmpty()) {
            text.append(": ").append(message);
        }
        details.stream().filter(detail -> !detail.message().isEmpty() && !message.contains(detail.message())).findFirst()
                .ifPresent(detail -> text.append(" (").append(detail.code()).append(": ").append(detail.message()).append(')'));
        return text.length() > MOST_TEXT ? text.substring(0, MOST_TEXT) + "…" : text.toString();
    }
}
