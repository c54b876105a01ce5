package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The retail price interface, {@code GET /api/retail/prices}, without a token as the real one is. Names of products, meters and zones are the real ones; every
 * amount is invented, by a formula that a test can repeat.
 */
final class Prices {
    private static final int PAGE = 100;
    private static final Pattern CONDITION = Pattern.compile("(\\w+)\\s+eq\\s+'([^']*)'");
    private static final List<Integer> BANDWIDTHS = List.of(50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000);

    private Prices() { }

    /** A circuit's monthly price in US cents: 100 a Mbps; three times that with unlimited data, half as much again for Premium, more in zones 2 and 3. */
    static long circuitCents(String tier, boolean unlimited, int mbps, int zone) {
        long cents = 100L * mbps * (unlimited ? 3 : 1) * (1 + zone) / 2;
        return "Premium".equals(tier) ? cents * 3 / 2 : cents;
    }

    static Reply answer(Call call) {
        String filter = call.query().getOrDefault("$filter", "");
        ArrayNode matching = Text.array();
        all().forEach(item -> {
            if (matches((ObjectNode) item, filter)) {
                matching.add(item);
            }
        });
        String token = call.query().getOrDefault("$skip", "0");
        int from = token.matches("[0-9]{1,6}") ? Math.min(Integer.parseInt(token), matching.size()) : 0;
        ObjectNode body = Text.object().put("BillingCurrency", "USD").put("CustomerEntityId", "Default").put("CustomerEntityType", "Retail");
        ArrayNode items = body.putArray("Items");
        for (int i = from; i < Math.min(matching.size(), from + PAGE); i++) {
            items.add(matching.get(i));
        }
        if (from + PAGE < matching.size()) {
            String query = call.rawQuery().replaceAll("&?%24skip=[0-9]*|&?\\$skip=[0-9]*", "");
            body.put("NextPageLink", call.base() + call.path() + "?" + query + "&%24skip=" + (from + PAGE));
        } else {
            body.putNull("NextPageLink");
        }
        return Reply.json(200, body.put("Count", items.size()));
    }

    private static boolean matches(ObjectNode item, String filter) {
        Matcher condition = CONDITION.matcher(filter);
        while (condition.find()) {
            if (!Text.text(item, condition.group(1)).equals(Optional.of(condition.group(2)))) {
                return false;
            }
        }
        return true;
    }

    private static ArrayNode all() {
        ArrayNode items = Text.array();
        for (int zone = 1; zone <= 3; zone++) {
            for (int mbps : BANDWIDTHS) {
                String size = mbps < 1_000 ? mbps + " Mbps" : mbps / 1_000 + " Gbps";
                String place = "Zone " + zone;
                for (String tier : List.of("Standard", "Premium")) { // which the size does not tell apart
                    item(items, "ExpressRoute", tier + " Metered Data " + size + " Circuit", size + " Metered Data", place, "1/Month", circuitCents(tier, false, mbps, zone) / 100.0);
                }
                for (String tier : List.of("Local", "Standard", "Premium")) {
                    item(items, "ExpressRoute", tier + " Unlimited Data " + size + " Circuit", size + " Unlimited Data", place, "1/Month", circuitCents(tier, true, mbps, zone) / 100.0);
                }
                item(items, "ExpressRoute", "Metered Data - Data Transfer Out", size + " Metered Data", place, "1 GB", zone * 0.02);
            }
        }
        for (String region : Rules.REGIONS) {
            item(items, "ExpressRoute Gateway", "ErGw1AZ Gateway", "ErGw1AZ", region, "1 Hour", 0.25);
            item(items, "ExpressRoute Gateway", "ErGw2AZ Gateway", "ErGw2AZ", region, "1 Hour", 0.5);
            item(items, "ExpressRoute Gateway", "ErGw3AZ Gateway", "ErGw3AZ", region, "1 Hour", 1.75);
            item(items, "ExpressRoute Gateway", "ErGwScale Unit", "ErGwScale", region, "1 Hour", 0.125);
        }
        return items;
    }

    private static void item(ArrayNode items, String product, String meter, String sku, String region, String unit, double price) {
        boolean zone = region.startsWith("Zone");
        items.addObject().put("currencyCode", "USD").put("tierMinimumUnits", 0.0).put("retailPrice", price).put("unitPrice", price)
                .put("armRegionName", region).put("location", region).put("effectiveStartDate", "2026-01-01T00:00:00Z")
                .put("meterId", java.util.UUID.nameUUIDFromBytes((meter + sku + region).getBytes(java.nio.charset.StandardCharsets.UTF_8)).toString()).put("meterName", meter).put("productName", product)
                .put("skuName", sku).put("serviceName", "ExpressRoute").put("serviceFamily", "Networking").put("unitOfMeasure", unit)
                .put("type", "Consumption").put("isPrimaryMeterRegion", true).put("armSkuName", zone ? "" : meter.split(" ")[0].toLowerCase(Locale.ROOT));
    }
}
