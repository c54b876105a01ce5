package tombolo.azure.cni.osgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.CniSettings;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.Settings;

/** When another mode is taken for the Azure CNI's tunnel. */
class ModeComponentsTest {
    private final BridgeModeComponent bridge = new BridgeModeComponent();
    private final TransparentModeComponent transparent = new TransparentModeComponent();

    private static Settings settings(AzureCniSettings azure) {
        return new Settings(new NodeSettings("n", 254, 20, 10, false, List.of()), new BgpSettings(Optional.empty(), Optional.empty(), List.of(), 179, 1, 1, false, false, true, 100, 120, 120,
                Optional.empty(), 8_000_000), Map.of(), Map.of(), Map.of(), Map.of(), DatastoreSettings.DEFAULT, CniSettings.OFF, azure);
    }

    private static AzureCniSettings stated(Mode mode) {
        AzureCniSettings d = AzureCniSettings.DEFAULT;
        return new AzureCniSettings(mode, d.source(), d.wireserverUrl(), d.imdsUrl(), d.interfacesFile(), d.cnsUrl(), d.refreshInterval(), d.requestTimeout(), List.of(), d.bridge(), Optional.empty());
    }

    private void standFor(Set<String> ofBridge, Set<String> ofTransparent) {
        assertEquals(ofBridge, bridge.standsFor());
        assertEquals(ofTransparent, transparent.standsFor());
    }

    /** A VNET's fabric could be there, and what it forbids between two containers of one machine would pass. */
    @Test
    void untilTheFileSaysThatTheMachineIsAtASiteNothingStandsForATunnel() {
        standFor(Set.of(), Set.of());
        for (AzureCniSettings azure : List.of(AzureCniSettings.DEFAULT, stated(Mode.IN_AZURE))) {
            bridge.settingsChanged(settings(azure));
            transparent.settingsChanged(settings(azure));
            standFor(Set.of(), Set.of());
        }
        bridge.settingsChanged(settings(stated(Mode.EDGE_PREFIX)));
        transparent.settingsChanged(settings(stated(Mode.EDGE_PREFIX)));
        standFor(Set.of("tunnel"), Set.of("transparent-tunnel"));
    }
}
