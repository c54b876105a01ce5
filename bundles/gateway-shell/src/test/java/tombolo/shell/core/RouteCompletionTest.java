package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.net.Prefix;
import tombolo.api.route.KernelRoutes;

class RouteCompletionTest {
    private static Fakes holding(String... prefixes) {
        return new Fakes().holding(Stream.of(prefixes).map(Prefix::parse).toList());
    }

    @Test
    void whatWasTypedIsTheBeginningOfTheText() {
        Fakes fakes = holding("10.0.0.0/8", "10.1.0.0/16", "10.16.0.0/12", "10.2.0.0/16", "fd00:1::/48", "fd00:2::/48");
        assertEquals(List.of("10.1.0.0/16", "10.16.0.0/12"), RouteCompletion.prefixes(fakes, "10.1"));
        assertEquals(List.of("10.1.0.0/16"), RouteCompletion.prefixes(fakes, "10.1.0.0/"));
        assertEquals(List.of("10.16.0.0/12"), RouteCompletion.prefixes(fakes, "10.16.0."));
        assertEquals(List.of("fd00:1::/48", "fd00:2::/48"), RouteCompletion.prefixes(fakes, "fd00:"));
        assertEquals(List.of("fd00:2::/48"), RouteCompletion.prefixes(fakes, "fd00:2::"));
        assertEquals(6, RouteCompletion.prefixes(fakes, "").size());
        assertEquals(List.of(), RouteCompletion.prefixes(fakes, "nonsense"));
        assertEquals(List.of(), RouteCompletion.prefixes(fakes, "10.999.1"));
    }

    @Test
    void aLongTableIsLookedIntoByTheOctetsThatTheLastDigitsMayBecome() {
        List<Prefix> many = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            many.add(Prefix.parse("10." + i / 256 + "." + i % 256 + ".0/24"));
        }
        many.add(Prefix.parse("10.199.7.0/24"));
        Fakes fakes = new Fakes().holding(many);
        // Far behind the first thousand within 10.0.0.0/8.
        assertEquals(List.of("10.199.7.0/24"), RouteCompletion.prefixes(fakes, "10.199"));
        assertTrue(RouteCompletion.prefixes(fakes, "10.").size() <= 200);
        fakes.calls.clear();
        RouteCompletion.prefixes(fakes, "10.1");
        assertTrue(fakes.calls.size() <= 120, fakes.calls.size() + " questions");
    }

    @Test
    void anAddressIsOneOfARouteOfBgpOrOfTheKernel() {
        Fakes fakes = holding("10.2.0.0/16", "0.0.0.0/0");
        assertEquals(List.of("10.1.0.0", "10.2.0.0"), RouteCompletion.addresses(fakes, "10."));
        assertEquals(List.of("10.1.0.0", "10.2.0.0"), RouteCompletion.addresses(fakes, ""));
    }

    @Test
    void whereABundleIsMissingThereIsNothingToCompleteAndNoError() {
        Fakes none = new Fakes().without(BgpRoutes.class).without(KernelRoutes.class);
        assertEquals(List.of(), RouteCompletion.prefixes(none, "10."));
        assertEquals(List.of(), RouteCompletion.addresses(none, "10."));
    }

    @Test
    void theRangeIsThatOfTheWholeOctetsOrGroups() {
        assertEquals(Optional.of(Prefix.parse("10.0.0.0/8")), RouteCompletion.within("10.1"));
        assertEquals(Optional.of(Prefix.parse("10.1.2.0/24")), RouteCompletion.within("10.1.2.0/2"));
        assertEquals(Optional.of(Prefix.parse("fd00::/16")), RouteCompletion.within("fd00:1"));
        assertEquals(Optional.of(Prefix.parse("fd00:1::/32")), RouteCompletion.within("fd00:1::5"));
        assertEquals(Optional.empty(), RouteCompletion.within("10"));
        assertEquals(Optional.empty(), RouteCompletion.within("x.y"));
    }
}
