package tombolo.config.adapter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.config.core.FileKind;

/**
 * The last good version of each file, in a folder that only the owner can read. Written by rename, so that a crash leaves the old or the new version.
 * Losing it costs nothing while the files in etc/ are good: failures are logged, not thrown.
 */
final class LastGood {
    private static final Logger LOG = LoggerFactory.getLogger(LastGood.class);

    private final Path folder;
    private final Map<String, String> texts = new TreeMap<>();

    private LastGood(Path folder) {
        this.folder = folder;
    }

    static LastGood open(Path folder) {
        LastGood store = new LastGood(folder);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, FileKind.OURS + "*" + FileKind.SUFFIX)) {
                for (Path entry : entries) {
                    store.texts.put(entry.getFileName().toString(), Files.readString(entry));
                }
            } catch (IOException e) {
                LOG.warn("TMB-CFG-018 {}: the last good versions cannot be read ({}); a bad file in etc/ has none to stand in for it", folder, e.toString());
            }
        }
        return store;
    }

    /** By file name. */
    Map<String, String> texts() {
        return Map.copyOf(texts);
    }

    /** Makes the folder hold exactly these. */
    void keep(Map<String, String> inForce) {
        try {
            PrivateFiles.makeFolder(folder);
            for (Map.Entry<String, String> entry : inForce.entrySet()) {
                if (!entry.getValue().equals(texts.get(entry.getKey()))) {
                    PrivateFiles.write(folder.resolve(entry.getKey()), entry.getValue());
                }
            }
            for (String name : texts.keySet()) {
                if (!inForce.containsKey(name)) {
                    Files.deleteIfExists(folder.resolve(name));
                }
            }
        } catch (IOException e) {
            LOG.warn("TMB-CFG-018 {}: the last good versions cannot be kept ({}); make room there, or let the node's user write", folder, e.toString());
        }
        texts.clear();
        texts.putAll(inForce);
    }
}
