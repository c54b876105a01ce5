package tombolo.shell.adapter;

import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tombolo.api.datastore.DatastoreLock;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Services;

/** What moves a store's content: {@code datastore:export}, {@code datastore:import}, {@code datastore:migrate}. */
public final class DatastoreActions {
    /** What is printed rather than written into a file is held in memory. */
    private static final int MAX_PRINTED = 16 << 20;

    private DatastoreActions() { }

    /** @param file empty: the export itself is the answer */
    public static Document export(Services services, Optional<Path> file) {
        Datastore store = DatastoreAccess.store(services);
        String engine = store.status().kind();
        long revision = store.status().revision();
        if (file.isEmpty()) {
            StringWriter text = new StringWriter();
            try {
                ExportFile.write(Copied.of(store, DatastoreCopy.OURS), engine, revision, new Limited(text));
            } catch (IOException e) {
                throw new Failure("TMB-DST-073 the store is larger than " + MAX_PRINTED + " characters: name a file to export into.");
            }
            return new Document(Map.of("lines", text.toString().lines().toList()), screen -> text.toString());
        }
        Path to = file.get();
        try (Writer out = create(to)) {
            long count = ExportFile.write(Copied.of(store, DatastoreCopy.OURS), engine, revision, out);
            return new Document(facts("file", to.toString(), "keys", count, "engine", engine, "revision", revision),
                    screen -> count + " keys of revision " + revision + " or later in " + to + ", readable by its owner only\n");
        } catch (FileAlreadyExistsException e) {
            throw new Failure("TMB-DST-074 " + to + " exists: an export goes into a new file.");
        } catch (IOException e) {
            throw new Failure("TMB-DST-074 " + to + " cannot be written: " + e + ". Check its folder and the disk.");
        }
    }

    private static Writer create(Path file) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.WRITE);
    }

    public static Document importFrom(Services services, Path file, Consumer<String> progress) {
        Datastore store = DatastoreAccess.store(services);
        List<ExportFile.Reading> opened = new ArrayList<>();
        try {
            DatastoreCopy.Result result = new DatastoreCopy(() -> {
                ExportFile.Reading reading = ExportFile.read(file);
                opened.add(reading);
                return reading;
            }, store, progress).run();
            return copied(result, file.toString(), "this store", List.of());
        } finally {
            opened.forEach(DatastoreActions::close);
        }
    }

    private static void close(ExportFile.Reading reading) {
        try {
            reading.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** @param to {@code etcd} or {@code embedded}: the other one is the source. Both are found by the settings, whichever is chosen */
    public static Document migrate(Services services, String to, Consumer<String> progress) {
        if (!to.equals("etcd") && !to.equals("embedded")) {
            throw new Failure("TMB-DST-075 --to '" + to + "': wanted etcd or embedded.");
        }
        String from = to.equals("etcd") ? "embedded" : "etcd";
        DatastoreEngine source = engine(services, from);
        DatastoreEngine target = engine(services, to);
        try (DatastoreEngine.Opened here = source.open(); DatastoreEngine.Opened there = target.open()) {
            if (DatastoreLock.read(here.store(), JsonText::parse).ready()) {
                throw new Failure("TMB-DST-076 the datastore is not locked: what is written during the copy would be lost. datastore:lock first, datastore:unlock when the other engine is in use.");
            }
            progress.accept("from " + from + " (" + source.location() + ") to " + to + " (" + target.location() + ")");
            DatastoreCopy.Result result = new DatastoreCopy(() -> Copied.of(here.store(), DatastoreCopy.OURS), there.store(), progress).run();
            boolean inUse = DatastoreAccess.chosen(services).equals(to);
            return copied(result, from, to, inUse ? List.of("datastore:unlock ends the lock.")
                    : List.of("Set engine = " + to + " in etc/tombolo.datastore.cfg, then datastore:unlock. Until then the node works on " + from + "."));
        }
    }

    private static DatastoreEngine engine(Services services, String kind) {
        String bundle = kind.equals("etcd") ? "gateway-datastore-etcd" : "gateway-datastore";
        return DatastoreAccess.engine(services, kind).orElseThrow(() -> new Failure("TMB-DST-061 " + bundle + " " + services.trouble(bundle) + "."));
    }

    private static Document copied(DatastoreCopy.Result result, String from, String to, List<String> then) {
        return new Document(facts("from", from, "to", to, "keys", result.keys(), "written", result.written(), "same", result.same(), "leftOut", result.leased(),
                "onlyInTarget", result.onlyThere(), "verified", true), screen -> result.written() + " keys written, " + result.same() + " were there; all " + result.keys()
                + " verified.\n" + (result.leased() > 0 ? result.leased() + " keys with a lease were left out: their owners write them anew.\n" : "")
                + (result.onlyThere() > 0 ? result.onlyThere() + " keys are only in " + to + ".\n" : "") + String.join("", then.stream().map(line -> line + "\n").toList()));
    }

    private static Map<String, Object> facts(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    /** Refuses what would be too much for the memory. */
    private static final class Limited extends Writer {
        private final StringWriter to;

        Limited(StringWriter to) {
            this.to = to;
        }

        @Override
        public void write(char[] text, int from, int length) throws IOException {
            if (to.getBuffer().length() + length > MAX_PRINTED) {
                throw new IOException("too long");
            }
            to.write(text, from, length);
        }

        @Override
        public void flush() {
            // nothing is held back
        }

        @Override
        public void close() {
            // its owner keeps it
        }
    }
}
