package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.api.overlay.Overlays;
import tombolo.runtime.json.JsonText;

class OverlayViewsTest {
    private static final OverlayTunnel TUNNEL = new OverlayTunnel(OverlayTunnel.Kind.VXLAN, "vxlan.calico", 4096, 4789, IpAddress.parse("192.0.2.1"), 1450,
            Optional.of(MacAddress.parse("66:00:00:00:00:01")), Optional.of(IpAddress.parse("10.65.0.0")),
            Map.of("b", new OverlayTunnel.Peer(IpAddress.parse("192.0.2.2"), IpAddress.parse("10.65.1.0"), Optional.of(MacAddress.parse("66:00:00:00:00:02")))));

    private static Services services(Overlays.Status status) {
        Overlays overlays = new Overlays() {
            @Override
            public OptionalInt endpointMtu() {
                return OptionalInt.empty();
            }

            @Override
            public boolean isPlanned() {
                return true;
            }

            @Override
            public Status status() {
                return status;
            }
        };
        return new Services() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Optional<T> find(Class<T> service) {
                return service == Overlays.class ? (Optional<T>) Optional.of(overlays) : Optional.empty();
            }
        };
    }

    private static Overlays.Status status(List<String> differences, Optional<String> refusal) {
        return new Overlays.Status(true, List.of(new Overlays.Device(TUNNEL, differences, refusal)),
                List.of(new Overlays.Reach("b", Optional.of("vxlan.calico"), IpAddress.parse("192.0.2.2"), List.of(Prefix.parse("10.65.1.0/26"))),
                        new Overlays.Reach("c", Optional.empty(), IpAddress.parse("192.0.2.3"), List.of(Prefix.parse("10.65.2.0/26")))), List.of("TMB-OVL-005 node d has none"));
    }

    private static String text(Overlays.Status status) {
        return OverlayViews.list(services(status)).text().apply(Screen.PLAIN);
    }

    @Test
    void devicesPeersAndWhatDiffersAreShown() {
        String text = text(status(List.of("neighbour 10.65.1.0 is not there"), Optional.empty()));
        assertTrue(text.contains("vxlan.calico  vxlan  4096  4789  192.0.2.1  10.65.0.0"), text);
        assertTrue(text.contains("1 differ"), text);
        assertTrue(text.contains("  neighbour 10.65.1.0 is not there"), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("b +vxlan.calico +192.0.2.2 +10.65.1.0 +66:00:00:00:00:02 +1 +10.65.1.0/26 *")), text);
        assertTrue(text.lines().anyMatch(line -> line.matches("c +plain +192.0.2.3 +- +- +1 +10.65.2.0/26 *")), text);
        assertTrue(text.contains("TMB-OVL-005"), text);
    }

    @Test
    void aRefusalIsShownInPlaceOfDifferences() {
        String text = text(status(List.of("interface vxlan.calico is not there"), Optional.of("TMB-OVL-012 this kernel has no VXLAN")));
        assertTrue(text.contains("refused") && text.contains("TMB-OVL-012") && !text.contains("is not there"), text);
    }

    @Test
    void withoutEncapsulatedPoolsThatIsSaid() {
        assertEquals("No pool is encapsulated: there are no tunnels.\n", text(new Overlays.Status(true, List.of(), List.of(), List.of())));
    }

    @Test
    void jsonHasEveryPeerWithItsWay() {
        String json = JsonText.line(OverlayViews.list(services(status(List.of(), Optional.empty()))).json());
        assertTrue(json.contains("{\"node\":\"b\",\"device\":\"vxlan.calico\",\"underlay\":\"192.0.2.2\",\"tunnelAddress\":\"10.65.1.0\",\"mac\":\"66:00:00:00:00:02\",\"blocks\":[\"10.65.1.0/26\"]}"), json);
        assertTrue(json.contains("{\"node\":\"c\",\"device\":null"), json);
    }

    @Test
    void theMissingBundleIsNamed() {
        Services none = new Services() {
            @Override
            public <T> Optional<T> find(Class<T> service) {
                return Optional.empty();
            }
        };
        assertTrue(assertThrows(Failure.class, () -> OverlayViews.list(none)).getMessage().contains("gateway-dataplane"));
    }
}
