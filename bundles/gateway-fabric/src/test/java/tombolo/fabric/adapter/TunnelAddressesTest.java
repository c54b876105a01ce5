package tombolo.fabric.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Node;
import tombolo.fabric.core.TunnelKind;

class TunnelAddressesTest {
    private static final List<Prefix> FIRST = List.of(Prefix.parse("10.65.0.0/16"));
    private static final List<Prefix> SECOND = List.of(Prefix.parse("10.66.0.0/16"));
    private final FewAddresses ipam = new FewAddresses();
    private final TunnelAddresses addresses = new TunnelAddresses(ipam);

    private static Optional<Node> saying(String vxlan) {
        return Optional.of(new Node(Optional.empty(), Optional.of(IpAddress.parse(vxlan)), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(),
                Optional.empty(), List.of(), List.of(), Optional.empty(), Optional.empty(), List.of()));
    }

    private Optional<IpAddress> vxlan(TunnelAddresses by, List<Prefix> pools, Optional<Node> stored) {
        return by.settle("n", pools.isEmpty() ? Map.of() : Map.of(TunnelKind.VXLAN, pools), stored).get(TunnelKind.VXLAN);
    }

    @Test
    void anAddressIsTakenUnderCalicosHandleAndKept() {
        assertEquals(Optional.of(IpAddress.parse("10.65.0.0")), vxlan(addresses, FIRST, Optional.empty()));
        assertEquals(Optional.of("vxlan-tunnel-addr-n"), ipam.asked.getFirst().handle());
        assertEquals(Map.of("node", "n", "type", "vxlanTunnelAddress"), ipam.asked.getFirst().attributes());
        assertEquals(IpPool.Use.TUNNEL, ipam.asked.getFirst().use());
        int calls = ipam.calls;
        assertEquals(Optional.of(IpAddress.parse("10.65.0.0")), vxlan(addresses, FIRST, saying("10.65.0.0")));
        assertEquals(Optional.of(IpAddress.parse("10.65.0.0")), vxlan(new TunnelAddresses(ipam), FIRST, saying("10.65.0.0")), "after a restart it is still held");
        assertEquals(1, ipam.held.size());
        assertEquals(calls + 3, ipam.calls, "one look for each of the three kinds after the restart, none before");
    }

    @Test
    void aResourceThatSaysWhatIsNotHeldIsCorrected() {
        assertEquals(Optional.of(IpAddress.parse("10.65.0.0")), vxlan(addresses, FIRST, saying("10.65.9.9")));
    }

    @Test
    void anAddressOfAPoolThatIsEncapsulatedNoMoreIsGivenBackForOneOfAnother() {
        vxlan(addresses, FIRST, Optional.empty());
        assertEquals(Optional.of(IpAddress.parse("10.66.0.0")), vxlan(addresses, SECOND, saying("10.65.0.0")));
        assertEquals(List.of(IpAddress.parse("10.66.0.0")), ipam.held.stream().map(one -> one.address()).toList());
        assertEquals(Optional.empty(), vxlan(addresses, List.of(), saying("10.66.0.0")));
        assertEquals(List.of(), ipam.held);
    }

    @Test
    void withNothingLeftTheResourceStaysAsItIs() {
        ipam.empty = true;
        assertEquals(false, addresses.settle("n", Map.of(TunnelKind.VXLAN, FIRST), Optional.empty()).containsKey(TunnelKind.VXLAN));
    }
}
