package tombolo.azure.expressroute.core;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.json.Json;

/**
 * Prices of one day, from a file in the words of Azure's retail price interface, and what a circuit costs by them. A price that is not in the file is said to be
 * unknown and is never guessed.
 *
 * @param source where they are from, for people
 */
public record Prices(LocalDate date, String currency, String source, List<Item> items) {
    /** Azure counts a month as so many hours. */
    private static final int HOURS = 730;

    public Prices {
        items = List.copyOf(items);
    }

    /** @param zone such as {@code Zone 1}; empty text: the same everywhere. @param unit such as {@code 1/Month}, {@code 1 GB}, {@code 1 Hour} */
    public record Item(String meter, String zone, BigDecimal price, String unit) { }

    /**
     * One part of the bill.
     *
     * @param formula in words and numbers
     * @param amount  a month; empty: not known
     * @param unknown why it is not known; empty text where it is
     */
    public record Part(String name, String formula, Optional<BigDecimal> amount, String unknown) { }

    /** @throws IllegalArgumentException with what is wrong, where it is no price file */
    public static Prices read(Json json) {
        if (!(json instanceof Json.Obj file)) {
            throw new IllegalArgumentException("no JSON object");
        }
        List<Item> items = new ArrayList<>();
        for (Json.Obj item : ArmCircuits.objects(file, "items")) {
            if (!(item.get("retailPrice").orElse(Json.Null.NULL) instanceof Json.Num(String literal))) {
                throw new IllegalArgumentException("an item without a number as retailPrice: " + item.text("meterName").orElse("?"));
            }
            items.add(new Item(ArmCircuits.text(item, "meterName"), ArmCircuits.text(item, "location"), new BigDecimal(literal), ArmCircuits.text(item, "unitOfMeasure")));
        }
        try {
            return new Prices(LocalDate.parse(ArmCircuits.text(file, "date")), ArmCircuits.text(file, "currency"), ArmCircuits.text(file, "source"), items);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("date is '" + ArmCircuits.text(file, "date") + "', wanted YYYY-MM-DD", e);
        }
    }

    /**
     * @param zone        empty: not told
     * @param egressGb    out of Azure in a month; empty: not told
     * @param gatewaySkus of the gateways that are linked
     */
    public List<Part> monthly(CircuitSettings circuit, Optional<String> zone, Optional<Long> egressGb, List<String> gatewaySkus) {
        List<Part> parts = new ArrayList<>();
        String circuitMeter = word(circuit.tier()) + " " + (circuit.plan() == Plan.UNLIMITED ? "Unlimited Data" : "Metered Data") + " " + bandwidth(circuit.bandwidthMbps()) + " Circuit";
        parts.add(part("circuit", circuitMeter, zone, BigDecimal.ONE, "1"));
        if (circuit.plan() == Plan.UNLIMITED) {
            parts.add(new Part("outbound data", "none: unlimited", Optional.of(BigDecimal.ZERO), ""));
        } else if (egressGb.isEmpty()) {
            parts.add(new Part("outbound data", "GB * price of 'Metered Data - Data Transfer Out'", Optional.empty(), "the volume was not told (--egress-gb)"));
        } else {
            parts.add(part("outbound data", "Metered Data - Data Transfer Out", zone, BigDecimal.valueOf(egressGb.get()), egressGb.get() + " GB"));
        }
        parts.add(new Part("inbound data", "none", Optional.of(BigDecimal.ZERO), ""));
        gatewaySkus.stream().sorted().forEach(sku -> parts.add(part("gateway " + sku, sku + " Gateway", Optional.of(""), BigDecimal.valueOf(HOURS), HOURS + " h")));
        parts.add(new Part("provider", "set-up fee + charge for the bandwidth", Optional.empty(), "the provider's own prices are in its contract"));
        return parts;
    }

    private Part part(String name, String meter, Optional<String> zone, BigDecimal quantity, String shown) {
        if (zone.isEmpty()) {
            return new Part(name, shown + " * price of '" + meter + "'", Optional.empty(), "the zone was not told (--zone)");
        }
        Optional<Item> item = items.stream().filter(each -> each.meter().equalsIgnoreCase(meter) && (each.zone().isEmpty() || each.zone().equalsIgnoreCase(zone.get()))).findFirst();
        return item.map(each -> new Part(name, shown + " * " + each.price().toPlainString() + " " + currency + " ('" + meter + "')", Optional.of(each.price().multiply(quantity)), ""))
                .orElse(new Part(name, shown + " * price of '" + meter + "'" + (zone.get().isEmpty() ? "" : " in " + zone.get()), Optional.empty(), "the price snapshot of " + date + " has no such price"));
    }

    private static String word(Tier tier) {
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
