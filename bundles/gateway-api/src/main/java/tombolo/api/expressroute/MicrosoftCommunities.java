package tombolo.api.expressroute;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Names of Microsoft's BGP communities. A regional one is a service's digits and a region's number: {@code 12076:510xx} is what Microsoft peering reaches in region
 * xx, and 500, 520, 530, 540 and 550 stand for private peering, storage, SQL, Cosmos DB and backup.
 */
public final class MicrosoftCommunities {
    private static final String MICROSOFT = "12076:";
    private static final Map<Integer, String> SCOPES = Map.of(500, "private peering", 510, "Microsoft peering", 520, "Storage", 530, "SQL Database", 540, "Cosmos DB", 550, "Backup");
    /** Regions by number, as Microsoft publishes them; a number that is not here is shown as a number. */
    private static final Map<Integer, String> REGIONS = regions("2 West Europe, 3 North Europe, 4 East US, 5 East US 2, 6 West US, 7 North Central US, 8 South Central US, 9 Central US,"
            + " 10 East Asia, 11 Southeast Asia, 12 Japan East, 13 Japan West, 14 Brazil South, 15 Australia East, 16 Australia Southeast, 17 India Central, 18 India West, 19 India South,"
            + " 20 Canada Central, 21 Canada East, 24 UK South, 25 UK West, 26 West US 2, 27 West Central US, 28 Korea South, 29 Korea Central, 30 France Central, 31 France South,"
            + " 32 Australia Central, 33 Australia Central 2, 34 South Africa North, 35 South Africa West, 36 UAE North, 37 UAE Central, 38 Switzerland North, 39 Switzerland West,"
            + " 40 Germany North, 41 Germany West Central, 42 Norway East, 43 Norway West");
    /** What does not follow the pattern: the national clouds. */
    private static final Map<Integer, String> NATIONAL = regions("51105 US Gov Virginia, 51106 US Gov Arizona, 51108 US Gov Texas, 51109 US Gov Iowa, 51205 US DoD East, 51209 US DoD Central,"
            + " 51301 China North, 51302 China East, 51303 China East 2, 51304 China North 2, 5110 Exchange Online (US Gov), 5120 SharePoint Online (US Gov),"
            + " 5130 Skype for Business Online (US Gov), 5160 Entra ID (US Gov), 5200 other Office 365 services (US Gov)");
    private static final Map<Integer, String> SERVICES = new TreeMap<>(Map.ofEntries(Map.entry(5010, "Exchange Online"), Map.entry(5020, "SharePoint Online"), Map.entry(5030, "Skype for Business Online"),
            Map.entry(5040, "Dynamics 365"), Map.entry(5050, "Azure global services"), Map.entry(5060, "Entra ID"), Map.entry(5070, "Azure Resource Manager"),
            Map.entry(5100, "other Office 365 services"), Map.entry(5220, "Defender for Identity"), Map.entry(5250, "PSTN services")));

    private static final Map<String, String> WORDS = words();

    private MicrosoftCommunities() { }

    /** What a community means, such as {@code Microsoft peering, East US}; empty where it is none of Microsoft's or not known here. */
    public static Optional<String> name(String community) {
        Optional<Integer> number = number(community);
        return number.flatMap(value -> Optional.ofNullable(SERVICES.get(value)).or(() -> Optional.ofNullable(NATIONAL.get(value))).or(() -> Optional.ofNullable(SCOPES.get(value / 100)).filter(_ -> value % 100 > 0).map(scope ->
                scope + ", " + REGIONS.getOrDefault(value % 100, "region " + value % 100))).or(() -> value >= 20_000 && value <= 49_999 ? Optional.of("a virtual network's own") : Optional.empty()));
    }

    /**
     * A community by the word that stands for its number in a file: {@code entra-id}, {@code microsoft-peering.east-us}. The word is the name in lower case, with '.'
     * between a scope and its region and '-' between all else.
     */
    public static Optional<String> byWord(String word) {
        return Optional.ofNullable(WORDS.get(word));
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT).replace(", ", ".").replaceAll("[^a-z0-9.]+", "-").replaceAll("-$", "");
    }

    private static Map<String, String> words() {
        Map<String, String> words = new TreeMap<>();
        List.of(SERVICES, NATIONAL).forEach(names -> names.forEach((number, name) -> words.put(word(name), MICROSOFT + number)));
        SCOPES.forEach((scope, what) -> REGIONS.forEach((region, where) -> words.put(word(what + ", " + where), MICROSOFT + (scope * 100 + region))));
        return words;
    }

    /** {@code 12076:51004 (Microsoft peering, East US), ...}. */
    public static String named(List<String> communities) {
        return communities.stream().map(each -> each + name(each).map(name -> " (" + name + ")").orElse("")).collect(Collectors.joining(", "));
    }

    private static Map<Integer, String> regions(String text) {
        Map<Integer, String> regions = new TreeMap<>();
        for (String each : text.split(", ")) {
            int space = each.indexOf(' ');
            regions.put(Integer.parseInt(each.substring(0, space)), each.substring(space + 1));
        }
        return regions;
    }

    private static Optional<Integer> number(String community) {
        if (!community.startsWith(MICROSOFT) || community.length() > MICROSOFT.length() + 5) {
            return Optional.empty();
        }
        try {
            return Optional.of(Integer.parseInt(community.substring(MICROSOFT.length())));
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }
}
