package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.cni.adapter.Rig.Ended;

/** The server against those who do not play by its rules. */
class CniServerTest {
    @TempDir
    Path folder;
    private CniServer server;

    @BeforeEach
    void start() throws IOException {
        server = open();
    }

    private CniServer open() throws IOException {
        return new CniServer(folder.resolve("run/cni.sock"), call -> new Call.Answer(0, ("{\"said\":\"" + call.environment().get("CNI_COMMAND") + " as " + call.plugin() + " with "
                + call.configuration().length + "\"}").getBytes(StandardCharsets.UTF_8)), reason -> new Call.Answer(1, ("{\"msg\":\"" + reason + "\"}").getBytes(StandardCharsets.UTF_8)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("run/cni.sock")));
    }

    private void itStillAnswers() {
        Ended ended = Rig.call(Rig.shim(), folder.resolve("run/cni.sock"), "calico", "ADD", "c", "", "x".repeat(1000));
        assertEquals("ADD as calico with 1000", ended.result().text("said").orElse(""));
    }

    @Test
    void aThousandConnectionsThatNeverSpeakCostLittleAndLetOthersThrough() throws IOException {
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                silent.add(connect());
            }
            itStillAnswers();
            assertTrue(server.connections() <= CniServer.MOST_CONNECTIONS + 1, server.connections() + " connections");
        } finally {
            for (SocketChannel channel : silent) {
                channel.close();
            }
        }
        Rig.eventually(() -> server.connections() == 0);
    }

    @Test
    void oneThatStaysSilentIsClosed() throws IOException {
        try (SocketChannel silent = connect()) {
            assertEquals(-1, silent.read(ByteBuffer.allocate(1)), "closed by the server after its patience");
        }
    }

    @Test
    void garbageIsClosedAndHarmsNobody() throws IOException {
        long seed = 20261121;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (i % 3 == 0 && bytes.length >= 16) { // a good beginning
                ByteBuffer.wrap(bytes).putInt(Call.MAGIC).putInt(Call.VERSION).putInt(random.nextInt(i % 2 == 0 ? 200 : Integer.MAX_VALUE)).putInt(random.nextInt(200));
            }
            try (SocketChannel channel = connect()) {
                channel.write(ByteBuffer.wrap(bytes));
            } catch (IOException e) {
                continue; // closed by the server while we wrote
            }
        }
        itStillAnswers();
    }

    @Test
    void requestsInPiecesAreReadWhole() throws IOException {
        byte[] strings = "tombolo\0CNI_COMMAND=DEL\0".getBytes(StandardCharsets.UTF_8);
        byte[] configuration = new byte[100_000];
        ByteBuffer request = ByteBuffer.allocate(16 + strings.length + configuration.length).putInt(Call.MAGIC).putInt(Call.VERSION).putInt(strings.length)
                .putInt(configuration.length).put(strings).put(configuration).flip();
        try (SocketChannel channel = connect()) {
            while (request.hasRemaining()) {
                ByteBuffer piece = request.slice(request.position(), Math.min(7_001, request.remaining()));
                request.position(request.position() + channel.write(piece));
            }
            ByteBuffer answer = ByteBuffer.allocate(200);
            while (channel.read(answer) >= 0) {
                assertTrue(answer.hasRemaining());
            }
            assertTrue(new String(answer.array(), 12, answer.position() - 12, StandardCharsets.UTF_8).contains("DEL as tombolo with 100000"));
        }
    }

    @Test
    void aSocketLeftBehindIsReplacedAndOneThatIsServedIsNot() throws IOException {
        assertThrows(IOException.class, this::open);
        itStillAnswers();
        server.close();
        assertTrue(Files.notExists(folder.resolve("run/cni.sock")));
        try (var left = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(folder.resolve("run/cni.sock")));
        }
        assertTrue(Files.exists(folder.resolve("run/cni.sock")), "as after a kill");
        server = open();
        itStillAnswers();
    }

    @Test
    void theFolderIsTheOwnersAlone() throws IOException {
        assertEquals("rwx------", java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("run"))));
    }
}
