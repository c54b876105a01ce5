package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;

class CostReportTest {
    private static final Prices PRICES = Prices.read(Prices.snapshot(LocalDate.of(2026, 11, 22), "test", Optional.empty(), List.of(item("Standard Metered Data 500 Mbps Circuit", "Zone 1", 300, "1/Month"),
            item("Standard Metered Data 1 Gbps Circuit", "Zone 1", 500, "1/Month"), item("ErGw1AZ Gateway", "westeurope", 1, "1 Hour"))));
    private static final Prices.Gateway HUB = new Prices.Gateway("rg-hub/gw-hub", "ErGw1AZ", "westeurope", Optional.empty(), "", "");

    private static Json.Obj item(String meter, String place, long price, String unit) {
        return Json.Obj.EMPTY.with("meterName", meter).with("location", place).with("armRegionName", place).with("retailPrice", Json.Num.of(price)).with("unitOfMeasure", unit).with("type", "Consumption")
                .with("currencyCode", "USD");
    }

    private static Report report(Map<String, CircuitSettings> files, Map<String, CostReport.Look> looks) {
        CostReport costs = new CostReport(PRICES, Optional.of("Zone 1"), Optional.empty());
        costs.files(files, looks);
        return costs.report();
    }

    private static CostReport.Look look(int bandwidth, Map<String, Prices.Gateway> gateways) {
        return new CostReport.Look(Optional.of(Circuits.seen(Circuits.arm("er-1", "Standard", "MeteredData", bandwidth, "Provisioned"))), "", gateways, List.of("rg-er"));
    }

    private static List<String> bills(Report report) {
        return ((Json.Arr) report.json()).items().stream().map(Json.Obj.class::cast).map(each -> each.text("circuit").orElseThrow() + " " + each.text("basis").orElseThrow() + " "
                + ((Json.Num) each.get("known").orElseThrow()).literal()).toList();
    }

    @Test
    void whatAzureHasIsPricedAndWhatTheFileWantsInsteadBesideIt() {
        Map<String, CircuitSettings> files = Map.of("er-1", Circuits.wanted("er-1")); // which wants 1 Gbit/s
        assertEquals(List.of("er-1 azure 500"), bills(report(files, Map.of("er-1", look(1_000, Map.of())))));
        Report both = report(files, Map.of("er-1", look(500, Map.of("/g", HUB))));
        assertEquals(List.of("er-1 azure 1030", "er-1 file 1230"), bills(both));
        String text = both.blocks().toString();
        assertTrue(text.contains("as Azure has it: Standard metered, 500 Mbit/s") && text.contains("as its file wants it instead (er:plan er-1): Standard metered, 1 Gbit/s"), text);
        assertTrue(text.contains("known of these resource groups alone: rg-er"), text);
    }

    /** It has no provider's bandwidth, and er:plan would change nothing of it. */
    @Test
    void aCircuitOnAPortOfExpressRouteDirectHasOneBill() {
        Json.Obj circuit = Circuits.arm("er-1", "Premium", "UnlimitedData", 0, "Provisioned");
        Json.Obj direct = circuit.with("properties", circuit.object("properties").orElseThrow().without("serviceProviderProperties").with("bandwidthInGbps", 5).with("expressRoutePort", Json.Obj.of("id", new Json.Text("/p"))));
        assertEquals(List.of("er-1 azure 0"), bills(report(Map.of("er-1", Circuits.wanted("er-1")), Map.of("er-1", new CostReport.Look(Optional.of(Circuits.seen(direct)), "", Map.of(), List.of())))));
    }

    @Test
    void aCircuitThatIsNotThereOrCannotBeSeenIsPricedAsItsFileWantsItAndSaysSo() {
        Map<String, CircuitSettings> files = Map.of("er-1", Circuits.wanted("er-1"));
        Report ordered = report(files, Map.of("er-1", new CostReport.Look(Optional.empty(), "", Map.of(), List.of())));
        assertEquals(List.of("er-1 file 500"), bills(ordered));
        assertTrue(ordered.blocks().toString().contains("Azure has no such circuit"), ordered.blocks().toString());
        Report unseen = report(files, Map.of("er-1", new CostReport.Look(Optional.empty(), "azure-arm is not running", Map.of(), List.of())));
        assertTrue(unseen.blocks().toString().contains("what Azure has is not known: azure-arm is not running"), unseen.blocks().toString());
    }

    /** Billing ends with the deletion, and not with the wish. */
    @Test
    void aCircuitThatIsToGoCostsUntilItIsGone() {
        Map<String, CircuitSettings> files = Map.of("er-1", Circuits.with(Circuits.wanted("er-1"), State.ABSENT, List.of(), 0));
        Report there = report(files, Map.of("er-1", look(500, Map.of())));
        assertEquals(List.of("er-1 azure 300"), bills(there));
        assertTrue(there.blocks().toString().contains("billed until it is deleted"), there.blocks().toString());
        assertEquals(List.of(), bills(report(files, Map.of("er-1", new CostReport.Look(Optional.empty(), "", Map.of(), List.of())))));
    }

    /** A gateway is paid by itself, linked or not. */
    @Test
    void gatewaysOfACircuitThatIsGoneAreBilledOn() {
        Map<String, CircuitSettings> files = Map.of("er-1", Circuits.with(Circuits.wanted("er-1"), State.ABSENT, List.of(), 0));
        Report gone = report(files, Map.of("er-1", new CostReport.Look(Optional.empty(), "", Map.of("/g", HUB), List.of())));
        assertEquals(List.of("er-1 azure 730"), bills(gone));
        String text = gone.blocks().toString();
        assertTrue(text.contains("gateways that the file names are billed on") && text.contains("gateway rg-hub/gw-hub (ErGw1AZ)") && text.contains("Azure has it no more") && !text.contains("outbound data"), text);
        String unseen = report(files, Map.of("er-1", new CostReport.Look(Optional.empty(), "azure-arm is not running", Map.of("/g", Prices.Gateway.uncounted("rg-hub/gw-hub", "what Azure has is not known")), List.of())))
                .blocks().toString();
        assertTrue(unseen.contains("gateway rg-hub/gw-hub") && unseen.contains("what Azure has is not known") && unseen.contains("Azure was not asked: azure-arm is not running"), unseen);
    }

    @Test
    void aGatewayOfTwoCircuitsIsSaidToBePaidOnceAndACircuitInNoFileIsPricedToo() {
        Map<String, CircuitSettings> files = new LinkedHashMap<>();
        Map<String, CostReport.Look> looks = new LinkedHashMap<>();
        for (String name : List.of("er-1", "er-2")) {
            files.put(name, Circuits.wanted(name));
            looks.put(name, look(1_000, Map.of("/g", HUB)));
        }
        CostReport costs = new CostReport(PRICES, Optional.of("Zone 1"), Optional.empty());
        costs.files(files, looks);
        costs.other("main/rg-x/er-9", Circuits.seen(Circuits.arm("er-9", "Standard", "MeteredData", 500, "Provisioned")));
        assertEquals(List.of("er-1 azure 1230", "er-2 azure 1230", "main/rg-x/er-9 azure 300"), bills(costs.report()));
        String text = costs.report().blocks().toString();
        assertTrue(text.contains("also under er-2, and paid once") && text.contains("also under er-1, and paid once") && text.contains("main/rg-x/er-9, in no file"), text);
    }
}
