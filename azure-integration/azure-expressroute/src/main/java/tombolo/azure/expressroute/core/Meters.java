package tombolo.azure.expressroute.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.json.Json;

/**
 * What the price list calls a circuit, its outbound data and a gateway. Azure publishes no list of these names; those here are what programs that read the price
 * list look for, and the member {@code meters} of the price file overrules each.
 *
 * @param words by what is priced; {@code gateway.SKU} before {@code gateway}
 */
public record Meters(Map<String, String> words) {
    private static final String CIRCUIT = "circuit";
    private static final String OUTBOUND = "outbound";
    private static final String GATEWAY = "gateway";
    private static final Pattern PLACE = Pattern.compile("\\{([^}]*)}");
    private static final Map<String, List<String>> PLACES = Map.of(CIRCUIT, List.of("tier", "data", "bandwidth"), OUTBOUND, List.of("tier", "data", "bandwidth"), GATEWAY, List.of("sku"));

    /** Gateways of the older sizes, and those that scale, are not called by ARM's word. */
    static final Meters USUAL = new Meters(Map.of(CIRCUIT, "{tier} {data} {bandwidth} Circuit", OUTBOUND, "Metered Data - Data Transfer Out", GATEWAY, "{sku} Gateway",
            "gateway.HighPerformance", "High Performance Gateway", "gateway.UltraPerformance", "Ultra High Performance Gateway", "gateway.ErGwScale", "ErGwScale Unit"));

    public Meters {
        Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        sorted.putAll(words);
        words = sorted;
    }

    /**
     * The usual ones, and what a price file says instead.
     *
     * @throws IllegalArgumentException with what is wrong
     */
    static Meters of(Json.Obj file) {
        Map<String, String> words = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        words.putAll(USUAL.words);
        Json.Obj said = switch (file.get("meters").orElse(Json.Obj.EMPTY)) {
            case Json.Obj members -> members;
            default -> throw new IllegalArgumentException("meters is no object");
        };
        said.members().forEach((what, name) -> {
            String kind = what.startsWith("gateway.") && what.length() > "gateway.".length() ? GATEWAY : what;
            List<String> known = PLACES.get(kind);
            if (known == null) {
                throw new IllegalArgumentException("meters has '" + what + "'; wanted circuit, outbound, gateway or gateway.SKU");
            }
            if (!(name instanceof Json.Text(String text)) || text.isBlank()) {
                throw new IllegalArgumentException("meters." + what + " is no text");
            }
            Matcher place = PLACE.matcher(text);
            while (place.find()) {
                if (!known.contains(place.group(1))) {
                    throw new IllegalArgumentException("meters." + what + " has " + place.group() + "; wanted of " + known.stream().map(each -> "{" + each + "}").toList());
                }
            }
            words.put(what, text);
        });
        return new Meters(words);
    }

    String circuit(Billed circuit) {
        return filled(CIRCUIT, circuit);
    }

    String outbound(Billed circuit) {
        return filled(OUTBOUND, circuit);
    }

    /** Outbound data has a line for each bandwidth, which the product's size alone tells apart. */
    static String size(Billed circuit) {
        return bandwidth(circuit.bandwidthMbps()) + " " + data(circuit);
    }

    /** @param sku ARM's word, such as {@code ErGw1AZ} */
    String gateway(String sku) {
        return Optional.ofNullable(words.get("gateway." + sku)).orElse(word(GATEWAY)).replace("{sku}", sku);
    }

    private String filled(String what, Billed circuit) {
        return word(what).replace("{tier}", tier(circuit.tier())).replace("{data}", data(circuit)).replace("{bandwidth}", bandwidth(circuit.bandwidthMbps()));
    }

    private String word(String what) {
        return words.getOrDefault(what, what);
    }

    private static String data(Billed circuit) {
        return circuit.plan() == Plan.UNLIMITED ? "Unlimited Data" : "Metered Data";
    }

    private static String tier(Tier tier) {
        return switch (tier) {
            case LOCAL -> "Local";
            case STANDARD -> "Standard";
            case PREMIUM -> "Premium";
        };
    }

    private static String bandwidth(int mbps) {
        return mbps >= 1_000 ? mbps / 1_000 + " Gbps" : mbps + " Mbps";
    }
}
