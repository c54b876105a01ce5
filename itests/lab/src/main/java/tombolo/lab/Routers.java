package tombolo.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tombolo.harness.Bird;
import tombolo.harness.Frr;
import tombolo.harness.HarnessException;

/** The routers around the gateway: their configuration is in the resources beside this class. */
final class Routers {
    /** IPv4 networks of the on-premises side, the host's own included: within the 4,000 that a circuit takes. */
    static final int ONPREM_V4 = 3_000;
    /** IPv6 networks of the on-premises side, the host's own included: within the 100 that a circuit takes. */
    static final int ONPREM_V6 = 50;

    /** Networks beside those, that are not there until asked for. */
    static final int VISITORS = 8;

    private Routers() { }

    static String visitor(int number) {
        return "10.99." + number + ".0/24";
    }

    static boolean isVisitor(String prefix) {
        return prefix.startsWith("10.99.");
    }

    static Bird onprem() {
        StringBuilder v4 = new StringBuilder();
        for (int i = 0; i < ONPREM_V4 - 1; i++) {
            v4.append("  route 10.").append(16 + i / 256).append('.').append(i % 256).append(".0/24 unreachable;\n");
        }
        StringBuilder v6 = new StringBuilder();
        for (int i = 1; i < ONPREM_V6; i++) {
            v6.append("  route fd00:1:0:").append(Integer.toHexString(i)).append("::/64 unreachable;\n");
        }
        StringBuilder visitors = new StringBuilder();
        for (int i = 0; i < VISITORS; i++) {
            visitors.append("protocol static visitor").append(i).append(" { disabled; ipv4; route ").append(visitor(i)).append(" unreachable; }\n");
        }
        String text = fill("onprem.bird.conf", Map.of("V4ROUTES", v4.toString(), "V6ROUTES", v6.toString(),
            "VISITORS", visitors.toString(), "V4COUNT", Integer.toString(ONPREM_V4 - 1), "V6COUNT", Integer.toString(ONPREM_V6 - 1)));
        return Bird.start(Topology.ONPREM, text);
    }

    static Bird vnet() {
        return Bird.start(Topology.VNET, fill("vnet.bird.conf", Map.of()));
    }

    static Frr edgeA(String key) {
        return Frr.start(Topology.MSEE_A, fill("msee.frr.conf", Map.of("KEY", key, "CUSTOMER4", "192.168.100", "CUSTOMER6", "fd00:100",
            "VNET4", "10.100.255.2", "VNET6", "fd00:64:0:ff::2")));
    }

    static Frr edgeB(String key) {
        return Frr.start(Topology.MSEE_B, fill("msee.frr.conf", Map.of("KEY", key, "CUSTOMER4", "192.168.101", "CUSTOMER6", "fd00:101",
            "VNET4", "10.100.255.6", "VNET6", "fd00:64:0:ff::6")));
    }

    static Bird standIn(String key) {
        return Bird.start(Topology.GATEWAY, fill("standin.bird.conf", Map.of("KEY", key)));
    }

    private static String fill(String resource, Map<String, String> values) {
        String text = resource(resource);
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace('@' + value.getKey() + '@', value.getValue());
        }
        return text;
    }

    static String resource(String resource) {
        try (InputStream in = Routers.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new HarnessException("the resource " + resource + " is missing from the laboratory's jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException problem) {
            throw new HarnessException("cannot read " + resource, problem);
        }
    }
}
