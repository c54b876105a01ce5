package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.route.KernelRoutes;
import tombolo.runtime.json.JsonText;

class ViewsTest {
    private final Fakes fakes = new Fakes();

    private static String text(Document document) {
        return document.text().apply(Screen.PLAIN);
    }

    private static String code(org.junit.jupiter.api.function.Executable question) {
        return assertThrows(Failure.class, question).code();
    }

    private static RouteViews.Ask ask(Optional<String> prefix, Optional<String> received, Optional<String> advertised, int limit) {
        return new RouteViews.Ask(prefix, false, received, advertised, Optional.empty(), false, limit);
    }

    @Test
    void theSummaryShowsEachPeerWithItsStateCountsAndWhatHoldsItUp() {
        List<String> lines = text(BgpViews.summary(fakes, Fakes.NOW)).lines().toList();
        String up = lines.stream().filter(line -> line.startsWith("msee-a")).findFirst().orElseThrow();
        assertEquals(List.of("msee-a", "169.254.10.2", "12076", "Established", "01:02:05", "120", "100", "90", "7"), List.of(up.split(" +")));
        String down = lines.stream().filter(line -> line.startsWith("onprem")).findFirst().orElseThrow();
        assertTrue(down.contains("OpenSent") && down.contains("1d01h01m") && down.contains("waiting for the ?[31mOPEN") && down.contains("RFC 8212"), down);
    }

    @Test
    void theSummaryWorksWithoutTheRouteBundleAndSaysSo() {
        String text = text(BgpViews.summary(fakes.without(BgpRoutes.class), Fakes.NOW));
        assertTrue(text.contains("gateway-bgp is not running") && text.contains("Established"), text);
    }

    @Test
    void theJsonOfTheSummaryHasStableKeys() {
        String json = JsonText.pretty(BgpViews.summary(fakes, Fakes.NOW).json());
        for (String key : List.of("as", "routerId", "totals", "prefixes4", "strangersRefused", "peers", "name", "remoteAddress", "remoteAs", "state", "since",
                "seconds", "adminDown", "flaps",
                "families", "family", "received", "accepted", "best", "advertised", "endOfRib", "note")) {
            assertTrue(json.contains("\"" + key + "\": "), key);
        }
        assertTrue(json.contains("\"remoteAs\": 12076"), json);
    }

    @Test
    void aPeerIsShownWithItsResetsErrorsAndCounters() {
        String text = text(BgpViews.peer(fakes, "msee-a", Fakes.NOW));
        for (String part : List.of("hold timer expired", "sent 4/0 Hold Timer Expired", "ORIGIN/treat-as-withdraw", "TMB-BGP-101", "KEEPALIVE", "TCP MD5",
                "er100", "hold time 180 s")) {
            assertTrue(text.contains(part), part + " in\n" + text);
        }
        assertTrue(text(BgpViews.peer(fakes, "onprem", Fakes.NOW)).contains("next attempt in 12 s"));
        assertTrue(JsonText.pretty(BgpViews.peer(fakes, "msee-a", Fakes.NOW).json()).contains("\"resets\": ["));
    }

    @Test
    void anUnknownPeerIsAFailureThatNamesThoseThereAre() {
        Failure failure = assertThrows(Failure.class, () -> BgpViews.peer(fakes, "x", Fakes.NOW));
        assertEquals("TMB-SHL-002", failure.code());
        assertTrue(failure.getMessage().contains("msee-a, onprem"));
        assertEquals("TMB-SHL-002", code(() -> BgpActions.shutdown(fakes, "x", "")));
        assertEquals("TMB-SHL-002", code(() -> BgpActions.clear(fakes, "x", Optional.empty())));
        assertEquals("TMB-SHL-002", code(() -> RouteViews.routes(fakes, ask(Optional.empty(), Optional.of("x"), Optional.empty(), 10))));
    }

    @Test
    void aMissingServiceIsAFailureThatNamesTheBundle() {
        Failure failure = assertThrows(Failure.class, () -> BgpViews.summary(fakes.without(BgpSessions.class), Fakes.NOW));
        assertEquals("TMB-SHL-001", failure.code());
        assertTrue(failure.getMessage().contains("gateway-bgp-session is not running"), failure.getMessage());
        assertTrue(assertThrows(Failure.class, () -> RouteViews.kernel(fakes.without(KernelRoutes.class), Optional.empty(), true, 10)).getMessage()
                .contains("gateway-dataplane"));
        assertTrue(assertThrows(Failure.class, () -> RouteViews.explain(fakes.without(BgpRoutes.class), "10.0.0.0/8")).getMessage()
                .contains("gateway-bgp is not running"));
    }

