package tombolo.azure.expressroute.core;

/**
 * What one check found.
 *
 * @param pain  1 to 15: which of the usual troubles of a circuit it is about; 16: MTU, 17: gateways that peered virtual networks share
 * @param check what was looked at, such as {@code primary link, private peering: VLAN}
 * @param azure what Azure says
 * @param node  what this node sees
 * @param todo  what to do; empty text where nothing is
 */
public record Finding(int pain, String check, Verdict verdict, String azure, String node, String todo) {
    /** UNKNOWN: one side could not be asked. */
    public enum Verdict { GOOD, WARN, BAD, UNKNOWN }

    public Finding {
        if (verdict == Verdict.BAD && todo.isEmpty()) {
            throw new IllegalArgumentException(check + ": what is bad needs something to do");
        }
    }
}
