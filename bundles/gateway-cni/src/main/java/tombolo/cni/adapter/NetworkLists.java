package tombolo.cni.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/** The lists of plugins as runtimes read them, for what a call does not tell: where in its list a plugin stands. Any thread. */
final class NetworkLists {
    /** Where containerd, CRI-O and podman look, and where {@code ./gateway cni install} writes. */
    static final Path USUAL = Path.of("/etc/cni/net.d");
    private static final List<String> ENDINGS = List.of(".conflist", ".conf", ".json");
    /** A folder with more is not a runtime's, which uses one of them, or a handful. */
    private static final int MOST_FILES = 100;
    private static final long MOST_BYTES = 1 << 20;

    private final Path folder;

    NetworkLists(Path folder) {
        this.folder = folder;
    }

    /** Whether a network's list begins with a plugin; empty where no file here has that network with that plugin. Of several files the first counts, as for a runtime. */
    Optional<Boolean> begins(String network, String type) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> ENDINGS.stream().anyMatch(file.toString()::endsWith)).sorted().limit(MOST_FILES)
                    .flatMap(file -> read(file).stream()).filter(tree -> tree.text("name").equals(Optional.of(network))).flatMap(tree -> place(tree, type).stream()).map(place -> place == 0)
                    .findFirst();
        } catch (IOException _) {
            return Optional.empty(); // a folder that cannot be read says nothing
        }
    }

    private static Optional<Integer> place(Json.Obj list, String type) {
        List<Json> plugins = list.get("plugins").isPresent() ? list.array("plugins") : List.of(list);
        for (int i = 0; i < plugins.size(); i++) {
            if (plugins.get(i) instanceof Json.Obj plugin && plugin.text("type").equals(Optional.of(type))) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** Empty where it is not JSON, which the runtime says itself. */
    private static Optional<Json.Obj> read(Path file) {
        try {
            return Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES && JsonText.parse(Files.readAllBytes(file)) instanceof Json.Obj tree ? Optional.of(tree) : Optional.empty();
        } catch (IOException | JsonText.Malformed _) {
            return Optional.empty();
        }
    }
}
