package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tombolo.api.azure.AzureAccess;
import tombolo.api.azure.AzureSubscription;
import tombolo.runtime.json.JsonText;

class AzureViewsTest {
    private static final Instant NOW = Instant.ofEpochMilli(Fakes.NOW);
    private static final AzureSubscription HUB = new AzureSubscription("hub", "aaaaaaaa-0000-0000-0000-000000000001", "public");

    private record Fixed(List<Standing> standings, List<Step> steps) implements AzureAccess {
        @Override
        public Check check(String subscription) {
            return new Check(HUB, steps);
        }
    }

    private static AzureAccess.Standing standing(Optional<String> trouble) {
        return new AzureAccess.Standing(HUB, "https://management.azure.com", "arc", trouble, Optional.of(NOW.plusSeconds(3_000)), Optional.of(Duration.ofSeconds(-400)),
                List.of(new AzureAccess.Budget("reads", 120, 125, OptionalLong.of(249), Optional.empty()),
                        new AzureAccess.Budget("writes", 0, 100, OptionalLong.empty(), Optional.of(NOW.plusSeconds(9)))), 17, 2,
                List.of(new AzureAccess.Operation("PUT expressRouteCircuits/er-1", NOW.minusSeconds(65), "InProgress", NOW.minusSeconds(5))));
    }

    private static Services services(AzureAccess.Step... steps) {
        return new Fakes().with(AzureAccess.class, new Fixed(List.of(standing(Optional.of("TMB-ARM-052 nobody\nthere"))), List.of(steps)));
    }

    @Test
    void theStatusShowsWhatIsLeftAndWhatGoesOn() {
        Document document = AzureViews.status(services(), Fakes.NOW);
        String text = document.text().apply(Screen.PLAIN);
        for (String word : List.of("hub", "00:50:00", "400 s ahead", "120 of 125", "0 of 100, paused", "in trouble", "TMB-ARM-052 nobody?there", "PUT expressRouteCircuits/er-1", "00:00:05 ago")) {
            assertTrue(text.contains(word), word + " in\n" + text);
        }
        String json = JsonText.line(document.json());
        for (String word : List.of("\"clockSkewSeconds\":-400", "\"remainingByArm\":249", "\"remainingByArm\":null", "\"throttled\":2", "\"status\":\"InProgress\"")) {
            assertTrue(json.contains(word), word + " in " + json);
        }
    }

    @Test
    void subscriptionsAreListedAndNoneIsSaid() {
        assertTrue(AzureViews.subscriptions(services()).text().apply(Screen.PLAIN).contains("aaaaaaaa-0000-0000-0000-000000000001"));
        Services none = new Fakes().with(AzureAccess.class, new Fixed(List.of(), List.of()));
        assertTrue(AzureViews.subscriptions(none).text().apply(Screen.PLAIN).contains("etc/tombolo.azure.subscription-NAME.cfg"));
        assertTrue(AzureViews.status(none, Fakes.NOW).text().apply(Screen.PLAIN).contains("No subscription is configured"));
        assertEquals("[]", JsonText.line(AzureViews.status(none, Fakes.NOW).json()));
    }

    @Test
    void aCheckThatIsNotGoodShowsItsStepsAndFailsWithTheFirstReason() {
        AzureAccess.Step token = new AzureAccess.Step("token", true, "until then", Duration.ofMillis(12));
        AzureAccess.Step read = new AzureAccess.Step("subscription", false, "TMB-ARM-031 it is not there", Duration.ofMillis(34));
        assertEquals(Optional.empty(), AzureViews.check(services(token), "hub").failure());
        Document document = AzureViews.check(services(token, read), "hub");
        assertEquals(Optional.of("TMB-ARM-031 it is not there"), document.failure());
        String text = document.text().apply(Screen.PLAIN);
        assertTrue(text.contains("until then") && text.contains("NOT GOOD") && text.contains("34 ms"), text);
        assertTrue(JsonText.line(document.json()).contains("\"good\":false"));
    }

    @Test
    void withoutTheBundleTheCommandSaysWhichIsMissing() {
        assertTrue(assertThrows(Failure.class, () -> AzureViews.status(new Fakes(), Fakes.NOW)).getMessage().contains("azure-arm"));
    }
}
