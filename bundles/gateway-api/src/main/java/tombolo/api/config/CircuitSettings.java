package tombolo.api.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.subinterface.Subinterface;

/**
 * {@code etc/tombolo.expressroute.circuit-<name>.cfg}: an ExpressRoute circuit as it is wanted. A peering that has no keys in the file is left as it is.
 *
 * @param name            from the file's name: 1-63 letters, digits, '-', '_' and '.'
 * @param state           {@code state}: present, or absent: to be deleted; default present
 * @param subscription    {@code subscription}: required; the name in {@code tombolo.azure.subscription-<name>.cfg}
 * @param resourceGroup   {@code resource-group}: required
 * @param circuit         {@code circuit-name}: the resource's name; default the file's name
 * @param location        {@code location}: required; the Azure region of the resource, such as westeurope. Not the place of the circuit
 * @param provider        {@code provider}: required
 * @param peeringLocation {@code peering-location}: required; the place where the provider meets Microsoft
 * @param bandwidthMbps   {@code bandwidth}: required; one of {@link #BANDWIDTHS}
 * @param tier            {@code tier}: default standard
 * @param plan            {@code plan}: default metered
 * @param model           {@code model}: how the provider connects; default cloud-exchange
 * @param layer3          {@code layer-3}: who runs the BGP sessions to Microsoft; default the provider for ip-vpn, else the customer
 * @param privatePeering  {@code private-...}
 * @param microsoft       {@code microsoft-...}
 * @param links           {@code links}: gateways of virtual networks that are to be linked; default none: links are left as they are
 * @param linkWeight      {@code link-weight}: of links that are made, 0-32000; default 0
 * @param vnetPrefixes    {@code vnet-prefixes}: address space of VNETs behind the circuit; default none. In edge-prefix mode pools keep out of it
 * @param budget          {@code prefix-...}
 * @param node            what of the circuit stands on this node
 * @param applying        {@code apply}, {@code poll-interval}: what happens without being told to
 */
