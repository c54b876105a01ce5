package tombolo.api.kernel;

import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * UDP sockets for one thread, which sends, receives and waits; {@link #wake} is for any other. Nothing here makes an object for a datagram.
 */
public interface DatagramSockets extends AutoCloseable {
    /** Sockets to receive on: as many as there are families and ports that anybody should want. */
    int MAX_LISTENERS = 8;

    /**
     * Receives on all addresses of a family.
     *
     * @throws KernelException where the port is taken ({@link Errno#EADDRINUSE}), or the family is switched off
     */
    void listen(AddressFamily family, int port);

    /**
     * Opens a socket to send by.
     *
     * @return its number
     * @throws KernelException where the local address or the interface is not there, or the port is taken
     */
    int sender(Sender options);

    /** Sends one datagram. @return 0, or the kernel's error number: there is no way now, or no room */
    int send(int sender, byte[] bytes, int length);

    void closeSender(int sender);

    /** Takes a datagram that is there. @return false where there is none */
    boolean receive(Datagram into);

    /** Returns when a datagram is there, when the time is over, or on {@link #wake}; maybe earlier. @param nanos 0 or less: at once */
    void await(long nanos);

    /** Makes {@link #await} return. Any thread; also after the end. */
    void wake();

    /** The number of an interface; 0: there is none of that name. */
    int interfaceIndex(String name);

    /** Lets the calling thread run before others, as far as the process may (CAP_SYS_NICE). @return whether it does */
    boolean urgent();

    /** Not while another call is under way, but for {@link #wake}. Idempotent. */
    @Override
    void close();

    /**
     * Where datagrams go, and how.
     *
     * @param local         source address; empty: the kernel's choice for each datagram
     * @param localPort     1-65535
     * @param interfaceName by which they leave; empty: as the routes say
     * @param ttl           TTL or hop limit, 1-255
     * @param trafficClass  the octet of DSCP and ECN, 0-255
     */
    record Sender(IpAddress remote, int remotePort, Optional<IpAddress> local, int localPort, Optional<String> interfaceName, int ttl, int trafficClass) { }
}
