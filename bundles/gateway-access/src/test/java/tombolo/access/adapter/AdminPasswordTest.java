package tombolo.access.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdminPasswordTest {
    @TempDir
    private Path folder;

    @Test
    void theFirstStartMakesARandomPasswordThatOnlyTheOwnerReads() throws IOException {
        Path file = folder.resolve("one");
        AdminPassword password = new AdminPassword(file);
        assertTrue(password.createIfAbsent());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        String made = Files.readString(file).strip();
        assertEquals(24, made.length());
        assertTrue(password.matches(made.toCharArray()));
        assertFalse(password.matches((made + "x").toCharArray()));
        assertFalse(password.matches(new char[0]));
        assertFalse(password.createIfAbsent(), "a second start keeps it");
        new AdminPassword(folder.resolve("two")).createIfAbsent();
        assertNotEquals(made, Files.readString(folder.resolve("two")).strip());
    }

    @Test
    void withoutAFileOrWithAnEmptyOneNothingMatches() throws IOException {
        Path file = folder.resolve("none");
        assertFalse(new AdminPassword(file).matches(new char[0]));
        OwnerOnly.create(file, new byte[0]);
        assertFalse(new AdminPassword(file).matches(new char[0]));
        assertFalse(new AdminPassword(file).matches("\n".toCharArray()));
    }

    @Test
    void aChangedFileCountsAtOnce() throws IOException {
        Path file = folder.resolve("changed");
        AdminPassword password = new AdminPassword(file);
        password.createIfAbsent();
        Files.writeString(file, "another one\n");
        assertTrue(password.matches("another one".toCharArray()));
    }

    @Test
    void aFileThatOthersMayReadIsRefusedWithAdvice() throws IOException {
        Path file = folder.resolve("open");
        AdminPassword password = new AdminPassword(file);
        password.createIfAbsent();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        IOException refused = assertThrows(IOException.class, () -> password.matches("x".toCharArray()));
        assertTrue(refused.getMessage().startsWith("TMB-ACCESS-003"), refused.getMessage());
        assertFalse(refused.getMessage().contains(Files.readString(file).strip()), "the password is in the message");
    }
}
