package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.config.CircuitSettings;
import tombolo.api.json.Json;

class PricesTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 21);
    private static final Billed CIRCUIT = new Billed(CircuitSettings.Tier.STANDARD, CircuitSettings.Plan.METERED, 50, false, 0);

    private static Json.Obj item(String meter, String place, String price, long from, String type) {
        return Json.Obj.EMPTY.with("meterName", meter).with("productName", "ExpressRoute").with("location", place).with("armRegionName", place).with("retailPrice", new Json.Num(price))
                .with("tierMinimumUnits", from).with("unitOfMeasure", meter.endsWith("Circuit") ? "1/Month" : meter.endsWith("Out") ? "1 GB" : "1 Hour").with("type", type).with("currencyCode", "USD");
    }

    private static Prices prices(Json.Obj... items) {
        return Prices.read(Prices.snapshot(DAY, "test", Optional.empty(), List.of(items)));
    }

    private static Prices.Gateway gateway(String sku, String region, Optional<Prices.Units> units) {
        return new Prices.Gateway("rg-hub/gw-hub", sku, region, units, "", "");
    }

    private static Prices.Part part(Prices prices, String name, long gigabytes) {
        return part(prices, name, gigabytes, gateway("ErGw1AZ", "westeurope", Optional.empty()), gateway("ErGw2AZ", "", Optional.empty()));
    }

    private static Prices.Part part(Prices prices, String name, long gigabytes, Prices.Gateway... gateways) {
        return prices.monthly(CIRCUIT, Optional.of("Zone 1"), Optional.of(gigabytes), List.of(gateways)).stream()
                .filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    private static void assertAmount(String wanted, Prices.Part part) {
        assertEquals(0, new BigDecimal(wanted).compareTo(part.amount().orElseThrow()), part.toString());
    }

    @Test
    void eachTierIsPaidForWhatOfTheVolumeLiesInIt() {
        String out = "Metered Data - Data Transfer Out";
        Prices prices = prices(item(out, "Zone 1", "0.03", 100, "Consumption"), item(out, "Zone 1", "0", 0, "Consumption"), item(out, "Zone 1", "0.02", 1_000, "Consumption"), item(out, "Zone 2", "9", 0, "Consumption"));
        assertAmount("0", part(prices, "outbound data", 100));
        assertAmount("3", part(prices, "outbound data", 200));
        assertAmount("47", part(prices, "outbound data", 2_000));
        assertTrue(part(prices, "outbound data", 2_000).formula().contains("0.02 USD from 1000 on"), part(prices, "outbound data", 2_000).formula());
    }

    @Test
    void aGatewayIsPricedByItsRegionAndUnknownWithoutOne() {
        Prices prices = prices(item("ErGw1AZ Gateway", "westeurope", "0.25", 0, "Consumption"), item("ErGw1AZ Gateway", "eastus", "0.5", 0, "Consumption"), item("ErGw2AZ Gateway", "eastus", "0.5", 0, "Consumption"));
        assertAmount("182.5", part(prices, "gateway rg-hub/gw-hub (ErGw1AZ)", 1));
        assertEquals(Optional.empty(), part(prices, "gateway rg-hub/gw-hub (ErGw2AZ)", 1).amount(), "no region was told");
    }

    @Test
    void twoPricesOfOneNameAreNoPrice() {
        String circuit = "Standard Metered Data 50 Mbps Circuit";
        Prices prices = prices(item(circuit, "Zone 1", "55", 0, "Consumption"), item(circuit, "Zone 1", "55.00", 0, "Consumption"));
        assertAmount("55", part(prices, "circuit", 1));
        Prices several = prices(item(circuit, "Zone 1", "55", 0, "Consumption"), item(circuit, "Zone 1", "60", 0, "Consumption"));
        assertTrue(part(several, "circuit", 1).unknown().contains("several prices"), part(several, "circuit", 1).toString());
    }

    @Test
    void aSnapshotKeepsWhatIsPaidByUseAndIsNeverOfNothing() {
        Prices kept = prices(item("a", "Zone 1", "1", 0, "Consumption"), item("b", "Zone 1", "1", 0, "Reservation"));
        assertEquals(List.of("a"), kept.items().stream().map(Prices.Item::meter).toList());
        assertEquals(DAY, kept.date());
        assertThrows(IllegalArgumentException.class, PricesTest::prices);
        assertThrows(IllegalArgumentException.class, () -> prices(item("b", "", "1", 0, "Reservation")));
        assertThrows(IllegalArgumentException.class, () -> prices(item("a", "", "1", 0, "Consumption"), item("a", "", "1", 0, "Consumption").with("currencyCode", "EUR")));
    }

    /** ARM calls the older gateways HighPerformance and UltraPerformance, the price list otherwise; those that scale are paid by the unit. */
    @Test
    void aGatewayIsLookedForByThePriceListsNameOfItsSize() {
        Prices prices = prices(item("High Performance Gateway", "westeurope", "0.5", 0, "Consumption"), item("Ultra High Performance Gateway", "westeurope", "2", 0, "Consumption"),
                item("ErGwScale Unit", "westeurope", "0.5", 0, "Consumption"));
        assertAmount("365", part(prices, "gateway rg-hub/gw-hub (HighPerformance)", 1, gateway("HighPerformance", "westeurope", Optional.empty())));
        assertAmount("1460", part(prices, "gateway rg-hub/gw-hub (UltraPerformance)", 1, gateway("UltraPerformance", "westeurope", Optional.empty())));
        assertAmount("1095", part(prices, "gateway rg-hub/gw-hub (ErGwScale)", 1, gateway("ErGwScale", "westeurope", Optional.of(new Prices.Units(3, 3)))));
        Prices.Part scaling = part(prices, "gateway rg-hub/gw-hub (ErGwScale)", 1, gateway("ErGwScale", "westeurope", Optional.of(new Prices.Units(2, 5))));
        assertTrue(scaling.amount().isEmpty() && scaling.unknown().contains("from 2 to 5 units, 365.0 USD each"), scaling.toString());
        assertTrue(part(prices, "gateway rg-hub/gw-hub (ErGwScale)", 1, gateway("ErGwScale", "westeurope", Optional.empty())).unknown().contains("365.0 USD each"));
    }

    @Test
    void aGatewayThatIsNotCountedIsNamedWithTheReasonAndARemarkStandsBesideThePrice() {
        Prices prices = prices(item("ErGw1AZ Gateway", "westeurope", "0.25", 0, "Consumption"));
        Prices.Part uncounted = part(prices, "gateway rg-x/gw-x", 1, Prices.Gateway.uncounted("rg-x/gw-x", "it is another's"));
        assertEquals(new Prices.Part("gateway rg-x/gw-x", "not counted", Optional.empty(), "it is another's"), uncounted);
        Prices.Part remarked = part(prices, "gateway rg-hub/gw-hub (ErGw1AZ)", 1, gateway("ErGw1AZ", "westeurope", Optional.empty()).remarking("not linked yet").remarking("also under er-2"));
        assertAmount("182.5", remarked);
        assertTrue(remarked.formula().endsWith("; not linked yet; also under er-2"), remarked.toString());
    }

    /** The port's fee is for all circuits on it, and in no circuit's resource. */
    @Test
    void aCircuitOnAPortAndGlobalReachAreSaidToBeUnknown() {
        Prices prices = prices(item("Standard Metered Data 50 Mbps Circuit", "Zone 1", "55", 0, "Consumption"));
        List<Prices.Part> parts = prices.monthly(new Billed(CircuitSettings.Tier.STANDARD, CircuitSettings.Plan.METERED, 0, true, 2), Optional.of("Zone 1"), Optional.of(1L), List.of());
        assertEquals(List.of("circuit", "outbound data", "Global Reach"), parts.stream().filter(each -> each.amount().isEmpty()).map(Prices.Part::name).toList());
        assertTrue(parts.getFirst().unknown().contains("ExpressRoute Direct") && parts.getLast().unknown().startsWith("2 connections"), parts.toString());
    }

    /** The price list has a line of that name for each bandwidth. */
    @Test
    void outboundDataIsThatOfTheCircuitsBandwidthWhereThePricesDiffer() {
        String out = "Metered Data - Data Transfer Out";
        Prices prices = prices(item(out, "Zone 1", "0.02", 0, "Consumption").with("skuName", "50 Mbps Metered Data"), item(out, "Zone 1", "0.03", 0, "Consumption").with("skuName", "10 Gbps Metered Data"));
        assertAmount("2", part(prices, "outbound data", 100));
    }

    /** The price of another bandwidth is none, and one that names no bandwidth is for all. */
    @Test
    void thePriceOfAnotherBandwidthIsNotTaken() {
        String out = "Metered Data - Data Transfer Out";
        Json.Obj large = item(out, "Zone 1", "0.03", 0, "Consumption").with("skuName", "10 Gbps Metered Data");
        assertTrue(part(prices(large), "outbound data", 100).unknown().endsWith("has it for '10 Gbps Metered Data', wanted for '50 Mbps Metered Data'"), part(prices(large), "outbound data", 100).toString());
        assertAmount("2", part(prices(large, item(out, "Zone 1", "0.02", 0, "Consumption")), "outbound data", 100));
        assertAmount("2", part(prices(large, item(out, "Zone 1", "0.02", 0, "Consumption").with("skuName", "Metered Data")), "outbound data", 100));
    }

    @Test
    void aPriceThatIsForSomethingElseIsNotCounted() {
        Prices prices = prices(item("Standard Metered Data 50 Mbps Circuit", "Zone 1", "55", 0, "Consumption").with("unitOfMeasure", "1 Hour"),
                item("Metered Data - Data Transfer Out", "Zone 1", "2", 0, "Consumption").with("unitOfMeasure", "100 GB"));
        assertTrue(part(prices, "circuit", 1).unknown().endsWith("has it for '1 Hour', wanted for 1 month"), part(prices, "circuit", 1).toString());
        assertTrue(part(prices, "outbound data", 1).unknown().endsWith("has it for '100 GB', wanted for 1 GB"), part(prices, "outbound data", 1).toString());
    }

    @Test
    void whereTheListCallsItOtherwiseItsNamesAreShownAndTheFileCanSaySo() {
        Json.Obj circuit = item("Standard 50 Mbps Metered Circuit", "Zone 1", "55", 0, "Consumption");
        Prices unnamed = prices(circuit, item("something else", "Zone 1", "1", 0, "Consumption"));
        assertTrue(part(unnamed, "circuit", 1).unknown().contains("it has 'Standard 50 Mbps Metered Circuit'"), part(unnamed, "circuit", 1).toString());
        Json.Obj meters = Json.Obj.EMPTY.with("circuit", "{tier} {bandwidth} Metered Circuit").with("gateway.ErGw1AZ", "Gateway of size 1");
        Prices named = Prices.read(Prices.snapshot(DAY, "test", Optional.of(meters), List.of(circuit, item("Gateway of size 1", "westeurope", "0.1", 0, "Consumption"))));
        assertAmount("55", part(named, "circuit", 1));
        assertAmount("73", part(named, "gateway rg-hub/gw-hub (ErGw1AZ)", 1));
        Prices elsewhere = prices(item("Standard Metered Data 50 Mbps Circuit", "Zone 2", "60", 0, "Consumption"));
        assertTrue(part(elsewhere, "circuit", 1).unknown().endsWith("it has one for Zone 2"), part(elsewhere, "circuit", 1).toString());
    }

    @Test
    void aMeterThatCannotBeMeantIsNamed() {
        for (Json.Obj wrong : List.of(Json.Obj.EMPTY.with("port", "x"), Json.Obj.EMPTY.with("circuit", "{zone} Circuit"), Json.Obj.EMPTY.with("outbound", 1), Json.Obj.EMPTY.with("gateway.", "x"))) {
            Json.Obj file = Prices.snapshot(DAY, "test", Optional.of(wrong), List.of(item("a", "", "1", 0, "Consumption")));
            String said = assertThrows(IllegalArgumentException.class, () -> Prices.read(file)).getMessage();
            assertTrue(said.contains("meters"), said);
        }
    }

    @Test
    void aMeterThatIsNotItsRegionsPrimaryOneIsNotKept() {
        String circuit = "Standard Metered Data 50 Mbps Circuit";
        assertAmount("55", part(prices(item(circuit, "Zone 1", "55", 0, "Consumption"), item(circuit, "Zone 1", "70", 0, "Consumption").with("isPrimaryMeterRegion", false)), "circuit", 1));
    }
}
