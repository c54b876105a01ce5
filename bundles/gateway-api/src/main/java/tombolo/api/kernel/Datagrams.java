package tombolo.api.kernel;

/** Opens UDP sockets that tell what Java's channels do not: with what TTL, to which address and on which interface a datagram came. A service of gateway-linux. */
public interface Datagrams {
    /** Opens an empty set of sockets, for one thread. Any thread may call. @throws KernelException where the kernel refuses */
    DatagramSockets open();
}
