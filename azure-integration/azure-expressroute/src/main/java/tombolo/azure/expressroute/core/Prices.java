package tombolo.azure.expressroute.core;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.json.Json;

/**
 * Prices of one day, from a file in the words of Azure's retail price interface, and what a circuit costs by them. A price that is not in the file is said to be
 * unknown and is never guessed.
 *
 * @param source where they are from, for people
 * @param meters what each is called
 */
public record Prices(LocalDate date, String currency, String source, Meters meters, List<Item> items) {
    /** Azure counts a month as so many hours. */
    private static final int HOURS = 730;
    /** Names that are shown where the one that was looked for is not there. */
    private static final int MOST_SIMILAR = 3;
    /** What a price must be for. */
    private static final String MONTH = "month";
    private static final String GIGABYTE = "GB";
    private static final String HOUR = "hour";
    /** In a sku, the bandwidth that its price is for. */
    private static final Pattern SIZE = Pattern.compile("(?i)\\b[0-9]+ *[MG]bps\\b");

    public Prices {
        items = List.copyOf(items);
    }

    /**
     * @param zone   such as {@code Zone 1}; empty text: the same everywhere
     * @param region such as {@code westeurope}, of what is priced by region; else as {@code zone}, or empty
     * @param sku    the product's size, such as {@code 1 Gbps Metered Data}
     * @param from   the volume in a month from which this price holds; 0 for most
     * @param unit   such as {@code 1/Month}, {@code 1 GB}, {@code 1 Hour}
     */
    public record Item(String meter, String sku, String zone, String region, BigDecimal from, BigDecimal price, String unit) {
        boolean isFor(String wanted) {
            return unit.isEmpty() || unit.matches("(?i)1\\W*" + wanted + "\\b.*");
        }

        boolean holdsIn(String place) {
            return zone.isEmpty() && region.isEmpty() || !place.isEmpty() && (zone.equalsIgnoreCase(place) || region.equalsIgnoreCase(place));
        }
    }

    /**
     * A gateway that is linked, or is to be.
     *
     * @param sku       empty text: it cannot be told
     * @param region    of Azure; empty text: not known
     * @param units     between which it scales by itself; empty: it does not, or does not say
     * @param remark    on its price; empty text: none
     * @param uncounted why it is not counted; empty text: it is
     */
    public record Gateway(String name, String sku, String region, Optional<Units> units, String remark, String uncounted) {
        public static Gateway uncounted(String name, String why) {
            return new Gateway(name, "", "", Optional.empty(), "", why);
        }

        public Gateway remarking(String more) {
            return new Gateway(name, sku, region, units, remark.isEmpty() ? more : remark + "; " + more, uncounted);
        }
    }