public record CircuitSettings(String name, State state, String subscription, String resourceGroup, String circuit, String location, String provider, String peeringLocation,
                              int bandwidthMbps, Tier tier, Plan plan, Model model, Layer3 layer3, Optional<Peering> privatePeering, Optional<Peering> microsoft,
                              List<Gateway> links, int linkWeight, List<Prefix> vnetPrefixes, Budget budget, Node node, Applying applying) {
    /** What providers offer, in Mbit/s. */
    public static final List<Integer> BANDWIDTHS = List.of(50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000);
    /** Microsoft's AS at the edge. */
    public static final Asn MICROSOFT = new Asn(12076);

    public CircuitSettings {
        links = List.copyOf(links);
        vnetPrefixes = List.copyOf(vnetPrefixes);
    }

    /** With nothing of it on this node. */
    public CircuitSettings(String name, State state, String subscription, String resourceGroup, String circuit, String location, String provider, String peeringLocation,
                           int bandwidthMbps, Tier tier, Plan plan, Model model, Layer3 layer3, Optional<Peering> privatePeering, Optional<Peering> microsoft,
                           List<Gateway> links, int linkWeight, List<Prefix> vnetPrefixes, Budget budget) {
        this(name, state, subscription, resourceGroup, circuit, location, provider, peeringLocation, bandwidthMbps, tier, plan, model, layer3, privatePeering, microsoft, links, linkWeight,
                vnetPrefixes, budget, Node.NONE, Applying.DEFAULT);
    }

    public CircuitSettings with(Node other) {
        return new CircuitSettings(name, state, subscription, resourceGroup, circuit, location, provider, peeringLocation, bandwidthMbps, tier, plan, model, layer3, privatePeering, microsoft,
                links, linkWeight, vnetPrefixes, budget, other, applying);
    }

    public CircuitSettings with(Applying other) {
        return new CircuitSettings(name, state, subscription, resourceGroup, circuit, location, provider, peeringLocation, bandwidthMbps, tier, plan, model, layer3, privatePeering, microsoft,
                links, linkWeight, vnetPrefixes, budget, node, other);
    }

    public enum State { PRESENT, ABSENT }

    /** As ARM orders them by what they cost: where a circuit leads. */
    public enum Tier { LOCAL, STANDARD, PREMIUM }

    /** How traffic is charged. */
    public enum Plan { METERED, UNLIMITED }

    /** How the provider connects the customer. */
    public enum Model {
        IP_VPN, CLOUD_EXCHANGE, POINT_TO_POINT;

        /** As in the file. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public enum Layer3 { CUSTOMER, PROVIDER }

    /**
     * One peering.
     *
     * @param vlan        1-4094, of the customer's tag (C-tag)
     * @param ipv4        the two /30
     * @param ipv6        the two /126; empty: no IPv6
     * @param peerAsn     the customer's AS
     * @param sharedKey   where the TCP MD5 key is; at most {@value #LONGEST_KEY} letters and digits
     * @param advertised  of Microsoft peering: the public prefixes that will be advertised
     * @param registry    of Microsoft peering: where these are registered, such as RIPENCC; "" where none is named
     * @param communities of Microsoft peering: what its route filter lets through, such as 12076:51002
     */
    public record Peering(int vlan, Subnets ipv4, Optional<Subnets> ipv6, Asn peerAsn, Optional<SecretRef> sharedKey, List<Prefix> advertised, String registry,
                          List<String> communities) {
        public static final int LONGEST_KEY = 25;

        public Peering {
            advertised = List.copyOf(advertised);
            communities = List.copyOf(communities);
        }
    }

    /** The subnets of the primary and the secondary link; in each the customer has the first host address and Microsoft the second. */
    public record Subnets(Prefix primary, Prefix secondary) { }

    /** A virtual network's gateway in the circuit's subscription. */
    public record Gateway(String resourceGroup, String name) {
        @Override
        public String toString() {
            return resourceGroup + "/" + name;
        }
    }

    /**
     * What to do where this node has more prefixes for a peering than the circuit takes.
     *
     * @param warnPercent    {@code prefix-warn-percent}, 1-100; default 80
     * @param aggregate      {@code prefix-aggregate}: whether prefixes that fill a shorter one may be advertised as that one; default false
     * @param leastImportant {@code prefix-least-important}: prefixes held back, with all within them, in this order, before any other
     */
    public record Budget(int warnPercent, boolean aggregate, List<Prefix> leastImportant) {
        public static final Budget DEFAULT = new Budget(80, false, List.of());

        public Budget {
            leastImportant = List.copyOf(leastImportant);
        }
    }

    /**
     * What of the circuit stands on this node: an interface for each peering on each link that has a port here, its addresses, and the BGP sessions over it.
     *
     * @param encapsulation {@code encapsulation}: how a peering is told from others on a port; default vlan
     * @param outerProtocol {@code outer-protocol}: of the outer tag, of qinq; default 802.1ad
     * @param primary       {@code primary-interface}, {@code primary-...}: the port of the primary link; empty: that link is not on this node
     * @param secondary     {@code secondary-interface}, {@code secondary-...}: the same of the secondary link
     * @param mtu           {@code link-mtu}, 576-9216 bytes; default 1500
     * @param tcpMss        {@code tcp-mss}, 536-9140 bytes; empty: TCP's segments are left alone
     * @param bfd           {@code bfd}, {@code bfd-interval}, {@code bfd-multiplier}; empty: off
     * @param privateRoutes {@code private-advertise}, {@code private-import}, {@code private-export}
     * @param microsoftRoutes {@code microsoft-import}, {@code microsoft-export}; what is advertised follows from {@code microsoft-prefixes}
     */
    public record Node(Encapsulation encapsulation, Subinterface.Protocol outerProtocol, Optional<Port> primary, Optional<Port> secondary, int mtu, OptionalInt tcpMss, Optional<Bfd> bfd,
                       Routes privateRoutes, Routes microsoftRoutes) {
        public static final Node NONE = new Node(Encapsulation.VLAN, Subinterface.Protocol.DOT1AD, Optional.empty(), Optional.empty(), 1_500, OptionalInt.empty(), Optional.of(Bfd.DEFAULT),
                Routes.NONE, Routes.NONE);
    }

    /** One tag, two tags, or VXLAN in place of tags where there are none. */
    public enum Encapsulation { VLAN, QINQ, VXLAN }

    /**
     * @param interfaceName by which the provider is reached
     * @param outerVlan     {@code ...-outer-vlan}: of qinq: the provider's tag (S-tag), 1-4094
     * @param vxlan         {@code ...-vxlan-remote}, {@code ...-vxlan-port}: of vxlan
     */
    public record Port(String interfaceName, OptionalInt outerVlan, Optional<VxlanEnd> vxlan) { }

    /** @param remote the far end. @param port of UDP; each port of a node needs its own, since the kernel takes a VNI once for it */
    public record VxlanEnd(IpAddress remote, int port) { }

    /** @param strict BGP waits for BFD. @param intervalMillis 10-60000, both ways. @param multiplier 2-255 */
    public record Bfd(boolean strict, int intervalMillis, int multiplier) {
        /** What Microsoft's edge asks for. */
        public static final Bfd DEFAULT = new Bfd(false, 300, 3);
    }

    /**
     * What is exchanged on the sessions of a peering.
     *
     * @param advertise     what may be advertised, where {@code exportFilters} names nothing
     * @param importFilters names of filters of etc/; empty: all that Microsoft tells is accepted
     * @param exportFilters names of filters of etc/; empty: made of {@code advertise}
     */
    public record Routes(List<FilterSettings.PrefixRange> advertise, List<String> importFilters, List<String> exportFilters) {
        public static final Routes NONE = new Routes(List.of(), List.of(), List.of());

        public Routes {
            advertise = List.copyOf(advertise);
            importFilters = List.copyOf(importFilters);
            exportFilters = List.copyOf(exportFilters);
        }
    }

    /**
     * @param automatic {@code apply = automatic}: what neither costs nor cuts is done without being told to; default confirm
     * @param mayCost   {@code apply-costs}: then also what costs money; default false
     * @param mayCut    {@code apply-cuts}: then also what cuts traffic or cannot be taken back; default false
     * @param pollSeconds {@code poll-interval}, 30-86400 s: how often Azure is looked at; default 60
     */
    public record Applying(boolean automatic, boolean mayCost, boolean mayCut, int pollSeconds) {
        public static final Applying DEFAULT = new Applying(false, false, false, 60);
    }

    /** Why Azure refuses an AS as the customer's; empty where it takes it. */
    public static Optional<String> refused(Asn as) {
        long value = as.value();
        if (as.equals(MICROSOFT) || value == 8074 || value == 8075) {
            return Optional.of("is Microsoft's own");
        }
        if (value >= 65515 && value <= 65520) {
            return Optional.of("is one of 65515-65520, which Azure keeps for its gateways");
        }
        if (value == 23456 || value >= 64496 && value <= 64511 || value >= 65535 && value <= 65551) {
            return Optional.of("is reserved (RFC 5398, RFC 6793, RFC 7300)");
        }
        return value == 0xffff_ffffL ? Optional.of("is reserved (RFC 7300)") : Optional.empty();
    }
}
