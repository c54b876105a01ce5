package tombolo.azure.cni.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/**
 * A file of changes, a line of JSON each, read at the start and written anew when most of it is history. A line that a crash cut off is as if it had not been
 * written: whoever needs to know that it was waits for {@link #force}. One thread at a time, but for force.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** History is dropped where it is four times what is kept, and not worth the work below a thousand lines. */
    private static final int WORTH_COMPACTING = 1_000;
    /** 8,192 addresses of some 200 characters, four times over. */
    private static final long MOST_BYTES = 64 << 20;

    private final Path file;
    private volatile FileChannel channel;
    private int lines;
    /** Where the last whole line ends. */
    private long good;
    private boolean closed;

    /**
     * @param file   its folder is made where it is not there
     * @param apply  takes the lines that are there, in order; one that it cannot take ({@link IllegalArgumentException}) is told and passed over
     * @param state  what is held now, as lines
     */
    Journal(Path file, Consumer<Json.Obj> apply, Supplier<List<Json.Obj>> state) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (Files.exists(file)) {
            read(apply);
        }
        channel = rewrite(state.get());
    }

    /** Written, not yet durable. Where this fails nothing is written. */
    void append(Json.Obj line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((JsonText.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
        int length = bytes.remaining();
        if (!channel.isOpen() && !closed) { // an interrupt of a caller's thread closes it
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
        }
        channel.truncate(good); // half a line of a write that failed would take this one along
        while (bytes.hasRemaining()) {
            channel.write(bytes, good + length - bytes.remaining());
        }
        good += length;
        lines++;
    }

    /** Waits until all that was appended before is durable. Any thread; several wait for one write of the disk. */
    void force() throws IOException {
        force(channel);
    }

    void force(FileChannel first) throws IOException {
        for (FileChannel now = first;;) {
            try {
                now.force(false);
                return;
            } catch (ClosedChannelException e) {
                FileChannel current = channel;
                if (current == now) {
                    throw e;
                }
                now = current; // written anew, and durable already; or opened again behind somebody's interrupt, and not
            }
        }
    }

    void compactIfWorthIt(int kept, Supplier<List<Json.Obj>> state) {
        if (lines <= WORTH_COMPACTING || lines <= 4 * kept) {
            return;
        }
        try {
            FileChannel old = channel;
            channel = rewrite(state.get()); // durable on return: who waits for the old one has nothing to wait for
            old.close();
        } catch (IOException e) {
            LOG.warn("TMB-AZC-001 {} cannot be written anew ({}) and grows. Make room on its disk", file, e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        channel.close();
    }

    private void read(Consumer<Json.Obj> apply) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " has more than " + MOST_BYTES + " bytes");
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int number = 0;
        for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
            number++;
            try {
                if (!(JsonText.parse(text.substring(start, end)) instanceof Json.Obj tree)) {
                    throw new IllegalArgumentException("no object");
                }
                apply.accept(tree);
            } catch (JsonText.Malformed | IllegalArgumentException e) {
                LOG.error("TMB-AZC-002 {} line {} is damaged ({}) and passed over; what endpoints have stays theirs", file, number, e.getMessage());
            }
        }
    }

    private FileChannel rewrite(List<Json.Obj> state) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        FileChannel out = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            StringBuilder text = new StringBuilder();
            state.forEach(line -> text.append(JsonText.line(line)).append('\n'));
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            lines = state.size();
            good = bytes.limit();
            return out;
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }
}
