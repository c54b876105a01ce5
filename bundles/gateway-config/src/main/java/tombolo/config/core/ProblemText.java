package tombolo.config.core;

import tombolo.api.config.ConfigProblem;

/** A problem as one line of operator text: the code first, so that it can be looked for, then where, then what. */
public final class ProblemText {
    private ProblemText() { }

    /** {@code TMB-CFG-003 tombolo.bgp.cfg:2 bogus: there is no such key; ...}. */
    public static String of(ConfigProblem problem) {
        String message = problem.message();
        int end = message.indexOf(' ');
        String where = problem.file() + (problem.line() > 0 ? ":" + problem.line() : "") + (problem.key().isEmpty() ? "" : " " + problem.key());
        String line = end < 0 ? where + ": " + message : message.substring(0, end) + " " + where + ":" + message.substring(end);
        // Keys and names are as somebody typed them: a control character would forge a line of the log or move a cursor.
        return line.replaceAll("[\\x{00}-\\x{1f}\\x{7f}-\\x{9f}\\x{2028}\\x{2029}]", "?");
    }
}