    /** Scale units, each of which is paid. */
    public record Units(int least, int most) { }

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
            items.add(new Item(ArmCircuits.text(item, "meterName"), ArmCircuits.text(item, "skuName"), ArmCircuits.text(item, "location"), ArmCircuits.text(item, "armRegionName"),
                    item.get("tierMinimumUnits").orElse(Json.Null.NULL) instanceof Json.Num(String from) ? new BigDecimal(from) : BigDecimal.ZERO, new BigDecimal(literal), ArmCircuits.text(item, "unitOfMeasure")));
        }
        try {
            return new Prices(LocalDate.parse(ArmCircuits.text(file, "date")), ArmCircuits.text(file, "currency"), ArmCircuits.text(file, "source"), Meters.of(file), items);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("date is '" + ArmCircuits.text(file, "date") + "', wanted YYYY-MM-DD", e);
        }
    }

    /**
     * What a price file says that prices are called; it need not have any prices.
     *
     * @throws IllegalArgumentException with the member that cannot be meant
     */
    public static Optional<Json.Obj> meters(Json.Obj file) {
        Meters.of(file);
        return file.object("meters");
    }

    /**
     * A snapshot from what the price interface has told: the prices that are paid by use, with the members that count here.
     *
     * @param told   the items of the service ExpressRoute, as they came
     * @param source where they are from, for people
     * @param meters what the file said that prices are called; it is said by people and stays
     * @throws IllegalArgumentException where nothing of it is a price, or the currencies differ
     */
    public static Json.Obj snapshot(LocalDate date, String source, Optional<Json.Obj> meters, List<Json.Obj> told) {
        List<Json> kept = new ArrayList<>();
        Set<String> currencies = new TreeSet<>();
        for (Json.Obj item : told) {
            // A meter that is not its region's primary one is not what is paid there.
            if (ArmCircuits.text(item, "type").equals("Consumption") && item.bool("isPrimaryMeterRegion").orElse(true) && !ArmCircuits.text(item, "meterName").isEmpty() && item.get("retailPrice").orElse(Json.Null.NULL) instanceof Json.Num price) {
                Json from = item.get("tierMinimumUnits").orElse(Json.Num.of(0));
                currencies.add(ArmCircuits.text(item, "currencyCode"));
                kept.add(Json.Obj.EMPTY.with("meterName", ArmCircuits.text(item, "meterName")).with("productName", ArmCircuits.text(item, "productName")).with("skuName", ArmCircuits.text(item, "skuName")).with("location", ArmCircuits.text(item, "location"))
                        .with("armRegionName", ArmCircuits.text(item, "armRegionName")).with("tierMinimumUnits", from).with("retailPrice", price).with("unitOfMeasure", ArmCircuits.text(item, "unitOfMeasure")));
            }
        }
        if (currencies.size() != 1) {
            throw new IllegalArgumentException(kept.isEmpty() ? "none of " + told.size() + " items is a price that is paid by use" : "prices in several currencies: " + String.join(", ", currencies));
        }
        Json.Obj head = Json.Obj.EMPTY.with("about", "Prices for er:cost in the words of Azure's retail price interface, written by er:cost --refresh, which keeps meters. What is not here is shown as unknown.")
                .with("date", date.toString()).with("currency", currencies.iterator().next()).with("source", source);
        return meters.map(said -> head.with("meters", said)).orElse(head).with("items", new Json.Arr(kept));
    }

    /**
     * @param zone     empty: not told
     * @param egressGb out of Azure in a month; empty: not told
     * @param gateways that are linked, or are to be
     */
    public List<Part> monthly(Billed circuit, Optional<String> zone, Optional<Long> egressGb, List<Gateway> gateways) {
        List<Part> parts = new ArrayList<>();
        parts.add(circuit.direct() ? new Part("circuit", "its share of the port + for premium a fee of its own", Optional.empty(), "it is on a port of ExpressRoute Direct, whose fee is for all circuits on it")
                : part("circuit", new Wanted(meters.circuit(circuit), "", MONTH), zone, BigDecimal.ONE, "1"));
        if (circuit.plan() == Plan.UNLIMITED) {
            parts.add(new Part("outbound data", "none: unlimited", Optional.of(BigDecimal.ZERO), ""));
        } else if (circuit.direct()) {
            parts.add(new Part("outbound data", "GB * the price of ports", Optional.empty(), "ports have prices of their own"));
        } else if (egressGb.isEmpty()) {
            parts.add(new Part("outbound data", "GB * price of '" + meters.outbound(circuit) + "'", Optional.empty(), "the volume was not told (--egress-gb)"));
        } else {
            parts.add(part("outbound data", new Wanted(meters.outbound(circuit), Meters.size(circuit), GIGABYTE), zone, BigDecimal.valueOf(egressGb.get()), egressGb.get() + " GB"));
        }
        parts.add(new Part("inbound data", "none", Optional.of(BigDecimal.ZERO), ""));
        if (circuit.globalReach() > 0) {
            parts.add(new Part("Global Reach", "GB in and out * the price between the two zones", Optional.empty(), circuit.globalReach() + " connections; neither their volume nor the other end's zone is told"));
        }
        parts.addAll(gateways(gateways));
        if (circuit.direct()) {
            return parts;
        }
        parts.add(new Part("provider", "set-up fee + charge for the bandwidth", Optional.empty(), "the provider's own prices are in its contract"));
        return parts;
    }

    /** Gateways alone, which are paid without a circuit too. */
    public List<Part> gateways(List<Gateway> gateways) {
        return gateways.stream().sorted(Comparator.comparing(Gateway::name).thenComparing(Gateway::sku)).map(this::gateway).toList();
    }

    private Part gateway(Gateway gateway) {
        String name = "gateway " + gateway.name() + (gateway.sku().isEmpty() ? "" : " (" + gateway.sku() + ")");
        if (!gateway.uncounted().isEmpty()) {
            return new Part(name, "not counted", Optional.empty(), gateway.uncounted());
        }
        Part priced = scaled(gateway, part(name, new Wanted(meters.gateway(gateway.sku()), "", HOUR), Optional.of(gateway.region()), BigDecimal.valueOf(HOURS), HOURS + " h"));
        return gateway.remark().isEmpty() ? priced : new Part(name, priced.formula() + "; " + gateway.remark(), priced.amount(), priced.unknown());
    }

    /** @param one its price, or that of one of its units */
    private Part scaled(Gateway gateway, Part one) {
        if (one.amount().isEmpty() || !gateway.sku().toLowerCase(Locale.ROOT).endsWith("scale")) {
            return one;
        }
        String each = one.amount().get().toPlainString() + " " + currency + " each";
        return gateway.units().map(units -> units.least() == units.most() ? new Part(one.name(), units.least() + " units * " + one.formula(), one.amount().map(BigDecimal.valueOf(units.least())::multiply), "")
                        : new Part(one.name(), "units * " + one.formula(), Optional.empty(), "it scales by itself from " + units.least() + " to " + units.most() + " units, " + each))
                .orElseGet(() -> new Part(one.name(), "units * " + one.formula(), Optional.empty(), "how many units it has is not told; " + each));
    }

    /** A price that is looked for. @param sku counts where the meter's prices are told apart by size; empty text: never. @param unit what it must be for */
    private record Wanted(String meter, String sku, String unit) { }

    private Part part(String name, Wanted wanted, Optional<String> zone, BigDecimal quantity, String shown) {
        String meter = wanted.meter();
        if (zone.isEmpty()) {
            return new Part(name, shown + " * price of '" + meter + "'", Optional.empty(), "the zone was not told (--zone)");
        }
        List<Item> named = items.stream().filter(each -> each.meter().equalsIgnoreCase(meter) && each.holdsIn(zone.get())).sorted(Comparator.comparing(Item::from)).toList();
        List<Item> sized = named.stream().filter(each -> each.sku().equalsIgnoreCase(wanted.sku())).toList();
        List<Item> prices = wanted.sku().isEmpty() ? named : sized.isEmpty() ? named.stream().filter(each -> !SIZE.matcher(each.sku()).find()).toList() : sized;
        String shape = shown + " * price of '" + meter + "'" + (zone.get().isEmpty() ? "" : " in " + zone.get());
        if (prices.isEmpty() && !named.isEmpty()) {
            return new Part(name, shape, Optional.empty(), "the price snapshot of " + date + " has it for '" + String.join("', '", named.stream().map(Item::sku).distinct().limit(MOST_SIMILAR).toList())
                    + "', wanted for '" + wanted.sku() + "'");
        }
        if (prices.isEmpty()) {
            return new Part(name, shape, Optional.empty(), "the price snapshot of " + date + " has no such price" + instead(meter, zone.get()));
        }
        Optional<Item> strange = prices.stream().filter(each -> !each.isFor(wanted.unit())).findFirst();
        if (strange.isPresent()) {
            return new Part(name, shape, Optional.empty(), "the price snapshot of " + date + " has it for '" + strange.get().unit() + "', wanted for 1 " + wanted.unit());
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

    /** What the snapshot has in place of a price: the same in other places, or names that share most of their words. */
    private String instead(String meter, String place) {
        Set<String> places = new TreeSet<>();
        items.stream().filter(each -> each.meter().equalsIgnoreCase(meter)).forEach(each -> places.add(each.zone().isEmpty() ? each.region() : each.zone()));
        if (!places.isEmpty()) {
            return place.isEmpty() ? "; where it is was not told" : "; it has one for " + places.stream().limit(MOST_SIMILAR).collect(Collectors.joining(", ")) + (places.size() > MOST_SIMILAR ? ", ..." : "");
        }
        Set<String> words = words(meter);
        List<String> similar = items.stream().map(Item::meter).distinct().filter(each -> shared(words, each) * 2 > words.size())
                .sorted(Comparator.<String>comparingLong(each -> -shared(words, each)).thenComparing(Comparator.naturalOrder())).limit(MOST_SIMILAR).toList();
        return similar.isEmpty() ? "" : "; it has '" + String.join("', '", similar) + "': if one of these is meant, say so under meters in the file";
    }

    private static long shared(Set<String> words, String meter) {
        return words(meter).stream().filter(words::contains).count();
    }

    private static Set<String> words(String meter) {
        return Set.copyOf(List.of(meter.toLowerCase(Locale.ROOT).split("\\W+")).stream().distinct().toList());
    }
}
