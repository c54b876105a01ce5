package tombolo.access.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/// The file that holds the admin password in clear, readable by its owner only. Read at every login: a changed file
/// counts at once, a deleted one means that no password is accepted. Safe for any thread.
public final class AdminPassword {
    /// 144 bits: beyond guessing, and 24 characters without padding in Base64.
    private static final int RANDOM_BYTES = 18;

    /// Longer files are no password; also the bound on what is read.
    private static final int MAX_BYTES = 1024;

    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ, PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);

    private final Path file;

    /// @param file where the password is or will be
    public AdminPassword(Path file) {
        this.file = file;
    }

    /// @return where the password is or will be
    public Path file() {
        return file;
    }

    /// Makes a random password if there is no file yet.
    ///
    /// @return whether it was made now
    /// @throws IOException if the file cannot be written
    public boolean createIfAbsent() throws IOException {
        if (Files.exists(file)) {
            return false;
        }
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        OwnerOnly.create(file, Base64.getUrlEncoder().withoutPadding().encode(random));
        return true;
    }

    /// Compares in constant time. An absent, empty, oversized or group-readable file matches nothing.
    ///
    /// @param offered what the client sent
    /// @return whether it is the password
    /// @throws IOException if the file is there but cannot be used; the message says what to do
    public boolean matches(char[] offered) throws IOException {
        if (!Files.exists(file) || Files.size(file) > MAX_BYTES) {
            return false;
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (mode.stream().anyMatch(OTHERS::contains)) {
            throw new IOException("TMB-ACCESS-003 " + file + ": mode " + PosixFilePermissions.toString(mode)
                    + ", wanted rw-------. Others may have read this password: write a new one and chmod 600.");
        }
        byte[] wanted = Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
        byte[] given = new String(offered).getBytes(StandardCharsets.UTF_8);
        try {
            return wanted.length > 0 && MessageDigest.isEqual(wanted, given);
        } finally {
            Arrays.fill(wanted, (byte) 0);
            Arrays.fill(given, (byte) 0);
        }
    }
}
