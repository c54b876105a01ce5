package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.kernel.contract.Namespace;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;

/** What a runtime gets wrong, or what goes wrong under it: each has its own error, and nothing of it is left. */
class BadInputTest {
    private static final String GOOD = Rig.configuration("1.0.0", "");
    @TempDir
    Path folder;
    private Rig rig;
    private Namespace container;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(folder, 1);
        container = new Namespace();
    }

    @AfterEach
    void stop() {
        rig.pool.onAssign = () -> { };
        rig.close();
        container.close();
    }

    private Ended add(String id, String configuration, String... more) {
        return rig.call("tombolo", "ADD", id, container.path(), configuration, more);
    }

    private void nothingIsLeft() {
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(List.of(), rig.node.list());
        assertFalse(rig.host.ip("link").contains("cali"));
        assertFalse(container.ip("link").contains("eth0"));
    }

    @Test
    void aNamespaceThatIsGoneIsError3() {
        Ended ended = rig.call("tombolo", "ADD", "c1", "/run/netns/tmbt-none", GOOD);
        assertEquals(CniError.UNKNOWN_CONTAINER, ended.code());
        assertTrue(ended.result().text("msg").orElse("").contains("/run/netns/tmbt-none"), ended.toString());
        nothingIsLeft();
    }

    @Test
    void anInterfaceNameThatIsTooLongIsError4() {
        Ended ended = add("c1", GOOD, "CNI_IFNAME", "a-name-that-is-too-long");
        assertEquals(CniError.INVALID_ENVIRONMENT, ended.code());
        assertTrue(ended.result().text("msg").orElse("").contains("a-name-that-is-too-long"), ended.toString());
        nothingIsLeft();
    }

    @Test
    void aLabelThatNoEndpointCanHaveIsError7AndADelSucceedsAllTheSame() {
        String configuration = Rig.configuration("1.0.0", ",\"args\":{\"cni\":{\"labels\":[{\"key\":\"role\",\"value\":\"no label\"}]}}");
        Ended ended = add("c1", configuration);
        assertEquals(CniError.INVALID_CONFIGURATION, ended.code());
        assertTrue(ended.result().text("msg").orElse("").contains("'role' = 'no label'"), ended.toString());
        nothingIsLeft();
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), configuration).status());
    }

    @Test
    void anAddressThatAnotherContainerHasIsError101() {
        try (Namespace second = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), GOOD, "CNI_ARGS", "IP=10.65.0.1").status());
            Ended taken = add("c1", GOOD, "CNI_ARGS", "IP=10.65.0.1");
            assertEquals(CniError.NO_ADDRESS, taken.code());
            assertTrue(taken.result().text("msg").orElse("").contains("10.65.0.1"), taken.toString());
            assertEquals(List.of("net.c2"), rig.pool.handles());
            assertEquals(1, rig.node.list().size());
            assertFalse(container.ip("link").contains("eth0"));
            assertEquals(0, rig.call("tombolo", "DEL", "c2", second.path(), GOOD).status());
        }
        nothingIsLeft();
    }

    @Test
    void anEmptyPoolIsError101AndTheNextContainerGetsWhatIsGivenBack() {
        try (Namespace second = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), GOOD).status());
            Ended none = add("c1", GOOD);
            assertEquals(CniError.NO_ADDRESS, none.code());
            assertTrue(none.result().text("msg").orElse("").contains("empty"), none.toString());
            assertFalse(container.ip("link").contains("eth0"), "the interface that was made meanwhile is gone");
            assertEquals(0, rig.call("tombolo", "DEL", "c2", second.path(), GOOD).status());
        }
        nothingIsLeft();
        assertEquals(0, add("c1", GOOD).status());
    }

    @Test
    void aContainerThatIsDeletedDuringItsAddIsError3() {
        Namespace doomed = new Namespace();
        rig.pool.onAssign = doomed::close;
        Ended ended = rig.call("tombolo", "ADD", "c1", doomed.path(), GOOD);
        assertEquals(CniError.UNKNOWN_CONTAINER, ended.code(), ended.toString());
        assertTrue(ended.result().text("msg").orElse("").contains(doomed.path()), ended.toString());
        nothingIsLeft();
        assertEquals(0, rig.call("tombolo", "DEL", "c1", doomed.path(), GOOD).status(), "the DEL that a runtime sends behind it");
    }

    @Test
    void aListOfAFutureVersionIsError1AndNamesTheVersionsThatAreSpoken() {
        Ended ended = add("c1", Rig.configuration("1.2.0", ""));
        assertEquals(CniError.INCOMPATIBLE_VERSION, ended.code());
        assertTrue(ended.result().text("msg").orElse("").contains("1.2.0") && ended.result().text("details").orElse("").contains("1.1.0"), ended.toString());
        nothingIsLeft();
    }

    @Test
    void garbageOnTheSocketIsClosedAndTheNextCallServed() throws IOException {
        for (String garbage : List.of("GET / HTTP/1.1\r\n\r\n", "TCNI", "TCNI\0\0\0\1\377\377\377\377\377\377\377\377", "\0".repeat(64))) {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("cni.sock")))) {
                channel.write(ByteBuffer.wrap(garbage.getBytes(StandardCharsets.ISO_8859_1)));
            }
        }
        assertEquals(CniError.NOT_DECODABLE, add("c1", "garbage").code());
        nothingIsLeft();
        assertEquals(0, add("c1", GOOD).status());
    }

    @Test
    void aThousandConnectionsThatNeverSpeakKeepNobodyFromItsContainer() throws IOException {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                silent.add(SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("cni.sock"))));
            }
            assertEquals(0, add("c1", GOOD).status());
            assertTrue(rig.node.status().connections() <= CniServer.MOST_CONNECTIONS + 1, rig.node.status().toString());
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
        Rig.eventually(() -> rig.node.status().connections() == 0);
    }
}
