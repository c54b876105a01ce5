package tombolo.api.subinterface;

import java.util.List;
import java.util.Optional;

/**
 * Makes subinterfaces and keeps them as they are wanted: a service of gateway-dataplane. Any thread. When the service or an owner goes, the kernel keeps what it
 * has; an owner that sees a new service says everything again, and only what differs is changed.
 */
public interface Subinterfaces {
    /** Of one owner: two peerings on both links of a circuit, with the outer tags, many times over. */
    int MOST = 64;

    /**
     * Replaces all that the owner wanted. In the kernel soon after, and mended whenever it differs. Hands over and returns.
     *
     * @param owner  1-63 letters, digits, '-', '_' and '.'
     * @param wanted each after the one that carries it; at most {@value #MOST}. Empty: all of the owner's are removed
     * @throws IllegalArgumentException where the owner is no name or there are too many
     */
    void offer(String owner, List<Subinterface> wanted);

    /** How the kernel stands to what the owner wants, in the order in which it was said; asks the kernel. Empty where the owner has not spoken. */
    List<State> states(String owner);

    /**
     * @param differences what is not as wanted, for people; empty: all is
     * @param refusal     why it cannot be: operator text with a code
     */
    record State(Subinterface wanted, List<String> differences, Optional<String> refusal) {
        public State {
            differences = List.copyOf(differences);
        }
    }
}
