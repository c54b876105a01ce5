package tombolo.bfd.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.config.SecretRef;

/** Reads a session's key where it is used. The key is never part of a message. */
final class Keys {
    private Keys() { }

    /** @throws IOException with operator text: where it was looked for, never what was there */
    static byte[] read(BfdAuthentication wanted) throws IOException {
        String key = switch (wanted.key()) {
            case SecretRef.InFile(String path) -> firstLine(path);
            case SecretRef.InEnvironment(String variable) -> {
                String value = System.getenv(variable);
                if (value == null) {
                    throw new IOException("environment variable " + variable + " is not set");
                }
                yield value;
            }
        };
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        int most = wanted.kind().keyOctets();
        if (bytes.length == 0 || bytes.length > most) {
            throw new IOException("the BFD key of " + wanted.key() + " has " + bytes.length + " octets, wanted 1 to " + most);
        }
        return bytes;
    }

    private static String firstLine(String path) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(path))) {
            return lines.findFirst().orElse("");
        } catch (java.io.UncheckedIOException e) {
            throw new IOException("cannot read " + path + " as text", e);
        } catch (IOException e) {
            throw new IOException("cannot read " + path + ": " + (e instanceof NoSuchFileException ? "no such file" : e.getMessage()), e);
        }
    }
}
