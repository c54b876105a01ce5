package tombolo.azure.expressroute.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;

/**
 * What Azure says of one circuit at one moment. Texts are ARM's own words.
 *
 * @param bandwidthMbps     0 where ARM does not say
 * @param provisioningState of the resource: Succeeded, Updating, Deleting, Failed
 * @param circuitState      Enabled, or Disabled while an update runs
 * @param providerState     NotProvisioned, Provisioning, Provisioned or Deprovisioning
 * @param direct            whether it is on a port of ExpressRoute Direct, without a provider
 * @param globalReach       connections to other circuits; they count as links
 * @param links             those that are known here: of the resource groups that were looked into
 * @param gateways          the wanted links' gateways, as far as they are there
 * @param routeFilter       the one of Microsoft peering, or the one that would be attached to it
 * @param raw               the resource as ARM sent it
 */
public record CircuitSnapshot(String id, String name, String location, String tier, String family, String provider, String peeringLocation, int bandwidthMbps,
                              String provisioningState, String circuitState, String providerState, ServiceKey serviceKey, Optional<String> etag, boolean direct, int globalReach,
                              List<PeeringSeen> peerings, List<AuthorizationSeen> authorizations, List<LinkSeen> links, Map<Gateway, GatewaySeen> gateways,
                              Optional<RouteFilterSeen> routeFilter, Json.Obj raw) {
    /** Azure's names of peerings. */
    public enum Kind {
        PRIVATE("AzurePrivatePeering"), MICROSOFT("MicrosoftPeering"), PUBLIC("AzurePublicPeering");

        private final String arm;

        Kind(String arm) {
            this.arm = arm;
        }

        public String arm() {
            return arm;
        }

        /** private, Microsoft or public peering. */
        public String word() {
            return (this == MICROSOFT ? "Microsoft" : name().toLowerCase(java.util.Locale.ROOT)) + " peering";
        }
    }

    /** The circuit's secret: whoever has it orders the circuit from the provider. Never shown by accident. */
    public record ServiceKey(String value) {
        public String masked() {
            return value.length() < 8 ? "********" : value.substring(0, 4) + "****-****-****-****-********" + value.substring(value.length() - 4);
        }

        @Override
        public String toString() {
            return masked();
        }
    }

    /**
     * @param type           ARM's word; {@link Kind#arm}
     * @param state          Enabled or Disabled
     * @param vlan           0 where ARM does not say
     * @param azureAsn       Microsoft's; 0 while updating
     * @param primary        as ARM wrote it, empty text where not
     * @param modifiedBy     Customer or Provider; empty text where ARM does not say
     * @param advertised4    the public prefixes that stand with IPv4's sessions
     * @param advertised6    ... and with IPv6's
     * @param prefixesState  of Microsoft peering: advertisedPublicPrefixesState, of the family that is further from Configured
     * @param keySaid        whether ARM says that there is a shared key; it need not where there is one
     */
    public record PeeringSeen(String type, String state, String provisioningState, int vlan, long azureAsn, long peerAsn, String primary, String secondary, String primary6, String secondary6,
                              String modifiedBy, boolean keySaid, List<String> advertised4, List<String> advertised6, String prefixesState, String registry, Optional<String> routeFilter, Json.Obj raw) {
        public PeeringSeen {
            advertised4 = List.copyOf(advertised4);
            advertised6 = List.copyOf(advertised6);
        }

        /** The public prefixes of both. */
        public List<String> advertised() {
            return Stream.concat(advertised4.stream(), advertised6.stream()).toList();
        }

        public boolean is(Kind kind) {
            return type.equalsIgnoreCase(kind.arm());
        }

        /** Of each public prefix, whether Microsoft takes it as the customer's; empty where ARM tells of all together alone. Its other members name the service key, and are not read. */
        public List<Validation> validations() {
            return Stream.concat(Stream.of(ArmCircuits.properties(raw)), ipv6().stream()).flatMap(family -> family.object("microsoftPeeringConfig").stream())
                    .flatMap(microsoft -> ArmCircuits.objects(microsoft, "advertisedPublicPrefixInfo").stream()).map(each -> new Validation(ArmCircuits.text(each, "prefix"), ArmCircuits.text(each, "validationState"))).toList();
        }

        /** The route filter of IPv6, which has sessions of its own. */
        Optional<String> routeFilter6() {
            return ipv6().flatMap(family -> family.object("routeFilter")).flatMap(filter -> filter.text("id"));
        }

        private Optional<Json.Obj> ipv6() {
            return ArmCircuits.properties(raw).object("ipv6PeeringConfig");
        }

        static Optional<Prefix> prefix(String text) {
            try {
                return Optional.of(Prefix.parse(text));
            } catch (IllegalArgumentException _) {
                return Optional.empty();
            }
        }
    }

    /** @param state ARM's word: Configured, Configuring, ValidationNeeded, ... */
    public record Validation(String prefix, String state) {
        boolean good() {
            return state.equalsIgnoreCase("Configured");
        }
    }

    /** @param use Available or InUse; a word that nobody here knows counts as in use. @param connection the id of the link that uses it, where ARM says so */
    public record AuthorizationSeen(String name, String use, Optional<String> connection, String provisioningState) {
        public boolean inUse() {
            return !use.equalsIgnoreCase("Available");
        }

        /** Whether a circuit uses it, for Global Reach, and no gateway: what uses it is in a peering of that circuit. */
        public boolean globalReach() {
            return connection.filter(id -> id.toLowerCase(java.util.Locale.ROOT).contains("/expressroutecircuits/")).isPresent();
        }
    }

    /** @param gateway its id. @param status Connected, Connecting, NotConnected, Unknown. @param authorized whether it was made with an authorization's key */
    public record LinkSeen(String id, String name, String gateway, String status, String provisioningState, int weight, boolean fastPath, boolean authorized) { }

    /** @param type ExpressRoute or Vpn */
    public record GatewaySeen(String id, String location, String type, String sku) { }

    /** @param exists false: not there yet, would be made */
    public record RouteFilterSeen(String id, boolean exists, List<String> communities, Optional<String> etag, Json.Obj raw) {
        public RouteFilterSeen {
            communities = List.copyOf(communities);
        }
    }

    public CircuitSnapshot {
        peerings = List.copyOf(peerings);
        authorizations = List.copyOf(authorizations);
        links = List.copyOf(links);
        gateways = Map.copyOf(gateways);
    }

    public Optional<PeeringSeen> peering(Kind kind) {
        return peerings.stream().filter(each -> each.is(kind)).findFirst();
    }

    /** What counts against the limit of links: those that are known, those of others that authorizations name, and Global Reach, once though an authorization may name it too. */
    public int linked() {
        List<String> known = links.stream().map(link -> link.id().toLowerCase(java.util.Locale.ROOT)).toList();
        long hidden = authorizations.stream().filter(each -> each.inUse() && !each.globalReach()).flatMap(each -> each.connection().stream()).map(id -> id.toLowerCase(java.util.Locale.ROOT))
                .filter(id -> !known.contains(id)).distinct().count();
        return links.size() + (int) hidden + globalReach;
    }

    public boolean provisioned() {
        return providerState.equalsIgnoreCase("Provisioned");
    }

    /** Whether ARM works on it at this moment. */
    public boolean busy() {
        return !List.of("succeeded", "failed", "canceled", "").contains(provisioningState.toLowerCase(java.util.Locale.ROOT));
    }

    /** Without secrets. */
    @Override
    public String toString() {
        return "circuit " + name + " (" + provisioningState + ", provider " + providerState + ")";
    }
}
