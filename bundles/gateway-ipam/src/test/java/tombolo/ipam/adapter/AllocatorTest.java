package tombolo.ipam.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;
import tombolo.ipam.core.Keys;

class AllocatorTest {
    @TempDir
    Path directory;
    Stores stores;
    Allocator ipam;

    @BeforeEach
    void open() {
        stores = new Stores(directory);
        stores.pools(Stores.pool("default", "10.0.0.0/24", 26));
        ipam = stores.allocator();
    }

    @AfterEach
    void close() {
        ipam.close();
        stores.close();
    }

    private HeldAddress one(String node, String handle) {
        return assertInstanceOf(AutoAssignOutcome.Assigned.class, ipam.autoAssign(AutoAssign.ipv4(node, handle))).ipv4().getFirst();
    }

    @Test
    void anAddressIsStoredInCalicosLayoutAndFoundAndGivenBack() {
        HeldAddress held = one("a", "net.c1");
        assertEquals(1, stores.store().list(KeyPrefix.of("/calico/ipam/v2/assignment/ipv4/block/")).entries().size());
        Key affinity = Keys.affinity(tombolo.api.ipam.BlockOwner.host("a"), held.block());
        assertEquals("/calico/ipam/v2/host/a/ipv4/block/" + held.block().address() + "-26", affinity.text());
        assertEquals("{\"state\":\"confirmed\",\"deleted\":false}", stores.store().get(affinity).orElseThrow().value().asUtf8());
        assertEquals("{\"block\":{\"" + held.block() + "\":1},\"deleted\":false}", stores.store().get(Key.of("/calico/ipam/v2/handle/net.c1")).orElseThrow().value().asUtf8());
        assertEquals(List.of(held), ipam.addressesOf("net.c1"));
        assertEquals(held, ipam.holder(held.address()).orElseThrow());

        ReleaseOutcome.Released released = assertInstanceOf(ReleaseOutcome.Released.class, ipam.release(List.of(Release.of(held))));
        assertEquals(List.of(held.address()), released.released());
        assertTrue(stores.store().get(Key.of("/calico/ipam/v2/handle/net.c1")).isEmpty());
        assertTrue(ipam.holder(held.address()).isEmpty());
        assertEquals(List.of(held.address()), assertInstanceOf(ReleaseOutcome.Released.class, ipam.release(List.of(Release.of(held)))).notHeld());
        assertEquals(new ReleaseOutcome.Released(List.of(), List.of()), ipam.releaseByHandle("net.c1", OptionalLong.empty()));
    }

    @Test
    void addressesAreGivenOutInTheOrderOfTheirIdleness() {
        HeldAddress first = one("a", "h1");
        HeldAddress second = one("a", "h2");
        assertEquals(first.address().lo() + 1, second.address().lo());
        ipam.release(List.of(Release.of(first)));
        for (int i = 0; i < 62; i++) {
            assertEquals(second.address().lo() + 1 + i, one("a", "x" + i).address().lo());
        }
        assertEquals(first.address(), one("a", "h1").address(), "the one that was given back waits at the end");
    }

    @Test
    void whatWasStoredIsThereAfterARestart() {
        HeldAddress held = one("a", "h1");
        ipam.close();
        stores.close();
        stores = new Stores(directory);
        stores.pools(Stores.pool("default", "10.0.0.0/24", 26));
        ipam = stores.allocator();
        assertEquals(held, ipam.holder(held.address()).orElseThrow());
        assertEquals(held.block(), one("a", "h2").block());
        assertEquals(IpAddress.v4(held.address().v4Bits() + 1), ipam.addressesOf("h2").getFirst().address());
    }
}
