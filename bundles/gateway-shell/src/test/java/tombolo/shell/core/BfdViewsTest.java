package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdListener;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdRequest;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.net.IpAddress;
import tombolo.runtime.json.JsonText;

class BfdViewsTest {
    private static final long NOW = 1_700_000_000_000L;

    private static BfdStatus status(String remote, boolean multihop, BfdState state, String detail) {
        return new BfdStatus(new BfdPath(IpAddress.parse(remote), Optional.empty(), multihop ? Optional.empty() : Optional.of("er100"), multihop), List.of("bgp peer edge"), state,
                BfdState.UP, NOW - 65_000, "0 none", "0 none", 0x80000001, 7, 300_000, 300_500, 900_000, 3, 4, Optional.of(BfdAuthentication.Kind.METICULOUS_SHA1), 10, 11, 2, 1, detail,
                false, false);
    }

    private static Services services(List<BfdStatus> sessions, String trouble) {
        Bfd bfd = new Bfd() {
            @Override
            public Hold hold(BfdRequest request, BfdListener listener) {
                return () -> { };
            }

            @Override
            public List<BfdStatus> sessions() {
                return sessions;
            }

            @Override
            public Health health() {
                return new Health(sessions.size(), true, 12_300, 4_000, 5, trouble);
            }
        };
        return new Services() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Optional<T> find(Class<T> service) {
                return service == Bfd.class ? (Optional<T>) Optional.of(bfd) : Optional.empty();
            }
        };
    }

    @Test
    void theTableSaysToWhomSinceWhenAndHowFast() {
        Document document = BfdViews.list(services(List.of(status("192.0.2.2", false, BfdState.UP, ""), status("2001:db8::2", true, BfdState.DOWN, "nothing has come")), ""), NOW);
        String text = document.text().apply(Screen.PLAIN);
        assertTrue(text.lines().anyMatch(line -> line.strip().matches("192.0.2.2 +- +er100 +Up +00:01:05 +300 +300.5 +900 +1 +bgp peer edge")), text);
        assertTrue(text.contains("multihop") && text.contains("nothing has come"), text);
        assertTrue(JsonText.pretty(document.json()).contains("\"localDiscriminator\": 2147483649"), JsonText.pretty(document.json()));
    }

    @Test
    void oneIsShownByItsAddressOrByTheNameOfItsPeer() {
        Services services = services(List.of(status("192.0.2.2", false, BfdState.UP, "")), "");
        String text = BfdViews.show(services, "192.0.2.2", NOW).text().apply(Screen.PLAIN);
        assertEquals(text, BfdViews.show(services, "edge", NOW).text().apply(Screen.PLAIN));
        assertTrue(text.contains("single hop (RFC 5881) by er100") && text.contains("meticulous-sha1") && text.contains("0x80000001 here"), text);
        assertTrue(text.contains("4 ms at most in the last minute, 12.3 ms since start"), text);
        assertEquals("TMB-SHL-031", assertThrows(Failure.class, () -> BfdViews.show(services, "192.0.2.3", NOW)).code());
        assertEquals(List.of("192.0.2.2"), BfdViews.remotes(services));
    }

    @Test
    void withoutASessionOrWithAnothersPortItIsSaid() {
        assertTrue(BfdViews.list(services(List.of(), "TMB-BFD-010 taken"), NOW).text().apply(Screen.PLAIN).contains("bfd = on in its file.\n\nTMB-BFD-010 taken"));
    }
}
