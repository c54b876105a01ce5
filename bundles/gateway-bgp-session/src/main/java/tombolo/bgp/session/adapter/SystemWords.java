package tombolo.bgp.session.adapter;

import org.jspecify.annotations.Nullable;

/** Exceptions for operators: in the words of the system, without the Java around them. */
final class SystemWords {
    private SystemWords() { }

    static String plain(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return text.replaceFirst("^\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ", "").replaceFirst("^finishConnect\\(\\.\\.\\) failed.*?: ", "");
    }
}
