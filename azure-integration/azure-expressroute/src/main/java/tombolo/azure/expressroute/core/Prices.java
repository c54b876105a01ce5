package tombolo.azure.expressroute.core;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

    /**
     * @param zone   such as {@code Zone 1}; empty text: the same everywhere
     * @param region such as {@code westeurope}, of what is priced by region; else as {@code zone}, or empty
     * @param from   the volume in a month from which this price holds; 0 for most
     * @param unit   such as {@code 1/Month}, {@code 1 GB}, {@code 1 Hour}
     */
    public record Item(String meter, String zone, String region, BigDecimal from, BigDecimal price, String unit) {
        boolean holdsIn(String place) {
            return zone.isEmpty() && region.isEmpty() || !place.isEmpty() && (zone.equalsIgnoreCase(place) || region.equalsIgnoreCase(place));
        }
    }

    /** A gateway that is linked. @param region of Azure; empty text: not known */
    public record Gateway(String sku, String region) { }

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
            items.add(new Item(ArmCircuits.text(item, "meterName"), ArmCircuits.text(item, "location"), ArmCircuits.text(item, "armRegionName"),
                    item.get("tierMinimumUnits").orElse(Json.Null.NULL) instanceof Json.Num(String from) ? new BigDecimal(from) : BigDecimal.ZERO, new BigDecimal(literal), ArmCircuits.text(item, "unitOfMeasure")));
        }
        try {
            return new Prices(LocalDate.parse(ArmCircuits.text(file, "date")), ArmCircuits.text(file, "currency"), ArmCircuits.text(file, "source"), items);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("date is '" + ArmCircuits.text(file, "date") + "', wanted YYYY-MM-DD", e);
        }
    }

    /**
     * A snapshot from what the price interface has told: the prices that are paid by use, with the members that count here.
     *
     * @param told   the items of the service ExpressRoute, as they came
     * @param source where they are from, for people
     * @throws IllegalArgumentException where nothing of it is a price, or the currencies differ
     */
    public static Json.Obj snapshot(LocalDate date, String source, List<Json.Obj> told) {
        List<Json> kept = new ArrayList<>();
        Set<String> currencies = new TreeSet<>();
        for (Json.Obj item : told) {
            if (ArmCircuits.text(item, "type").equals("Consumption") && !ArmCircuits.text(item, "meterName").isEmpty() && item.get("retailPrice").orElse(Json.Null.NULL) instanceof Json.Num price) {
                Json from = item.get("tierMinimumUnits").orElse(Json.Num.of(0));
                currencies.add(ArmCircuits.text(item, "currencyCode"));
                kept.add(Json.Obj.EMPTY.with("meterName", ArmCircuits.text(item, "meterName")).with("productName", ArmCircuits.text(item, "productName")).with("location", ArmCircuits.text(item, "location"))
                        .with("armRegionName", ArmCircuits.text(item, "armRegionName")).with("tierMinimumUnits", from).with("retailPrice", price).with("unitOfMeasure", ArmCircuits.text(item, "unitOfMeasure")));
            }
        }
        if (currencies.size() != 1) {
            throw new IllegalArgumentException(kept.isEmpty() ? "none of " + told.size() + " items is a price that is paid by use" : "prices in several currencies: " + String.join(", ", currencies));
        }
        return Json.Obj.EMPTY.with("about", "Prices for er:cost in the words of Azure's retail price interface, written by er:cost --refresh. What is not here is shown as unknown.")
                .with("date", date.toString()).with("currency", currencies.iterator().next()).with("source", source).with("items", new Json.Arr(kept));
    }

    /**
     * @param zone     empty: not told
     * @param egressGb out of Azure in a month; empty: not told
     * @param gateways that are linked
     */
    public List<Part> monthly(CircuitSettings circuit, Optional<String> zone, Optional<Long> egressGb, List<Gateway> gateways) {
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
        gateways.stream().sorted(Comparator.comparing(Gateway::sku).thenComparing(Gateway::region))
                .forEach(each -> parts.add(part("gateway " + each.sku(), each.sku() + " Gateway", Optional.of(each.region()), BigDecimal.valueOf(HOURS), HOURS + " h")));
        parts.add(new Part("provider", "set-up fee + charge for the bandwidth", Optional.empty(), "the provider's own prices are in its contract"));
        return parts;
    }

    private Part part(String name, String meter, Optional<String> zone, BigDecimal quantity, String shown) {
        if (zone.isEmpty()) {
            return new Part(name, shown + " * price of '" + meter + "'", Optional.empty(), "the zone was not told (--zone)");
        }
        List<Item> prices = items.stream().filter(each -> each.meter().equalsIgnoreCase(meter) && each.holdsIn(zone.get())).sorted(Comparator.comparing(Item::from)).toList();
        String shape = shown + " * price of '" + meter + "'" + (zone.get().isEmpty() ? "" : " in " + zone.get());
        if (prices.isEmpty()) {
            return new Part(name, shape, Optional.empty(), "the price snapshot of " + date + " has no such price");
        }
        if (prices.stream().map(Item::from).distinct().count() < prices.stream().map(each -> each.from().stripTrailingZeros() + " " + each.price().stripTrailingZeros()).distinct().count()) {
            return new Part(name, shape, Optional.empty(), "the price snapshot of " + date + " has several prices of that name");
        }
        return tiered(name, meter, prices, quantity, shown);
    }

    /** Each tier's price for what of the volume lies in it. @param prices by their beginnings */
    private Part tiered(String name, String meter, List<Item> prices, BigDecimal quantity, String shown) {
        BigDecimal amount = BigDecimal.ZERO;
        List<String> terms = new ArrayList<>();
        Item before = prices.getFirst();
        for (Item each : prices) {
            if (each != before && each.from().compareTo(before.from()) == 0) {
                continue; // the same price twice
            }
            BigDecimal to = prices.stream().map(Item::from).filter(from -> from.compareTo(each.from()) > 0).findFirst().filter(from -> from.compareTo(quantity) < 0).orElse(quantity);
            if (to.compareTo(each.from()) > 0) {
                amount = amount.add(each.price().multiply(to.subtract(each.from())));
                terms.add(each.price().toPlainString() + " " + currency + (each.from().signum() > 0 ? " from " + each.from().toPlainString() + " on" : ""));
            }
            before = each;
        }
        return new Part(name, shown + " * " + (terms.isEmpty() ? "0" : String.join(", ", terms)) + " ('" + meter + "')", Optional.of(amount), "");
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
