package tombolo.shell.adapter;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tombolo.api.config.ConfigProblem;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.runtime.json.JsonText;

/**
 * One archive to attach to a bug report. What cannot be gathered is said inside, and the rest is still there. Bounded: logs to their last
 * {@link #MAX_LOG_BYTES} a file, a program's output to {@link #MAX_OUTPUT_BYTES} and {@link #MAX_PROGRAM_SECONDS}.
 */
public final class Diagnosis {
    private static final int MAX_LOG_BYTES = 4 << 20;
    private static final int MAX_LOGS = 5;
    private static final int MAX_OUTPUT_BYTES = 2 << 20;
    private static final int MAX_PROGRAM_SECONDS = 10;
    private static final int MAX_CONFIG_BYTES = 4 << 20;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    /** Karaf's own files that explain behaviour and hold no secret; users, keys and host keys are never taken. */
    private static final List<String> OF_KARAF = List.of("org.apache.karaf.features.cfg", "org.apache.karaf.shell.cfg", "org.ops4j.pax.logging.cfg",
            "config.properties", "startup.properties");
    private static final Map<String, List<String>> PROGRAMS = programs();

    private Diagnosis() { }

    /**
     * Writes the archive, readable by its owner only.
     *
     * @param folder    where to
     * @param etc       folder of tombolo.*.cfg; @param karafEtc Karaf's; @param logs the folder of karaf.log
     * @param problems  of tombolo.*.cfg, by which mistyped secrets are known; empty where nobody knows: then no value is taken over
     * @param documents by name, each made when its turn comes
     * @param at        the moment that the archive's name tells, milliseconds since the epoch
     */
    public static Document write(Path folder, Path etc, Path karafEtc, Path logs, Optional<List<ConfigProblem>> problems, Map<String,
            Supplier<Document>> documents,
                                 Supplier<String> bundles, long at) {
        Path archive = folder.resolve("tombolo-diag-" + STAMP.format(Instant.ofEpochMilli(at)) + ".zip").toAbsolutePath().normalize();
        List<String> missing = new ArrayList<>();
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(archive);
            Files.createFile(archive, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(archive)), StandardCharsets.UTF_8)) {
                documents.forEach((name, document) -> entry(zip, "commands/" + name + ".json", () -> JsonText.pretty(document.get().json()) + "\n", missing));
                entry(zip, "bundles.txt", bundles::get, missing);
                entry(zip, "threads.txt", Diagnosis::threads, missing);
                PROGRAMS.forEach((name, command) -> entry(zip, "system/" + name + ".txt", () -> output(command), missing));
                configuration(etc, FilesOf.TOMBOLO).forEach(file -> entry(zip, "etc/" + file.getFileName(), () -> Redaction.of(read(file),
                        line -> problems.isEmpty() || problems.get().stream().anyMatch(problem -> problem.line() == line && problem.file()
                                .equals(file.getFileName().toString()))), missing));
                configuration(karafEtc, FilesOf.KARAF).forEach(file -> entry(zip, "karaf-etc/" + file.getFileName(), () -> Redaction.of(read(file), line ->
                        false), missing));
                logFiles(logs).forEach(file -> entry(zip, "log/" + file.getFileName(), () -> tail(file), missing));
                entry(zip, "missing.txt", () -> missing.isEmpty() ? "nothing\n" : String.join("\n", missing) + "\n", new ArrayList<>());
            }
        } catch (IOException | UncheckedIOException e) {
            throw new Failure("TMB-SHL-008 the archive " + archive + " cannot be written (" + e.getMessage()
                    + "). Make room there, or name another folder with --output.");
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("archive", archive.toString());
        json.put("missing", List.copyOf(missing));
        return new Document(json, screen -> archive + "\n" + (missing.isEmpty() ? "" : "Not in it: " + String.join("; ", missing) + "\n")
                + "Secrets are removed; it still shows addresses, routes and neighbours. Look through it before you attach it.\n");
    }

    private enum FilesOf { TOMBOLO, KARAF }

    @FunctionalInterface
    private interface Content {
        String make() throws IOException;
    }

    private static void entry(ZipOutputStream zip, String name, Content content, List<String> missing) {
        byte[] bytes;
        try {
            bytes = content.make().getBytes(StandardCharsets.UTF_8);
        } catch (IOException | RuntimeException e) {
            missing.add(name + ": " + e.getMessage());
            return;
        }
        try {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(bytes);
            zip.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> configuration(Path folder, FilesOf of) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, entry -> {
                String name = entry.getFileName().toString();
                return of == FilesOf.KARAF ? OF_KARAF.contains(name) : name.startsWith("tombolo.") && name.endsWith(".cfg");
            })) {
                entries.forEach(files::add);
            }
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }

    private static List<Path> logFiles(Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.log*")) {
                entries.forEach(files::add);
            }
        }
        files.sort(Comparator.comparingLong((Path file) -> file.toFile().lastModified()).reversed());
        return files.subList(0, Math.min(files.size(), MAX_LOGS));
    }

    private static String read(Path file) throws IOException {
        if (Files.size(file) > MAX_CONFIG_BYTES) {
            throw new IOException("longer than " + MAX_CONFIG_BYTES + " bytes");
        }
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static String tail(Path file) throws IOException {
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            channel.position(Math.max(0, channel.size() - MAX_LOG_BYTES));
            return new String(Channels.newInputStream(channel).readNBytes(MAX_LOG_BYTES), StandardCharsets.UTF_8);
        }
    }

    private static String threads() {
        StringBuilder text = new StringBuilder();
        Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
        all.entrySet().stream().sorted(Comparator.comparing(entry -> entry.getKey().getName())).forEach(entry -> {
            text.append('"').append(entry.getKey().getName()).append("\" ").append(entry.getKey().getState()).append('\n');
            for (StackTraceElement element : entry.getValue()) {
                text.append("    at ").append(element).append('\n');
            }
        });
        return text.toString();
    }

    private static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Thread guard = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(MAX_PROGRAM_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readNBytes(MAX_OUTPUT_BYTES), StandardCharsets.UTF_8);
            return "$ " + String.join(" ", command) + "\n" + text + (text.length() >= MAX_OUTPUT_BYTES ? "\n(cut here)\n" : "");
        } finally {
            process.destroyForcibly();
            guard.interrupt();
        }
    }

    private static Map<String, List<String>> programs() {
        Map<String, List<String>> programs = new LinkedHashMap<>();
        programs.put("ip-link", List.of("ip", "-details", "-statistics", "link", "show"));
        programs.put("ip-address", List.of("ip", "address", "show"));
        programs.put("ip-route", List.of("ip", "route", "show", "table", "all"));
        programs.put("ip-route6", List.of("ip", "-6", "route", "show", "table", "all"));
        programs.put("ip-rule", List.of("ip", "rule", "show"));
        programs.put("sockets", List.of("ss", "--tcp", "--numeric", "--all", "--info"));
        programs.put("nft", List.of("nft", "list", "tables"));
        programs.put("kernel", List.of("uname", "-a"));
        return programs;
    }
}
