package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.api.nat.PortCondition;
import tombolo.api.nat.PortMapping;
import tombolo.api.nat.PortMapping.Protocol;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

class NatViewsTest {
    private static final EndpointId WEB = new EndpointId("web", "eth0");

    private static Services services(Optional<Nat> nat) {
        return new Services() {
            @Override
            @SuppressWarnings("unchecked")
            public <T> Optional<T> find(Class<T> service) {
                return service == Nat.class ? (Optional<T>) nat : Optional.empty();
            }
        };
    }

    private record Fixed(View view) implements Nat {
        @Override
        public Outcome all(Map<EndpointId, Exposed> all) {
            return new Outcome.Done();
        }

        @Override
        public Outcome map(EndpointId id, Exposed exposed) {
            return new Outcome.Done();
        }

        @Override
        public Outcome unmap(EndpointId id) {
            return new Outcome.Done();
        }

        @Override
        public Outcome sources(Set<SourceTranslation> all) {
            return new Outcome.Done();
        }
    }

    private static Services some() {
        Exposed exposed = new Exposed(List.of(new PortMapping(8080, 80, Protocol.TCP, Optional.empty()), new PortMapping(53, 5353, Protocol.UDP, Optional.of(IpAddress.parse("192.0.2.1")))),
                List.of(new InterfaceAddress(IpAddress.parse("10.65.0.1"), 32)), true);
        return services(Optional.of(new Fixed(new Nat.View(new TreeMap<>(Map.of(WEB, exposed, new EndpointId("other", "eth0"),
                new Exposed(List.of(new PortMapping(9090, 90, Protocol.SCTP, Optional.empty())), List.of(), false))), List.of(Prefix.parse("10.65.0.0/16")),
                List.of(Prefix.parse("10.65.0.0/16"), Prefix.parse("10.66.0.0/16")), true, List.of(new SourceTranslation(Prefix.parse("10.241.0.0/24"), IpAddress.parse("168.63.129.16"), Protocol.UDP, 53,
                IpAddress.parse("10.241.0.4")))))));
    }

    @Test
    void portsAndPoolsAreListed() {
        String text = NatViews.list(some(), Optional.empty()).text().apply(Screen.PLAIN);
        assertTrue(text.contains("8080/tcp") && text.contains("53/udp") && text.contains("192.0.2.1") && text.contains("10.65.0.1") && text.contains("web/eth0"), text);
        assertTrue(text.lines().anyMatch(line -> line.contains("10.65.0.0/16") && line.contains("natOutgoing")), text);
        assertTrue(text.lines().anyMatch(line -> line.contains("10.66.0.0/16") && line.contains("its own")), text);
        assertTrue(text.lines().anyMatch(line -> line.contains("10.241.0.0/24") && line.contains("168.63.129.16 53/udp") && line.contains("10.241.0.4")), text);
    }

    @Test
    void whomAPortIsForIsShown() {
        Exposed exposed = new Exposed(List.of(new PortMapping(8080, 80, Protocol.TCP, Optional.empty())), List.of(new InterfaceAddress(IpAddress.parse("10.65.0.1"), 32)), true,
                List.of(new PortCondition.OfAddress(PortCondition.Side.SOURCE, true, Prefix.parse("192.0.2.0/24"))));
        String text = NatViews.list(services(Optional.of(new Fixed(new Nat.View(new TreeMap<>(Map.of(WEB, exposed)), List.of(), List.of(), true, List.of())))), Optional.empty()).text().apply(Screen.PLAIN);
        assertTrue(text.lines().anyMatch(line -> line.contains("8080/tcp") && line.contains("source not 192.0.2.0/24")), text);
        assertTrue(NatViews.list(some(), Optional.empty()).text().apply(Screen.PLAIN).lines().anyMatch(line -> line.contains("8080/tcp") && line.contains(" all ")));
    }

    @Test
    void oneEndpointsPortsAlone() {
        String text = NatViews.list(some(), Optional.of("web")).text().apply(Screen.PLAIN);
        assertTrue(text.contains("8080/tcp"), text);
        assertFalse(text.contains("9090") || text.contains("POOL") || text.contains("168.63.129.16"), text);
        assertEquals("8080/tcp to 80, 192.0.2.1:53/udp to 5353", NatViews.ports(some(), WEB));
        assertEquals("-", NatViews.ports(services(Optional.empty()), WEB));
    }

    @Test
    void whatIsNotRunningIsNamed() {
        assertTrue(String.valueOf(assertThrows(Failure.class, () -> NatViews.list(services(Optional.empty()), Optional.empty())).getMessage()).contains("gateway-dataplane"));
    }
}
