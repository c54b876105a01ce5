package tombolo.access.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.List;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/// The keys that may log in, from files in OpenSSH's `authorized_keys` form: rsa, ecdsa, ed25519 and their certificates'
/// plain keys. Read at every login, so that a removed key is refused at once. Safe for any thread.
public final class AuthorizedKeys {
    /// More than any team has; also the bound on what one login attempt costs.
    private static final int MAX_KEYS = 1000;

    private static final long MAX_BYTES = 1 << 20;

    private final List<Path> files;

    /// @param files files that may be absent
    public AuthorizedKeys(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /// @param offered the key whose owner the client has proved to be
    /// @return whether one of the files lists it
    /// @throws IOException if a file is there but cannot be read; the message says where
    public boolean contains(PublicKey offered) throws IOException {
        for (Path file : files) {
            if (Files.isRegularFile(file) && contains(file, offered)) {
                return true;
            }
        }
        return false;
    }

    /// @param file one file
    /// @return whether it lists at least one key; false where it is absent or not readable
    public static boolean hasEntry(Path file) {
        try {
            return Files.isRegularFile(file) && !entries(file).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean contains(Path file, PublicKey offered) throws IOException {
        for (AuthorizedKeyEntry entry : entries(file)) {
            if (!entry.getLoginOptions().isEmpty()) {
                // Options restrict a key ("from=", "command="). None is honoured here, so that a restricted key is no key.
                continue;
            }
            try {
                PublicKey listed = entry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
                if (listed != null && KeyUtils.compareKeys(listed, offered)) {
                    return true;
                }
            } catch (GeneralSecurityException e) {
                throw new IOException("TMB-ACCESS-004 " + file + ": a key of type " + entry.getKeyType() + " cannot be read: " + e.getMessage()
                        + ". Correct or remove that line.", e);
            }
        }
        return false;
    }

    private static List<AuthorizedKeyEntry> entries(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("TMB-ACCESS-005 " + file + ": more than " + MAX_BYTES + " bytes. Keep at most " + MAX_KEYS + " keys in it.");
        }
        List<AuthorizedKeyEntry> entries = AuthorizedKeyEntry.readAuthorizedKeys(file);
        return entries.size() > MAX_KEYS ? entries.subList(0, MAX_KEYS) : entries;
    }
}
