package tombolo.azure.arm.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.azure.ArmRequest.Method;
import tombolo.api.json.Json;
import tombolo.azure.arm.core.Cloud.Url;

/** The rules, each by itself. */
class RulesTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Cloud PUBLIC = new Cloud("public", "https://management.azure.com", "https://login.microsoftonline.com", "https://management.azure.com");

    private static Reply reply(int status, String... headers) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], headers[i + 1]);
        }
        return new Reply(status, map, new Reply.Body.None());
    }

    // ---- whose URL it is ----

    @ParameterizedTest
    @ValueSource(strings = {"https://management.azure.com/x?y=%2F", "https://MANAGEMENT.azure.com:443/x", "HTTPS://management.azure.com"})
    void theCloudsOwnHostIsItsOwnHoweverItIsSpelledAndTheTextStaysAsItIs(String url) {
        assertEquals(new Url.Own(url), PUBLIC.own(url));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://management.azure.com/x", "https://management.azure.com.evil.net/x", "https://evil.net/management.azure.com", "https://management.azure.com:8443/x",
            "https://azure.com/x", "https://management.azure.com@evil.net/x", "//management.azure.com/x", "/subscriptions/x", "https:///x", "https://management.azure.com/#x", "", "x y"})
    void everyOtherUrlIsNot(String url) {
        Url judged = PUBLIC.own(url);
        assertTrue(!(judged instanceof Url.Own), judged.toString());
    }

    // ---- times ----

    @ParameterizedTest
    @CsvSource({"10, 10", "0, 0", "99999, 600", "'Sat, 21 Nov 2026 12:00:30 GMT', 30", "'Sat, 21 Nov 2026 11:00:00 GMT', 0"})
    void retryAfterIsSecondsOrADateAndBounded(String header, long seconds) {
        assertEquals(Optional.of(Duration.ofSeconds(seconds)), Times.retryAfter(reply(429, "Retry-After", header), NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", "", "1.5", "99999999999999999999"})
    void aRetryAfterThatIsNeitherIsAsIfThereWereNone(String header) {
        assertEquals(Optional.empty(), Times.retryAfter(reply(429, "Retry-After", header), NOW));
    }

    @Test
    void theSkewIsBetweenTheMiddleOfTheExchangeAndTheMiddleOfTheSecond() {
        Reply dated = reply(200, "Date", "Sat, 21 Nov 2026 12:05:00 GMT");
        assertEquals(Optional.of(Duration.ofMillis(299_500)), Times.skew(dated, NOW, NOW.plusSeconds(2)));
        assertTrue(Times.isSkewed(Duration.ofMinutes(-2)));
        assertTrue(!Times.isSkewed(Duration.ofSeconds(119)));
    }

    // ---- retries ----

    @Test
    void waitsGrowAndSpreadAndEnd() {
        Outcome lost = new Outcome.Failed("TMB-ARM-052", "x", true, false);
        Duration before = Duration.ZERO;
        for (int attempt = 1; attempt < Retries.MOST_ATTEMPTS; attempt++) {
            Duration least = Retries.after(Method.GET, lost, attempt, 0, NOW).orElseThrow();
            Duration most = Retries.after(Method.GET, lost, attempt, 1, NOW).orElseThrow();
            assertTrue(least.compareTo(before) > 0 && most.compareTo(least) > 0, attempt + ": " + least + " to " + most);
            before = least;
        }
        assertEquals(Optional.empty(), Retries.after(Method.GET, lost, Retries.MOST_ATTEMPTS, 0, NOW));
        assertEquals(Optional.empty(), Retries.after(Method.PUT, lost, 1, 0, NOW), "it may have been done");
        assertTrue(Retries.after(Method.POST, new Outcome.Failed("TMB-ARM-052", "x", false, false), 1, 0, NOW).isPresent(), "never sent");
    }

    // ---- the account ----

    @Test
    void inAnySpanNoMoreIsTakenThanThereWasAndCame() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Budget budget = new Budget(50, 0);
        long now = 0;
        long taken = 0;
        for (int i = 0; i < 20_000; i++) {
            now += random.nextInt(100) * 1_000_000L;
            taken += budget.take(Budget.Kind.READS, now) == 0 ? 1 : 0;
            assertTrue(taken <= 125 + 12.5 * now / 1e9 + 1, seed + " at " + now);
        }
        assertTrue(taken > 1_000);
    }

    @Test
    void fiftyCircuitsThatArePolledEveryMinuteNeedLessThanATenthOfTheAccount() {
        Budget tenth = new Budget(10, 0);
        for (long second = 0; second < 3_600; second++) {
            for (int circuit = 0; circuit < 50; circuit++) {
                if (second % 60 == circuit) {
                    assertEquals(0, tenth.take(Budget.Kind.READS, TimeUnit.SECONDS.toNanos(second)));
                }
            }
        }
    }

    @Test
    void writesStayUnderTheNetworkProvidersOwnLimitToo() {
        Budget budget = new Budget(100, 0);
        int taken = 0;
        for (long tenth = 0; tenth < 3_000; tenth++) {
            for (int i = 0; i < 2; i++) {
                taken += budget.take(Budget.Kind.WRITES, tenth * 100_000_000L) == 0 ? 1 : 0;
            }
        }
        assertTrue(taken <= 2_000, taken + " in 5 minutes: 1,000 at once and 1,000 that came");
        assertTrue(taken > 1_800, taken + " of those that are allowed");
    }

    @Test
    void aPauseHoldsForItsKindAlone() {
        Budget budget = new Budget(100, 0);
        budget.pause(Budget.Kind.READS, Duration.ofSeconds(5), 0);
        budget.pause(Budget.Kind.READS, Duration.ofSeconds(2), 0);
        assertEquals(5_000_000_000L, budget.take(Budget.Kind.READS, 0));
        assertEquals(0, budget.take(Budget.Kind.WRITES, 0));
        assertEquals(0, budget.take(Budget.Kind.READS, 5_000_000_000L));
        budget.heard(Budget.Kind.READS, reply(200, "x-ms-ratelimit-remaining-subscription-reads", "11", "X-Ms-Ratelimit-Remaining-Tenant-Reads", "7"), 5_000_000_000L);
        assertEquals(7, budget.standing(Budget.Kind.READS, 5_000_000_000L).left());
    }

    // ---- tokens ----

    @ParameterizedTest
    @CsvSource({"3599, , 3299", "86399, , 43199", "300, , 150", "3599, 1000, 1000", "3599, 9999, 3299"})
    void aTokenIsExchangedAheadOfItsEnd(long life, Long refreshIn, long refresh) {
        Json.Obj body = Json.Obj.of("access_token", new Json.Text("a.b.c")).with("expires_in", life);
        Token token = Token.of(refreshIn == null ? body : body.with("refresh_in", refreshIn), NOW, 0).orElseThrow();
        assertEquals(refresh, TimeUnit.NANOSECONDS.toSeconds(token.refreshNanos()));
        assertEquals(life - 30, TimeUnit.NANOSECONDS.toSeconds(token.expiresNanos()));
        assertEquals(NOW.plusSeconds(life), token.until());
        assertTrue(!token.toString().contains("a.b.c"));
    }

    @Test
    void aTokenWithAnEndAloneIsTakenByTheWallClock() {
        Token token = Token.of(Json.Obj.of("access_token", new Json.Text("t")).with("expires_on", Long.toString(NOW.getEpochSecond() + 3_600)), NOW, 0).orElseThrow();
        assertEquals(3_570, TimeUnit.NANOSECONDS.toSeconds(token.expiresNanos()));
    }

    // ---- names ----

    @ParameterizedTest
    @CsvSource({"/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/expressRouteCircuits/er-1/peerings/AzurePrivatePeering?x=1, expressRouteCircuits/er-1/peerings/AzurePrivatePeering",
            "/subscriptions/s/providers/Microsoft.Network/expressRouteCircuits, expressRouteCircuits", "/subscriptions/s, subscriptions/s",
            "/subscriptions/s/providers/Microsoft.Network, providers/Microsoft.Network"})
    void aRequestIsNamedByWhatPeopleKnow(String path, String words) {
        assertEquals("GET " + words, Asked.what(Method.GET, path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic realm=/t/a.key", "basic realm=\"/t/a.key\"", " Basic  realm=/t/a.key "})
    void theAgentsChallengeIsReadAsItIsSpelled(String header) {
        assertEquals("/t/a.key", assertInstanceOf(ArcChallenge.Read.Good.class, ArcChallenge.read(Optional.of(header), "/t")).path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer realm=/t/a.key", "Basic realm=/t/../a.key", "Basic realm=/t//a.key", "Basic realm=/tt/a.key", "Basic realm=a.key", "Basic realm=/t/.key", "Basic realm=/t/a.key.pem",
            "Basic realm=/t/a\u0000.key", ""})
    void anotherChallengeIsNot(String header) {
        assertInstanceOf(ArcChallenge.Read.Refused.class, ArcChallenge.read(Optional.of(header), "/t"));
    }
}
