package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;

/** An ADD of two addresses, between which the store goes away. */
class HalfHeldTest {
    private static final String FIRST = "10.65.0.1";
    private static final String BOTH = "IP=10.65.0.1,10.65.0.2";
    private static final String NETWORK = Rig.configuration("1.1.0", "");
    private static final String BRIDGE = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"bridge\",\"ipam\":{\"type\":\"calico-ipam\"}}";
    private static final EndpointId C1 = new EndpointId("c1", "eth0");
    @TempDir
    Path folder;
    private Rig rig;
    private Namespace container;
    private final Ipam ipam = ipam();
    private final Map<IpAddress, HeldAddress> held = new TreeMap<>();
    /** So many more addresses are given out, and then the store is away. */
    private int left;

    private Ipam ipam() {
        return (Ipam) Proxy.newProxyInstance(Ipam.class.getClassLoader(), new Class<?>[] {Ipam.class}, (_, method, arguments) -> {
            synchronized (held) {
                if (left == 0) {
                    throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.NO, "the datastore cannot be reached");
                }
                return switch (method.getName()) {
                    case "addressesOf" -> held.values().stream().filter(one -> one.handle().equals(Optional.of((String) arguments[0]))).toList();
                    case "assign" -> {
                        left--;
                        Assign wish = (Assign) arguments[0];
                        held.put(wish.address(), new HeldAddress(wish.address(), Prefix.parse("10.65.0.0/26"), wish.handle(), wish.attributes(), 1));
                        yield new AssignOutcome.Assigned(held.get(wish.address()));
                    }
                    case "releaseByHandle" -> {
                        held.values().removeIf(one -> one.handle().equals(Optional.of((String) arguments[0])));
                        yield new ReleaseOutcome.Released(List.of(), List.of());
                    }
                    default -> throw new UnsupportedOperationException(method.getName());
                };
            }
        });
    }

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(folder, 10);
        container = new Namespace();
        rig.node.addressesGone();
        Rig.eventually(() -> !rig.node.status().missing().isEmpty());
        rig.node.ipam(ipam);
        Rig.eventually(() -> rig.node.status().missing().isEmpty());
        left(1);
        Ended failed = add();
        assertEquals(CniError.TRY_AGAIN_LATER, failed.code(), failed.toString());
        assertEquals(FIRST, held());
    }

    @AfterEach
    void stop() {
        rig.close();
        container.close();
    }

    private void left(int more) {
        synchronized (held) {
            left = more;
        }
    }

    private String held() {
        synchronized (held) {
            return String.join(" ", held.keySet().stream().map(IpAddress::toString).toList());
        }
    }

    private Ended add() {
        return rig.call("tombolo", "ADD", "c1", container.path(), NETWORK, "CNI_ARGS", BOTH);
    }

    private Ended delete() {
        return rig.call("tombolo", "DEL", "c1", container.path(), NETWORK);
    }

    /** The service comes anew, with the store: whatever waits is tried again at once. */
    private void back() {
        left(10);
        rig.node.ipam(ipam);
    }

    @Test
    void whatIsHeldIsWrittenDownAndGoesBackWithTheStoreAlsoWithoutADel() {
        assertEquals(1, rig.node.status().releasing());
        back();
        Rig.eventually(() -> rig.node.status().releasing() == 0);
        assertEquals("", held());
    }

    @Test
    void neitherARetryNorADelWhileTheStoreIsAwayForgetsIt() {
        assertEquals(CniError.TRY_AGAIN_LATER, add().code());
        assertEquals(1, rig.node.status().releasing());
        assertEquals(0, delete().status());
        assertEquals(1, rig.node.status().releasing());
        back();
        Rig.eventually(() -> rig.node.status().releasing() == 0);
        assertEquals("", held());
    }

    @Test
    void aRetryWithTheStoreGivesBothAddresses() {
        left(10);
        Ended added = add();
        assertEquals(0, added.status(), added.toString());
        assertTrue(container.ip("addr show eth0").contains("10.65.0.1/32") && container.ip("addr show eth0").contains("10.65.0.2/32"), container.ip("addr show eth0"));
        assertEquals("10.65.0.1 10.65.0.2", held());
        assertEquals(0, delete().status());
        assertEquals("", held());
        assertFalse(rig.host.ip("link").contains("cali"));
    }

    @Test
    void anotherMainPluginsAddressesAreWrittenDownAndGoBackAsWell() {
        back();
        Rig.eventually(() -> rig.node.status().releasing() == 0);
        left(1);
        assertEquals(CniError.TRY_AGAIN_LATER, rig.call("calico-ipam", "ADD", "c1", container.path(), BRIDGE, "CNI_ARGS", BOTH).code());
        assertEquals(FIRST, held());
        assertEquals(1, rig.node.status().releasing());
        assertEquals(CniError.TRY_AGAIN_LATER, rig.call("calico-ipam", "ADD", "c1", container.path(), BRIDGE, "CNI_ARGS", BOTH).code(), "and so it stays");
        assertEquals(1, rig.node.status().releasing());
        assertEquals(0, rig.call("calico-ipam", "DEL", "c1", container.path(), BRIDGE).status());
        back();
        Rig.eventually(() -> rig.node.get(C1).isEmpty());
        assertEquals("", held());
    }
}
