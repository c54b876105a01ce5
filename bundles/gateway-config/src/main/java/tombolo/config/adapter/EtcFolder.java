package tombolo.config.adapter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.FileKind;

/** The files of ours in one folder. Keeps what it has read, and reads a file again only where its stamp differs. Not thread-safe. */
final class EtcFolder {
    /** Ten times the largest file that makes sense (a filter with 10,000 prefixes); keeps a stray file from filling memory. */
    private static final long MAX_BYTES = 4 << 20;

    /** @param key the inode, where the file system has one: an editor's rename is seen even with time stamp and size the same */
    record Stamp(long modifiedMillis, long size, String key) { }

    private record Read(Stamp stamp, Content content) { }

    private final Path folder;
    private final Map<String, Read> files = new TreeMap<>();

    EtcFolder(Path folder) {
        this.folder = folder;
    }

    /** The folder's state now, without reading a file. @throws IOException where the folder itself cannot be read */
    Map<String, Stamp> stamps() throws IOException {
        Map<String, Stamp> stamps = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, FileKind.OURS + "*" + FileKind.SUFFIX)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!FileKind.isOurs(name) || stamps.size() > ConfigFiles.MAX_FILES) {
                    continue;
                }
                try {
                    BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class);
                    if (!attributes.isDirectory()) {
                        stamps.put(name, new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size(), String.valueOf(attributes.fileKey())));
                    }
                } catch (NoSuchFileException e) {
                    // deleted between the listing and here: as if it had not been listed
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return stamps;
    }

    /** Whether the stamps are those of what was read last. */
    boolean isCurrent(Map<String, Stamp> stamps) {
        return stamps.size() == files.size()
                && stamps.entrySet().stream().allMatch(entry -> files.containsKey(entry.getKey()) && files.get(entry.getKey()).stamp()
                        .equals(entry.getValue()));
    }

    /** Reads what differs; every file's content by name. */
    Map<String, Content> read(Map<String, Stamp> stamps) {
        files.keySet().retainAll(stamps.keySet());
        stamps.forEach((name, stamp) -> {
            if (!files.containsKey(name) || !files.get(name).stamp().equals(stamp)) {
                files.put(name, new Read(stamp, read(name, stamp)));
            }
        });
        Map<String, Content> contents = new TreeMap<>();
        files.forEach((name, read) -> contents.put(name, read.content()));
        return contents;
    }

    private Content read(String name, Stamp stamp) {
        if (stamp.size() > MAX_BYTES) {
            return new Content.Unreadable("the file has " + stamp.size() + " bytes; wanted at most " + MAX_BYTES);
        }
        try {
            return new Content.Text(Files.readString(folder.resolve(name), StandardCharsets.UTF_8));
        } catch (CharacterCodingException e) {
            return new Content.Unreadable("the file is not UTF-8 text; save it in that encoding");
        } catch (IOException e) {
            return new Content.Unreadable("the file cannot be read (" + e.getClass().getSimpleName() + "); let the node's user read it");
        }
    }
}
