package tombolo.bench;

/**
 * One line of the table.
 *
 * @param seconds    wall time; NaN where it did not finish
 * @param cpuSeconds CPU time of the daemon in that span
 * @param memory     peak resident memory in MiB
 * @param foreign    what others took of the machine meanwhile, in percent of all cores
 * @param note       further figures, or why it failed
 * @param content    whether what arrived is what had to arrive
 */
record Result(String scenario, Subject subject, double seconds, double cpuSeconds, double memory, int foreign, String note, boolean content) {
    boolean good() {
        return content && !Double.isNaN(seconds);
    }
}
