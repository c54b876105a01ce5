package tombolo.azure.expressroute.adapter;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Bfd;
import tombolo.api.config.CircuitSettings.Encapsulation;
import tombolo.api.config.CircuitSettings.Node;
import tombolo.api.config.CircuitSettings.Port;
import tombolo.api.config.CircuitSettings.Routes;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.net.Prefix;
import tombolo.api.subinterface.Subinterface;
import tombolo.azure.expressroute.core.Circuits;

/** Circuits with both links on this node. */
final class NodeCircuits {
    static final Node NODE = new Node(Encapsulation.VLAN, Subinterface.Protocol.DOT1AD, Optional.of(new Port("eth1", OptionalInt.empty(), Optional.empty())),
            Optional.of(new Port("eth2", OptionalInt.empty(), Optional.empty())), 1_500, OptionalInt.empty(), Optional.of(Bfd.DEFAULT),
            new Routes(List.of(new PrefixRange(Prefix.parse("10.64.0.0/12"), 12, 26)), List.of(), List.of()), Routes.NONE);

    private NodeCircuits() { }

    static CircuitSettings wanted(String name) {
        return Circuits.wanted(name).with(NODE);
    }
}
