package tombolo.bgp.session.core;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;

/** Plans and OPEN messages for tests: we are AS 65001, router id 10.0.0.5; the peer is AS 65002 and 10.0.0.9, unless said otherwise. */
final class Plans {
    static final PeerPlan EBGP = plan(65001, false, List.of(AddressFamily.IPV4));

    private Plans() { }

    static PeerPlan plan(long localAs, boolean passive, List<AddressFamily> families) {
        return new PeerPlan("p", IpAddress.parse("192.0.2.2"), 179, Optional.empty(), Optional.empty(), new Asn(localAs), new Asn(65002), RouterId.parse("10.0.0.5"),
                Optional.empty(), passive, 90, Optional.empty(), 30, Optional.empty(), Optional.empty(), families, true, true, 120, 0);
    }

    static PeerPlan delayed(boolean passive) {
        return new PeerPlan("p", IpAddress.parse("192.0.2.2"), 179, Optional.empty(), Optional.empty(), new Asn(65001), new Asn(65002), RouterId.parse("10.0.0.5"),
                Optional.empty(), passive, 90, Optional.empty(), 30, Optional.empty(), Optional.empty(), List.of(AddressFamily.IPV4), true, true, 120, 7);
    }

    static PeerPlan passive() {
        return plan(65001, true, List.of(AddressFamily.IPV4));
    }

    static OpenMessage open(int holdTime, String id, Capability... capabilities) {
        return new OpenMessage(4, 65002, holdTime, id.equals("0.0.0.0") ? 0 : RouterId.parse(id).bits(), List.of(capabilities));
    }

    static OpenMessage open() {
        return open(180, "10.0.0.9", new Capability.Multiprotocol(1, 1), new Capability.FourOctetAs(65002));
    }

    static OpenMessage gracefulOpen(boolean nBit) {
        return open(180, "10.0.0.9", new Capability.Multiprotocol(1, 1),
                new Capability.GracefulRestart(false, nBit, 120, List.of(new Capability.GracefulRestart.Family(1, 1, true))));
    }
}