    @Test
    void routesAreListedWithFlagsAndSayWhereThereAreMore() {
        String all = text(RouteViews.routes(fakes, ask(Optional.empty(), Optional.empty(), Optional.empty(), 10)));
        assertTrue(all.contains("\n>  ") && all.contains("\n>=  ") || all.contains("\n>=") && all.contains("\n> "), all);
        assertFalse(all.contains("more than"));
        String cut = text(RouteViews.routes(fakes, ask(Optional.empty(), Optional.empty(), Optional.empty(), 2)));
        assertTrue(cut.contains("more than 2") && !cut.contains("10.2.0.0/16"), cut);
        assertTrue(JsonText.pretty(RouteViews.routes(fakes, ask(Optional.empty(), Optional.empty(), Optional.empty(), 2)).json()).contains("\"more\": true"));
    }

    @Test
    void anAddressAsksForTheRouteThatHoldsItAndPeersForTheirTables() {
        RouteViews.routes(fakes, ask(Optional.of("10.1.2.3"), Optional.empty(), Optional.empty(), 10));
        RouteViews.routes(fakes, ask(Optional.empty(), Optional.of("onprem"), Optional.empty(), 10));
        RouteViews.routes(fakes, ask(Optional.empty(), Optional.empty(), Optional.of("msee-a"), 10));
        assertTrue(fakes.calls.get(0).contains("10.1.0.0/16") && fakes.calls.get(0).contains("LOC_RIB"), fakes.calls.get(0));
        assertTrue(fakes.calls.get(1).contains("RECEIVED") && fakes.calls.get(1).contains("onprem"), fakes.calls.get(1));
        assertTrue(fakes.calls.get(2).contains("ADVERTISED"), fakes.calls.get(2));
    }

    @Test
    void wrongArgumentsAreFailuresNotStackTraces() {
        assertEquals("TMB-SHL-003", code(() -> RouteViews.routes(fakes, ask(Optional.empty(), Optional.of("onprem"), Optional.of("onprem"), 10))));
        assertEquals("TMB-SHL-003", code(() -> RouteViews.routes(fakes, ask(Optional.empty(), Optional.empty(), Optional.empty(), 0))));
        assertEquals("TMB-SHL-003", code(() -> RouteViews.kernel(fakes, Optional.of("ipx"), true, 10)));
        assertEquals("TMB-SHL-003", code(() -> BgpActions.clear(fakes, "all", Optional.of("hard"))));
        assertEquals("TMB-SHL-003", code(() -> BgpActions.shutdown(fakes, "onprem", "é".repeat(128))));
        assertEquals("TMB-SHL-004", code(() -> RouteViews.explain(fakes, "10.0.0.1/8")));
        assertEquals("TMB-SHL-004", code(() -> RouteViews.explainKernel(fakes, "host")));
    }

    @Test
    void explainShowsEveryPathWithTheStepAtWhichItLostAndWhereTheBestGoes() {
        String text = text(RouteViews.explain(fakes, "10.1.2.3"));
        for (String part : List.of("10.1.0.0/16 (the longest that holds 10.1.2.3/32)", "installed", "lost at step 3", "learned from this peer")) {
            assertTrue(text.contains(part), part + " in\n" + text);
        }
        assertEquals("No BGP route holds ::1/128.\n", text(RouteViews.explain(fakes, "::1")));
        assertTrue(JsonText.pretty(RouteViews.explain(fakes, "10.1.0.0/16").json()).contains("\"step\": 3"));
    }

    @Test
    void kernelRoutesAreShownWithOwnerAndCounts() {
        String text = text(RouteViews.kernel(fakes, Optional.empty(), true, 10));
        assertTrue(text.contains("89 of 90 routes") && text.contains("3 groups shared by many routes") && text.contains("201 (tombolo)") && text.contains("network is unreachable"), text);
        assertTrue(text(RouteViews.explainKernel(fakes, "10.1.2.3")).contains("the longest prefix"));
    }

    @Test
    void clearingAllLeavesAloneWhatIsNotEstablishedAndSaysSo() {
        String text = text(BgpActions.clear(fakes, "all", Optional.of("both")));
        assertTrue(text.contains("msee-a: routes are exchanged again") && text.contains("onprem: not established"), text);
        assertEquals(List.of("refreshIn msee-a", "refreshOut msee-a", "refreshIn onprem"), fakes.calls);
        assertEquals("TMB-SHL-005", code(() -> BgpActions.clear(fakes, "onprem", Optional.of("in"))));
        fakes.calls.clear();
        BgpActions.clear(fakes, "msee-a", Optional.empty());
        assertEquals(List.of("reset msee-a"), fakes.calls);
    }

    @Test
    void statusNeverFailsAndNamesWhatIsNotRunning() {
        GatewayViews.Process process = new GatewayViews.Process(42, 65_000, 1 << 20, 1 << 28, 30, "25", List.of(new GatewayViews.BundleState("gateway-bgp",
                "0.1.0", "Resolved")));
        String text = text(GatewayViews.status(fakes.without(BgpRoutes.class).without(KernelRoutes.class), process));
        assertTrue(text.contains("1 of 2 peers established") && text.contains("Not answering: ") && text.contains(" gateway-bgp, ") && text.contains("gateway-config, gateway-dataplane") && text.contains("Resolved"),
                text);
    }
}
