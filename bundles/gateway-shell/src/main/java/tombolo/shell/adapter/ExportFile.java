package tombolo.shell.adapter;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Key;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Failure;

/**
 * A store as text, one JSON document a line: a first line that says what it is, one line a key, sorted, and a last line with their number, without which the
 * file is cut off.
 *
 * <pre>
 * {"tombolo":"datastore-export","version":1,"engine":"embedded","revision":42}
 * {"key":"/calico/…","value":"text"}        or "base64" where the value is no text
 * {"end":1}
 * </pre>
 */
final class ExportFile {
    private static final String WHAT = "datastore-export";
    private static final int VERSION = 1;
    /** A value of 1 MiB as base64 or with its quotes escaped, and its key. */
    private static final int MAX_LINE = 8 << 20;

    private ExportFile() { }

    /** Writes entries, leased ones left out; how many. */
    static long write(Iterator<Copied> entries, String engine, long revision, Writer out) throws IOException {
        line(out, Json.Obj.of("tombolo", new Json.Text(WHAT)).with("version", VERSION).with("engine", engine).with("revision", revision));
        long count = 0;
        while (entries.hasNext()) {
            Copied entry = entries.next();
            if (!entry.leased()) {
                line(out, value(Json.Obj.of("key", new Json.Text(entry.key().text())), entry.value()));
                count++;
            }
        }
        line(out, Json.Obj.of("end", Json.Num.of(count)));
        return count;
    }

    private static Json.Obj value(Json.Obj entry, Bytes value) {
        byte[] bytes = value.toByteArray();
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return entry.with("value", text.toString());
        } catch (CharacterCodingException e) {
            return entry.with("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static void line(Writer out, Json.Obj document) throws IOException {
        out.write(JsonText.line(document));
        out.write('\n');
    }

    /** The entries of a file. @throws Failure naming the line that is not as it should be */
    static Reading read(Path file) {
        try {
            return new Reading(file, Files.newBufferedReader(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new Failure("TMB-DST-071 " + file + " cannot be read: " + (e instanceof java.nio.file.NoSuchFileException ? "there is no such file" : e.getMessage()) + ".");
        }
    }

    /** Reads line by line, so that a file may be larger than the memory. */
    static final class Reading implements Iterator<Copied>, Closeable {
        private final Path file;
        private final BufferedReader in;
        private int number;
        private long count;
        private @Nullable Key last;
        private Optional<Copied> next = Optional.empty();
        private boolean over;

        private Reading(Path file, BufferedReader in) {
            this.file = file;
            this.in = in;
            Json.Obj head = document();
            if (!head.text("tombolo").equals(Optional.of(WHAT))) {
                throw bad("is not the first line of an export: wanted \"tombolo\": \"" + WHAT + "\"");
            }
            if (head.integer("version").orElse(-1) != VERSION) {
                throw bad("says another version than " + VERSION + ": import it with the gateway that made it, or a later one");
            }
        }

        @Override
        public boolean hasNext() {
            if (next.isEmpty() && !over) {
                Json.Obj document = document();
                if (document.get("end").isPresent()) {
                    if (document.integer("end").orElse(-1) != count) {
                        throw bad("says " + document.integer("end") + " keys, but " + count + " stand before it");
                    }
                    over = true;
                } else {
                    next = Optional.of(entry(document));
                    count++;
                }
            }
            return next.isPresent();
        }

        @Override
        public Copied next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Copied entry = next.orElseThrow();
            next = Optional.empty();
            return entry;
        }

        private Copied entry(Json.Obj document) {
            try {
                Key key = Key.of(document.text("key").orElseThrow(() -> bad("has no \"key\"")));
                if (last != null && key.compareTo(last) <= 0) {
                    throw bad("is not behind the key before it: an export is sorted and has each key once");
                }
                if (DatastoreCopy.OURS.stream().noneMatch(key::startsWith)) {
                    throw bad("is the key " + key + ", which is none of Calico's or Tombolo's");
                }
                last = key;
                Optional<String> text = document.text("value");
                byte[] value = text.isPresent() ? text.get().getBytes(StandardCharsets.UTF_8)
                        : Base64.getDecoder().decode(document.text("base64").orElseThrow(() -> bad("has neither \"value\" nor \"base64\"")));
                return new Copied(key, Bytes.of(value), false);
            } catch (IllegalArgumentException e) {
                throw bad(String.valueOf(e.getMessage()));
            }
        }

        private Json.Obj document() {
            try {
                String line = line();
                if (JsonText.parse(line) instanceof Json.Obj document) {
                    return document;
                }
                throw bad("is no JSON object");
            } catch (JsonText.Malformed e) {
                throw bad("is no JSON: " + e.getMessage());
            } catch (CharacterCodingException e) {
                throw bad("is no UTF-8");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String line() throws IOException {
            number++;
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw bad("is missing: the file is cut off, its last line with the number of keys is not there");
                }
                line.append((char) c);
                if (line.length() > MAX_LINE) {
                    throw bad("is longer than " + MAX_LINE + " characters");
                }
            }
            return line.toString();
        }

        private Failure bad(String what) {
            return new Failure("TMB-DST-072 " + file + " line " + number + " " + what + ". Nothing was written.");
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
