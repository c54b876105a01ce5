package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.azure.RetailPrices;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;

/** How the prices in etc/ are replaced. */
class PriceSnapshotTest {
    private static final RetailPrices PRICES = _ -> List.of(Json.Obj.EMPTY.with("type", "Consumption").with("meterName", "a meter").with("retailPrice", Json.Num.of(1)).with("currencyCode", "USD"));

    @TempDir
    private Path etc;

    private void refresh() {
        new PriceSnapshot(etc.resolve("prices.json"), () -> Instant.EPOCH).refresh(PRICES, _ -> { });
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(etc)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theSnapshotIsReplacedAndNothingElseIsLeft() throws IOException {
        refresh();
        refresh();
        assertEquals(List.of("prices.json"), files());
        assertTrue(Files.readString(etc.resolve("prices.json")).contains("a meter"));
    }

    /** People say what the list calls things; the list does not. */
    @Test
    void whatTheFileSaysOfMetersStaysAndADamagedFileIsReplaced() throws IOException {
        Files.writeString(etc.resolve("prices.json"), "{\"meters\": {\"circuit\": \"{tier} Port {bandwidth}\"}}");
        refresh();
        refresh();
        assertTrue(Files.readString(etc.resolve("prices.json")).contains("{tier} Port {bandwidth}"));
        Files.writeString(etc.resolve("prices.json"), "{{");
        refresh();
        assertTrue(Files.readString(etc.resolve("prices.json")).contains("a meter"));
    }

    /** A snapshot that was written and cannot be read would send whoever asks for a price in a circle. */
    @Test
    void metersThatCannotBeMeantAreRefusedByNameBeforeAnythingIsWritten() throws IOException {
        for (String wrong : List.of("{\"port\": \"x\"}", "{\"circuit\": \"{zone} Circuit\"}", "[]")) {
            String before = "{\"meters\": " + wrong + "}";
            Files.writeString(etc.resolve("prices.json"), before);
            String refused = assertThrows(ExpressRouteException.class, this::refresh).getMessage();
            assertTrue(refused.startsWith("TMB-ER-254") && refused.contains("meters"), refused);
            assertEquals(before, Files.readString(etc.resolve("prices.json")));
            String read = assertThrows(ExpressRouteException.class, () -> new PriceSnapshot(etc.resolve("prices.json"), () -> Instant.EPOCH).now()).getMessage();
            assertTrue(read.startsWith("TMB-ER-250") && read.contains("meters") && !read.contains("--refresh"), read);
        }
    }

    /** What another refresh, or somebody, has put beside it is not written over. */
    @Test
    void whatHasAnotherRefreshsNameIsNotInItsWay() throws IOException {
        Files.createDirectory(etc.resolve("prices.json.new"));
        refresh();
        assertEquals(List.of("prices.json", "prices.json.new"), files());
    }

    @Test
    void aRefreshThatFailsLeavesNothing() throws IOException {
        Files.createDirectories(etc.resolve("prices.json/full")); // no file can take its place
        ExpressRouteException failed = assertThrows(ExpressRouteException.class, this::refresh);
        assertTrue(failed.getMessage().startsWith("TMB-ER-252"), failed.getMessage());
        assertEquals(List.of("prices.json"), files());
    }
}
