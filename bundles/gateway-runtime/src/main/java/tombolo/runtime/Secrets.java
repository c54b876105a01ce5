package tombolo.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tombolo.api.config.SecretRef;

/** Reads a key or password where it is used, anew each time: the operator may have changed it. What was read is never part of a message. Any thread. */
public final class Secrets {
    /** A certificate chain has less; more is some other file. */
    private static final int MOST_OCTETS = 64 << 10;

    private Secrets() { }

    /**
     * @return the first line of the file, without its end, or the variable's value; may be empty
     * @throws IOException with operator text: where it was looked for and why it was not found there
     */
    public static String read(SecretRef reference) throws IOException {
        return switch (reference) {
            case SecretRef.InFile(String path) -> firstLine(Path.of(path));
            case SecretRef.InEnvironment(String variable) -> {
                String value = System.getenv(variable);
                if (value == null) {
                    throw new IOException("the environment variable " + variable + " is not set: set it for the node's process, or name a file");
                }
                yield value;
            }
        };
    }

    /**
     * A key of a protocol that counts octets.
     *
     * @param what as messages name it, such as "the MD5 key"
     * @throws IOException as {@link #read}, and where it is empty or longer than {@code most} octets in UTF-8
     */
    public static byte[] octets(String what, SecretRef reference, int most) throws IOException {
        byte[] octets = read(reference).getBytes(StandardCharsets.UTF_8);
        if (octets.length == 0 || octets.length > most) {
            throw new IOException(what + " of " + reference + " has " + octets.length + " octets, wanted 1 to " + most);
        }
        return octets;
    }

    private static String firstLine(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] head = in.readNBytes(MOST_OCTETS);
            int end = 0;
            while (end < head.length && head[end] != '\n' && head[end] != '\r') {
                end++;
            }
            if (end == MOST_OCTETS) {
                throw new IOException("the first line of " + file + " is longer than " + MOST_OCTETS + " octets: that is no secret");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head, 0, end)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException("cannot read " + file + " as text", e);
        } catch (NoSuchFileException e) {
            throw new IOException("cannot read " + file + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new IOException("cannot read " + file + ": the node's user may not", e);
        }
    }
}
