package tombolo.azure.simulator.edge;

import java.util.List;

/** The two edge routers of the cloud, where circuits end. Called from several threads. */
public interface Edge extends AutoCloseable {
    /** The two routers of every circuit. */
    enum Device {
        PRIMARY, SECONDARY;

        /** As ARM spells it in a path. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** A peering on one of the devices. */
    record Port(String serviceKey, String peering, Device device) { }

    /** @param age minutes @param side {@code On-Prem} or {@code Microsoft} @param mac {@code Incomplete} where nobody has answered */
    record Arp(int age, String side, String address, String mac) { }

    /** A row of the BGP table. */
    record Route(String network, String nextHop, String localPreference, int weight, String path) { }

    /** @param received prefixes, or the session's state where it is not established */
    record Neighbor(String address, int version, long asn, String upDown, String received) { }

    /** Octets since the circuit is there. */
    record Octets(long in, long out) { }

    /** Makes it so. Returns when it is so, or throws; the whole wish each time, at most one call at a time. */
    void apply(EdgeWish wish);

    List<Arp> arp(Port port);

    List<Route> routes(Port port);

    List<Neighbor> summary(Port port);

    Octets octets(Port port);

    /** A device stops to answer while its cable keeps carrier and its sessions are not told: what only BFD or a hold timer finds. Until it is taken back. */
    void silence(Device device, boolean silent);

    @Override
    void close();
}
