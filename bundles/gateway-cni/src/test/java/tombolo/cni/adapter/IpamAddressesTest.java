package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Datastore;
import tombolo.api.ipam.Ipam;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.cni.core.AddressSource.Ask;
import tombolo.cni.core.AddressSource.Outcome;
import tombolo.datastore.adapter.EmbeddedStore;
import tombolo.ipam.adapter.Allocator;
import tombolo.ipam.core.Cluster;

/** Addresses from the real allocator on a real embedded store. */
class IpamAddressesTest {
    @TempDir
    Path folder;
    private EmbeddedStore files;
    private Allocator allocator;
    private IpamAddresses addresses;

    @BeforeEach
    void open() {
        List<Datastore> opened = new ArrayList<>();
        files = EmbeddedStore.of(folder, opened::add, opened::clear);
        files.open();
        Cluster cluster = new Cluster(List.of(pool("four", "10.65.0.0/30", 30), pool("six", "2001:db8::/122", 122)), Cluster.EMPTY.reservations(), Cluster.EMPTY.configuration(), Map.of(),
                Map.of(), false, true);
        allocator = Allocator.open(opened.getFirst(), () -> cluster, (_, _) -> true, Clock.systemUTC());
        addresses = new IpamAddresses(ipam(allocator));
    }

    @AfterEach
    void close() {
        allocator.close();
        files.close();
    }

    /** What the allocator has of the service's methods, under their names. */
    private static Ipam ipam(Allocator allocator) {
        return (Ipam) Proxy.newProxyInstance(Ipam.class.getClassLoader(), new Class<?>[] {Ipam.class}, (_, method, arguments) -> {
            try {
                return Allocator.class.getMethod(method.getName(), method.getParameterTypes()).invoke(allocator, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
    }

    private static Cluster.Pool pool(String name, String cidr, int blockSize) {
        return new Cluster.Pool(name, new IpPool(Prefix.parse(cidr), IpPool.Encapsulation.NEVER, IpPool.Encapsulation.NEVER, false, false, false, blockSize, "all()", Optional.empty(),
                Set.of(IpPool.Use.WORKLOAD), IpPool.AssignmentMode.AUTOMATIC));
    }

    private static Ask ask(String handle, boolean ipv4, boolean ipv6, IpAddress... fixed) {
        return new Ask(handle, Map.of("node", "node-1"), Optional.empty(), ipv4, ipv6, List.of(), List.of(), List.of(fixed));
    }

    @Test
    void oneOfEachFamilyAndTheSameOnesWhenAskedAgain() {
        Outcome.Assigned first = assertInstanceOf(Outcome.Assigned.class, addresses.assign(ask("net.c1", true, true)));
        assertEquals(List.of(32, 128), first.addresses().stream().map(address -> address.prefixLength()).toList());
        assertEquals(first, addresses.assign(ask("net.c1", true, true)));
        assertEquals(Optional.empty(), addresses.release("net.c1"));
        assertEquals(List.of(), allocator.addressesOf("net.c1"));
        assertEquals(Optional.empty(), addresses.release("net.c1"), "nothing held is done as well");
    }

    @Test
    void whereOneFamilyIsUsedUpNothingOfTheOtherIsKept() {
        for (int i = 0; i < 4; i++) {
            assertInstanceOf(Outcome.Assigned.class, addresses.assign(ask("net.x" + i, true, false)));
        }
        Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, addresses.assign(ask("net.c1", true, true)));
        assertTrue(!refused.later() && !refused.reason().isEmpty(), refused.toString());
        assertEquals(List.of(), allocator.addressesOf("net.c1"));
    }

    @Test
    void aFixedAddressIsGivenOnceAndOneThatIsInNoPoolNot() {
        IpAddress fixed = IpAddress.parse("10.65.0.2");
        assertEquals(fixed, assertInstanceOf(Outcome.Assigned.class, addresses.assign(ask("net.c1", true, false, fixed))).addresses().getFirst().address());
        assertInstanceOf(Outcome.Refused.class, addresses.assign(ask("net.c2", true, false, fixed)));
        assertInstanceOf(Outcome.Refused.class, addresses.assign(ask("net.c3", true, false, IpAddress.parse("10.99.0.1"))));
    }
}
