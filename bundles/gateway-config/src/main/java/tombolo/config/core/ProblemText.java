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
        return end < 0 ? where + ": " + message : message.substring(0, end) + " " + where + ":" + message.substring(end);
    }
}
