package tombolo.bgp.session.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import tombolo.api.config.SecretRef;

/** Reads a TCP MD5 key where it is used. The key is never part of a message. */
final class Secrets {
    /** TCP_MD5SIG_MAXKEYLEN of Linux. */
    private static final int MAX_KEY = 80;

    private Secrets() { }

    /** @throws IOException with operator text (where it was looked for, never what was there) */
    static byte[] read(SecretRef reference) throws IOException {
        String key = switch (reference) {
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
        if (bytes.length == 0 || bytes.length > MAX_KEY) {
            throw new IOException("the MD5 key of " + reference + " has " + bytes.length + " octets, wanted 1 to " + MAX_KEY);
        }
        return bytes;
    }

    private static String firstLine(String path) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of(path))) {
            return lines.findFirst().orElse("");
        } catch (java.io.UncheckedIOException e) {
            throw new IOException("cannot read " + path + " as text", e);
        } catch (IOException e) {
            throw new IOException("cannot read " + path + ": " + (e instanceof java.nio.file.NoSuchFileException ? "no such file" : e.getMessage()), e);
        }
    }
}
