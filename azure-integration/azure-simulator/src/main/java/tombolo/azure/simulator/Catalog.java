package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the simulated cloud offers: providers, places, bandwidths, services. Invented, but for the numbers of communities and regions. */
final class Catalog {
    record Provider(String name, List<String> places, List<Integer> bandwidths) { }

    private record Service(String name, String region, String title, String community, String group, List<String> prefixes) { }

    private static final List<Integer> ALL_BANDWIDTHS = List.of(50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000);
    private static final List<Provider> PROVIDERS = List.of(
            new Provider("Lab Exchange", List.of("Amsterdam", "Frankfurt", "London", "Washington DC"), ALL_BANDWIDTHS),
            new Provider("Lab Ethernet", List.of("Amsterdam", "Frankfurt", "Amsterdam Metro"), ALL_BANDWIDTHS),
            new Provider("Lab Carrier MPLS", List.of("Amsterdam", "London"), List.of(50, 100, 200, 500, 1_000)));
    /** The last two digits of a region's communities. */
    private static final Map<String, String> REGION_DIGITS = Map.of("eastus", "04", "westeurope", "02", "northeurope", "03", "westus", "06", "uksouth", "24", "germanywestcentral", "38");
    /** Prefixes are those that RFC 5737 and RFC 3849 keep for documentation. */
    private static final List<Service> SERVICES = List.of(
            new Service("Exchange", "Global", "Exchange Online", "12076:5010", "O365", List.of("198.51.100.0/28", "2001:db8:5010::/48")),
            new Service("OtherOffice365Services", "Global", "Other Office 365 Services", "12076:5100", "O365", List.of("198.51.100.16/28")),
            new Service("AzureGlobal", "Global", "Azure Global Services", "12076:5050", "Azure", List.of("198.51.100.32/28")),
            new Service("AzureWestEurope", "West Europe", "Azure West Europe", "12076:51002", "Azure", List.of("198.51.100.64/26", "2001:db8:5102::/48")),
            new Service("AzureEastUS", "East US", "Azure East US", "12076:51004", "Azure", List.of("198.51.100.128/26")),
            new Service("StorageWestEurope", "West Europe", "Storage West Europe", "12076:52002", "Azure", List.of("203.0.113.0/25")));

    private Catalog() { }

    static Optional<Provider> provider(String name) {
        return PROVIDERS.stream().filter(each -> each.name().equalsIgnoreCase(name)).findFirst();
    }

    /** Of private peering, as a virtual network's region is marked. */
    static String regionalCommunity(String location) {
        return "12076:500" + REGION_DIGITS.getOrDefault(location, "99");
    }

    static List<String> prefixes(String community) {
        return SERVICES.stream().filter(each -> each.community().equals(community)).flatMap(each -> each.prefixes().stream()).toList();
    }

    static boolean knows(String community) {
        return SERVICES.stream().anyMatch(each -> each.community().equals(community));
    }

    static ArrayNode providers(String subscription) {
        ArrayNode value = Text.array();
        for (Provider provider : PROVIDERS) {
            ObjectNode item = entry(value, subscription, "expressRouteServiceProviders", provider.name());
            ObjectNode properties = item.putObject("properties").put("provisioningState", "Succeeded");
            properties.set("peeringLocations", Text.texts(provider.places()));
            ArrayNode offered = properties.putArray("bandwidthsOffered");
            provider.bandwidths().forEach(mbps -> offered.addObject().put("offerName", mbps < 1_000 ? mbps + "Mbps" : mbps / 1_000 + "Gbps").put("valueInMbps", mbps));
        }
        return value;
    }

    static ArrayNode communities(String subscription) {
        ArrayNode value = Text.array();
        for (Service service : SERVICES) {
            ObjectNode properties = entry(value, subscription, "bgpServiceCommunities", service.name()).putObject("properties").put("serviceName", service.name());
            ObjectNode community = properties.putArray("bgpCommunities").addObject().put("serviceSupportedRegion", service.region())
                    .put("communityName", service.title()).put("communityValue", service.community());
            community.set("communityPrefixes", Text.texts(service.prefixes()));
            // Office 365 needs the cloud's consent, which the lab's customer does not have.
            community.put("isAuthorizedToUse", !"O365".equals(service.group())).put("serviceGroup", service.group());
        }
        return value;
    }

    private static ObjectNode entry(ArrayNode value, String subscription, String type, String name) {
        return value.addObject().put("name", name).put("id", "/subscriptions/" + subscription + "/providers/" + ResourceId.PROVIDER + "/" + type + "/" + name)
                .put("type", ResourceId.PROVIDER + "/" + type);
    }
}
