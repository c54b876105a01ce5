package tombolo.api.endpoint;

/**
 * How much of a container's traffic passes (CNI conventions, capability {@code bandwidth}); ingress is what it receives. A rate of 0: no limit; each rate needs a
 * burst.
 *
 * @param ingressRate  bits a second
 * @param ingressBurst bits, at most 2^32 - 1 bytes
 */
public record Bandwidth(long ingressRate, long ingressBurst, long egressRate, long egressBurst) {
    /** What the kernel's token bucket counts its burst in. */
    public static final long MOST_BURST = 8L * 0xffff_ffffL;

    public Bandwidth {
        check("ingress", ingressRate, ingressBurst);
        check("egress", egressRate, egressBurst);
    }

    private static void check(String which, long rate, long burst) {
        if (rate < 0 || burst < 0 || burst > MOST_BURST) {
            throw new IllegalArgumentException(which + "Rate " + rate + " with " + which + "Burst " + burst + ": from 0, the burst at most " + MOST_BURST);
        }
        if (rate == 0 != (burst == 0)) {
            throw new IllegalArgumentException(which + "Rate " + rate + " with " + which + "Burst " + burst + ": both or neither");
        }
        if (rate > 0 && (rate < 8 || burst < 8)) {
            throw new IllegalArgumentException(which + "Rate " + rate + " with " + which + "Burst " + burst + ": less than a byte");
        }
    }

    public boolean isUnlimited() {
        return ingressRate == 0 && egressRate == 0;
    }
}
