package tombolo.azure.expressroute.adapter;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.ExpressRoute.Consent;

/** A node over an Azure and a datastore of the test's own, with a clock that moves when somebody waits. */
abstract class NodeRig {
    static final Path PRICES = Path.of("..", "..", "etc", "tombolo.expressroute.prices.json");
    static final Consent ALL = new Consent(true, "");
    static final String CIRCUIT = "/resourceGroups/rg-er/providers/Microsoft.Network/expressRouteCircuits/er-1";
    static final String GATEWAY = "/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworkGateways/gw-hub";

    final FakeArm arm = new FakeArm();
    final FakeStore store = new FakeStore();
    final List<String> said = new ArrayList<>();
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);

    final ExpressRouteNode node(String name, Operations.Pause pause, CircuitSettings... circuits) {
        ExpressRouteNode node = new ExpressRouteNode(PRICES, now::get, pause);
        Map<String, CircuitSettings> wanted = new HashMap<>();
        for (CircuitSettings circuit : circuits) {
            wanted.put(circuit.name(), circuit);
        }
        node.settings(name, wanted);
        node.armSlot().set(arm); // without a call of resumeLater: tests resume when they want
        node.storeSlot().set(store);
        return node;
    }
}
