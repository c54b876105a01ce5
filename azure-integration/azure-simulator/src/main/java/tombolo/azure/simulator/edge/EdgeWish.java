package tombolo.azure.simulator.edge;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the edge routers are to do: all of it, in the order of service keys. */
public record EdgeWish(List<Circuit> circuits) {
    public static final EdgeWish NOTHING = new EdgeWish(List.of());

    public EdgeWish {
        circuits = List.copyOf(circuits);
    }

    /** What is being done to one device. */
    public enum Maintenance {
        NONE,
        /** The cloud's routes are announced with a longer AS path, so that the other link is preferred. */
        PREPEND,
        /** The sessions are shut down. */
        SHUTDOWN
    }

    /** A circuit that the provider has provisioned. */
    public record Circuit(String serviceKey, String name, List<Peering> peerings, Map<Edge.Device, Maintenance> maintenance) {
        public Circuit {
            peerings = List.copyOf(peerings);
            maintenance = Map.copyOf(maintenance);
        }

        public Maintenance maintenance(Edge.Device device) {
            return maintenance.getOrDefault(device, Maintenance.NONE);
        }
    }

    /**
     * A peering that is enabled.
     *
     * @param name {@code AzurePrivatePeering} or {@code MicrosoftPeering}
     * @param sharedKey of TCP MD5 (RFC 2385)
     * @param announced what the cloud says on it
     */
    public record Peering(String name, int vlan, long peerAsn, Optional<String> sharedKey, List<Family> families, List<Announced> announced) {
        public Peering {
            families = List.copyOf(families);
            announced = List.copyOf(announced);
        }
    }

    /**
     * One address family of a peering: the customer has the first usable address of a link, the cloud the second.
     *
     * @param bits of the links: 30 or 126
     * @param prefixLimit above which the session is dropped
     */
    public record Family(boolean ipv4, int bits, Map<Edge.Device, Ends> ends, int prefixLimit) {
        public Family {
            ends = Map.copyOf(ends);
        }
    }

    public record Ends(String customer, String cloud) { }

    /** A prefix of the cloud. @param network the resource it belongs to */
    public record Announced(String prefix, List<String> communities, String network) {
        public Announced {
            communities = List.copyOf(communities);
        }
    }
}
