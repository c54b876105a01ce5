package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
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
import tombolo.api.datastore.DatastoreException;
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
    /** So many more wishes are met, and then the store is away. */
    private int wishes = Integer.MAX_VALUE;

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
    private Ipam ipam(Allocator allocator) {
        return (Ipam) Proxy.newProxyInstance(Ipam.class.getClassLoader(), new Class<?>[] {Ipam.class}, (_, method, arguments) -> {
            if (wishes == 0) {
                throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.NO, "the datastore cannot be reached");
            }
            wishes -= method.getName().endsWith("ssign") ? 1 : 0;
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

    private static final IpAddress ONE = IpAddress.parse("10.65.0.1");
    private static final IpAddress TWO = IpAddress.parse("10.65.0.2");
    private static final IpAddress SIX = IpAddress.parse("2001:db8::6");

    private List<IpAddress> heldBy(String handle) {
        return allocator.addressesOf(handle).stream().map(held -> held.address()).toList();
    }

    private List<IpAddress> assigned(Ask ask) {
        return assertInstanceOf(Outcome.Assigned.class, addresses.assign(ask)).addresses().stream().map(address -> address.address()).toList();
    }

    /** "Refused" says that nothing is held. */
    @Test
    void aStoreThatGoesAwayBetweenTwoFixedAddressesIsNoRefusalSinceOneOfThemIsHeld() {
        wishes = 1;
        assertThrows(DatastoreException.class, () -> addresses.assign(ask("net.c1", true, true, TWO, SIX)));
        assertEquals(List.of(TWO), heldBy("net.c1"));
        assertTrue(assertInstanceOf(Outcome.Refused.class, addresses.assign(ask("net.c2", true, false, ONE))).later(), "nothing of it is held");
    }

    @Test
    void askedAgainForFixedAddressesItGivesThoseThatAreMissingAndNeverFewer() {
        assertEquals(List.of(TWO), assigned(ask("net.c1", true, false, TWO)));
        assertEquals(List.of(SIX, TWO), assigned(ask("net.c1", true, true, SIX, TWO)));
        wishes = 1;
        assertEquals(List.of(SIX, TWO), assigned(ask("net.c1", true, true, SIX, TWO)));
        assertEquals(1, wishes, "the answer that got lost, without another wish");
    }

    @Test
    void askedAgainForBothFamiliesOfWhichOneIsHeldItGivesTheOther() {
        List<IpAddress> first = assigned(ask("net.c1", true, false));
        List<IpAddress> both = assigned(ask("net.c1", true, true));
        assertEquals(List.of(32, 128), both.stream().map(address -> address.family().bits()).toList());
        assertEquals(first.getFirst(), both.getFirst());
        assertEquals(both, assigned(ask("net.c1", true, true)));
    }

    @Test
    void whatIsHeldAndNotAmongTheFixedAddressesIsRefusedAndStays() {
        assertEquals(List.of(ONE), assigned(ask("net.c1", true, false, ONE)));
        Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, addresses.assign(ask("net.c1", true, false, TWO)));
        assertEquals(new Outcome.Refused("net.c1 holds 10.65.0.1, and 10.65.0.2 is asked for: DEL comes first", false), refused);
        assertEquals(List.of(ONE), heldBy("net.c1"));
    }

    @Test
    void whereAFixedAddressIsTakenTheOthersGoBackAndWhatWasHeldBeforeStays() {
        assertEquals(List.of(TWO), assigned(ask("net.x", true, false, TWO)));
        assertInstanceOf(Outcome.Refused.class, addresses.assign(ask("net.c1", true, true, SIX, TWO)));
        assertEquals(List.of(), heldBy("net.c1"));
        assertEquals(List.of(ONE), assigned(ask("net.c1", true, false, ONE)));
        assertInstanceOf(Outcome.Refused.class, addresses.assign(ask("net.c1", true, true, ONE, SIX, TWO)));
        assertEquals(List.of(ONE), heldBy("net.c1"));
    }

    /** A fault of the store's is answered "try again later", and whoever asked gives back by handle. */
    @Test
    void whatCannotBeGivenBackIsAFaultOfTheStore() {
        for (int i = 0; i < 4; i++) {
            assigned(ask("net.x" + i, true, false));
        }
        wishes = 1;
        assertThrows(DatastoreException.class, () -> addresses.assign(ask("net.c1", true, true)));
        assertEquals(1, heldBy("net.c1").size());
    }
}
