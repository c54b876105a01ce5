package tombolo.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.SecretRef;

class SecretsTest {
    @TempDir
    private Path folder;

    private SecretRef file(byte[] content) throws IOException {
        return new SecretRef.InFile(Files.write(folder.resolve("key"), content).toString());
    }

    private static String refusal(SecretRef reference) {
        return String.valueOf(assertThrows(IOException.class, () -> Secrets.octets("the key", reference, 16)).getMessage());
    }

    @Test
    void theFirstLineOfAFileCountsWithoutItsEnd() throws IOException {
        assertEquals(" s3cret ", Secrets.read(file(" s3cret \r\nnotes\n".getBytes())));
        assertEquals("s3cret", Secrets.read(file("s3cret".getBytes())));
        assertEquals("", Secrets.read(file(new byte[0])));
        assertArrayEquals("schlüssel".getBytes(), Secrets.octets("the key", file("schlüssel\n".getBytes()), 16));
    }

    @Test
    void whatCannotBeTheSecretIsRefusedWithoutShowingIt() throws IOException {
        assertEquals("the key of InFile[path=" + folder.resolve("key") + "] has 17 octets, wanted 1 to 16", refusal(file("hunter2hunter2hun".getBytes())));
        assertTrue(refusal(file("\nhunter2".getBytes())).contains("has 0 octets"));
        assertTrue(refusal(file(new byte[] {'h', (byte) 0xff, '\n'})).endsWith("as text"));
        String endless = refusal(file("x".repeat(70_000).getBytes()));
        assertTrue(endless.contains("longer than 65536 octets") && !endless.contains("xx"), endless);
    }

    @Test
    void whereItIsNotIsSaid() {
        assertEquals("cannot read " + folder.resolve("none") + ": no such file", refusal(new SecretRef.InFile(folder.resolve("none").toString())));
        assertTrue(refusal(new SecretRef.InEnvironment("TOMBOLO_NOT_SET_ANYWHERE")).startsWith("the environment variable TOMBOLO_NOT_SET_ANYWHERE is not set"));
        assertFalse(refusal(new SecretRef.InFile(folder.toString())).isEmpty());
    }
}
