package tombolo.access.adapter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/// The key pair with which `gateway shell` logs in on the node's own machine: whoever can read the private file is the
/// node's owner already.
public final class LocalKey {
    private static final int ED25519_BITS = 256;

    private LocalKey() {}

    /// Makes the pair if it is not there: `file` (mode 0600) and `file.pub`.
    ///
    /// @param file the private key, in OpenSSH's own format
    /// @return the public key's file
    /// @throws IOException if it cannot be made or written
    public static Path createIfAbsent(Path file) throws IOException {
        Path publicFile = file.resolveSibling(file.getFileName() + ".pub");
        if (Files.exists(file) && Files.exists(publicFile)) {
            return publicFile;
        }
        Files.deleteIfExists(file);
        Files.deleteIfExists(publicFile);
        try {
            KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, ED25519_BITS);
            ByteArrayOutputStream privatePart = new ByteArrayOutputStream();
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "gateway-shell", null, privatePart);
            ByteArrayOutputStream publicPart = new ByteArrayOutputStream();
            OpenSSHKeyPairResourceWriter.INSTANCE.writePublicKey(pair, "gateway-shell", publicPart);
            OwnerOnly.create(publicFile, publicPart.toString(StandardCharsets.UTF_8).strip().getBytes(StandardCharsets.UTF_8));
            // Last: a client that waits for this file finds both.
            OwnerOnly.create(file, privatePart.toString(StandardCharsets.UTF_8).strip().getBytes(StandardCharsets.UTF_8));
            return publicFile;
        } catch (GeneralSecurityException e) {
            throw new IOException("TMB-ACCESS-006 " + file + ": this JVM makes no Ed25519 key: " + e.getMessage() + ". Is the ssh feature installed?", e);
        }
    }
}
