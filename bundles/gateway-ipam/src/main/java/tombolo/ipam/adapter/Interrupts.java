package tombolo.ipam.adapter;

/**
 * Interrupts of a thread that works for others as well: they are taken note of and given back at the end, so that no wish of another caller is left in doubt.
 * For whoever has the turn.
 */
final class Interrupts {
    private boolean taken;

    /** Whether the thread was interrupted since; it no longer is. */
    boolean take() {
        boolean now = Thread.interrupted();
        taken |= now;
        return now;
    }

    /** Interrupts the thread where it had been. */
    void giveBack() {
        if (taken) {
            taken = false;
            Thread.currentThread().interrupt();
        }
    }
}
