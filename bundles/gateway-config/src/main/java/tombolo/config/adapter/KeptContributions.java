package tombolo.config.adapter;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/**
 * What each source said last, in a folder that only the owner can read: one file a source, so that it is in force again before the source speaks. Losing it
 * costs nothing once the sources have spoken: failures are logged, not thrown.
 */
final class KeptContributions {
    private static final Logger LOG = LoggerFactory.getLogger(KeptContributions.class);
    private static final String SUFFIX = ".json";

    private final Path folder;
    private final Map<String, Contribution> bySource = new TreeMap<>();

    private KeptContributions(Path folder) {
        this.folder = folder;
    }

    static KeptContributions open(Path folder) {
        KeptContributions kept = new KeptContributions(folder);
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
                for (Path entry : entries) {
                    kept.read(entry);
                }
            } catch (IOException e) {
                LOG.warn("TMB-CFG-024 {}: what other sources than etc/ said before cannot be read ({}); it is missing until they speak again", folder, e.toString());
            }
        }
        return kept;
    }

    private void read(Path file) {
        try {
            Contribution contribution = parse(Files.readString(file));
            bySource.put(contribution.source(), contribution);
        } catch (IOException | JsonText.Malformed | IllegalArgumentException e) {
            LOG.warn("TMB-CFG-024 {} cannot be read ({}); what that source said is missing until it speaks again", file, e.toString());
        }
    }

    Collection<Contribution> all() {
        return List.copyOf(bySource.values());
    }

    /** @return whether that is anything new */
    boolean keep(Contribution contribution) {
        if (contribution.equals(bySource.put(contribution.source(), contribution))) {
            return false;
        }
        try {
            PrivateFiles.makeFolder(folder);
            PrivateFiles.write(folder.resolve(contribution.source() + SUFFIX), text(contribution));
        } catch (IOException e) {
            LOG.warn("TMB-CFG-024 {}: what {} says cannot be kept ({}); it is in force, but will be missing for a while after a restart. Make room there, or let"
                    + " the node's user write", folder, contribution.source(), e.toString());
        }
        return true;
    }

    private static String text(Contribution contribution) {
        List<Json> parts = new ArrayList<>();
        for (Part part : contribution.parts()) {
            Map<String, Json> members = new LinkedHashMap<>();
            part.values().forEach((key, value) -> members.put(key, new Json.Text(value)));
            parts.add(Json.Obj.of("kind", new Json.Text(part.kind().name())).with("name", part.name()).with("level", part.level().name())
                    .with("origin", part.origin()).with("values", new Json.Obj(members)));
        }
        return JsonText.pretty(Json.Obj.of("source", new Json.Text(contribution.source())).with("parts", new Json.Arr(parts)));
    }

    private static Contribution parse(String text) throws JsonText.Malformed {
        if (!(JsonText.parse(text) instanceof Json.Obj document)) {
            throw new IllegalArgumentException("not an object");
        }
        List<Part> parts = new ArrayList<>();
        for (Json item : document.array("parts")) {
            if (item instanceof Json.Obj part) {
                Map<String, String> values = new TreeMap<>();
                part.object("values").orElse(Json.Obj.EMPTY).members().forEach((key, value) -> {
                    if (value instanceof Json.Text(String plain)) {
                        values.put(key, plain);
                    }
                });
                parts.add(new Part(Kind.valueOf(part.text("kind").orElse("")), part.text("name").orElse(""), Level.valueOf(part.text("level").orElse("")),
                        part.text("origin").orElse(""), values));
            }
        }
        return new Contribution(document.text("source").orElse(""), parts);
    }
}
