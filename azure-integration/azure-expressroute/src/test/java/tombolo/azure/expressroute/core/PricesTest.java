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
    private static final CircuitSettings CIRCUIT = Circuits.with(Circuits.wanted("er-1"), CircuitSettings.Tier.STANDARD, CircuitSettings.Plan.METERED, 50);

    private static Json.Obj item(String meter, String place, String price, long from, String type) {
        return Json.Obj.EMPTY.with("meterName", meter).with("productName", "ExpressRoute").with("location", place).with("armRegionName", place).with("retailPrice", new Json.Num(price))
                .with("tierMinimumUnits", from).with("unitOfMeasure", "1 GB").with("type", type).with("currencyCode", "USD");
    }

    private static Prices prices(Json.Obj... items) {
        return Prices.read(Prices.snapshot(DAY, "test", List.of(items)));
    }

    private static Prices.Part part(Prices prices, String name, long gigabytes) {
        return prices.monthly(CIRCUIT, Optional.of("Zone 1"), Optional.of(gigabytes), List.of(new Prices.Gateway("ErGw1AZ", "westeurope"), new Prices.Gateway("ErGw2AZ", ""))).stream()
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
        assertAmount("182.5", part(prices, "gateway ErGw1AZ", 1));
        assertEquals(Optional.empty(), part(prices, "gateway ErGw2AZ", 1).amount(), "no region was told");
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
}
