package tombolo.api.kernel;

/**
 * One netlink socket. One thread at a time may send and one may receive (they may be two); {@link #wake} and {@link #close} are for any thread.
 * Messages travel in arrays of the caller: native memory never leaves gateway-linux, so that swapping a bundle can leave no dangling pointer, and the
 * copy (52 bytes a route) is not seen beside the kernel's own work.
 */
public interface NetlinkSocket extends AutoCloseable {
    /** Answer of {@link #receive}: nothing came in time, or {@link #wake} was called, or the socket is closed. */
    int NOTHING = 0;
    /** Answer of {@link #receive}: messages were lost (ENOBUFS), or one was longer than the buffer; read the state anew. */
    int OVERRUN = -1;
    /** A buffer of this size takes every datagram that the kernel makes: dumps are cut at 32 KiB. Arrays from 64 KiB on would be born in the old generation (lib/jvm.options). */
    int RECEIVE_BYTES = 60 << 10;

    /** The kernel's name of this socket, as in nlmsg_pid of the notifications that its requests cause. */
    int portId();

    /**
     * Sends one datagram, which may hold many messages. rtnetlink works them off before this returns.
     *
     * @throws KernelException where the socket cannot send
     */
    void send(byte[] datagram, int length);

    /**
     * Receives one datagram.
     *
     * @param timeoutMillis longest wait; negative waits for ever
     * @return its length, {@link #NOTHING} or {@link #OVERRUN}
     * @throws KernelException on any other error
     */
    int receive(byte[] into, int timeoutMillis);

    /** Makes the receiver return now. */
    void wake();

    boolean isClosed();

    @Override
    void close();
}
