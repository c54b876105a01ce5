package tombolo.bench.expressroute;

/**
 * One line of the report.
 *
 * @param met whether the goal was reached; what has no goal is met
 */
record Row(String what, String measured, String goal, boolean met, String how) {
    String line() {
        return "| " + String.join(" | ", what, measured, goal, how) + " |";
    }
}
