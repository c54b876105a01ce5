package tombolo.api.kernel;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.net.IpAddress;

/** The connections that the kernel tracks: a service of gateway-dataplane. Any thread but a Loop's; each call takes as long as the kernel needs to tell all of them. */
public interface Connections {
    /** The most that one call answers with; a node with more of its endpoints' has them dealt with in several. */
    int MOST = 1 << 18;

    /**
     * Those that begin or end at one of the addresses, but for those that this host itself began.
     *
     * @throws KernelException where the kernel does not tell
     */
    List<Connection> of(Set<IpAddress> ends);

    /**
     * All of them, with the interfaces over which they go as routes lead now: the kernel keeps none with a connection. Where no route leads to an end, as while one is lost and comes back, its
     * interface is {@link Routed#SOMEWHERE}.
     *
     * @throws KernelException where the kernel does not tell
     */
    List<Routed> routed();

    /**
     * @param from by which what the sender sends comes in, were it sent back the same way; empty: this host itself is the sender
     * @param to   by which it leaves; empty: this host itself receives it
     */
    record Routed(Connection connection, Optional<String> from, Optional<String> to) {
        /** An interface that is not known. */
        public static final Optional<String> SOMEWHERE = Optional.of("");
    }

    /**
     * Makes the kernel forget connections; one that is not there any more is passed over. A packet that comes later begins a new one.
     *
     * @return how many there were
     * @throws KernelException where the kernel does not
     */
    int forget(List<Connection> connections);
}
