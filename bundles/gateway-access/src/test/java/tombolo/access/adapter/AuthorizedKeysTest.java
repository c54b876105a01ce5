package tombolo.access.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AuthorizedKeysTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"ssh-ed25519, 256", "ecdsa-sha2-nistp256, 256", "ssh-rsa, 2048"})
    void aListedKeyIsKnownAndAnotherOfItsKindIsNot(String type, int bits) throws Exception {
        KeyPair listed = KeyUtils.generateKeyPair(type, bits);
        KeyPair other = KeyUtils.generateKeyPair(type, bits);
        Path file = folder.resolve("authorized_keys");
        Files.writeString(file, "# people\n\n" + PublicKeyEntry.toString(listed.getPublic()) + " alice@example\n");
        AuthorizedKeys keys = new AuthorizedKeys(List.of(folder.resolve("absent"), file));
        assertTrue(keys.contains(listed.getPublic()));
        assertFalse(keys.contains(other.getPublic()));
        Files.writeString(file, "");
        assertFalse(keys.contains(listed.getPublic()), "a removed key counts no longer");
    }

    @Test
    void aKeyWithOptionsIsNoKeyBecauseNoOptionIsHonoured() throws Exception {
        KeyPair pair = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        Path file = folder.resolve("authorized_keys");
        Files.writeString(file, "from=\"192.0.2.1\" " + PublicKeyEntry.toString(pair.getPublic()) + "\n");
        assertFalse(new AuthorizedKeys(List.of(file)).contains(pair.getPublic()));
    }

    @Test
    void aFileWithoutKeysHasNoEntry() throws Exception {
        Path file = folder.resolve("authorized_keys");
        assertFalse(AuthorizedKeys.hasEntry(file));
        Files.writeString(file, "# nobody yet\n");
        assertFalse(AuthorizedKeys.hasEntry(file));
        Files.writeString(file, PublicKeyEntry.toString(KeyUtils.generateKeyPair("ssh-ed25519", 256).getPublic()) + "\n");
        assertTrue(AuthorizedKeys.hasEntry(file));
    }

    @Test
    void theLocalKeyIsMadeOnceInOpenSshsFormatForItsOwnerOnly() throws Exception {
        Path file = folder.resolve("data/local.key");
        Path publicFile = LocalKey.createIfAbsent(file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        KeyPair pair = OpenSSHKeyPairResourceParser.INSTANCE.loadKeyPairs(null, file, null).iterator().next();
        assertTrue(new AuthorizedKeys(List.of(publicFile)).contains(pair.getPublic()));
        String made = Files.readString(file);
        LocalKey.createIfAbsent(file);
        assertEquals(made, Files.readString(file));
    }
}
