package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeReaderTest {
    @Test
    void theKernelsListOfVlansIsRead() {
        assertEquals(Map.of("er-a.100", 100, "vlan7", 7), NodeReader.vlans(List.of("VLAN Dev name    | VLAN ID", "Name-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD", "er-a.100       | 100  | er-a", "vlan7          | 7  | eth0")));
    }

    @Test
    void thePathOfARouteIsItsNumbers() {
        assertEquals(List.of(65010L, 65001L, 65002L), NodeReader.path("65010 {65001,65002}"));
        assertEquals(List.of(), NodeReader.path(""));
    }
}
