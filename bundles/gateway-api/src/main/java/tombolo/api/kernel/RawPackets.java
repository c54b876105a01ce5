package tombolo.api.kernel;

/** Sends packets as they are: a service of gateway-linux. Any thread but a Loop's. */
public interface RawPackets {
    /** The longest packet: what every link carries (RFC 8200 §5). */
    int LONGEST = 1280;

    /**
     * Sends one IP packet from inside a network namespace, which routes it by its destination.
     *
     * @param netns  path of the namespace
     * @param packet of IPv4 or IPv6, header included; 20 to {@value #LONGEST} bytes
     * @throws KernelException where there is no such namespace, no route, or no permission
     */
    void send(String netns, byte[] packet);
}
