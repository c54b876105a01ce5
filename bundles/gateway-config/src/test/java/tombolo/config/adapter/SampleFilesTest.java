package tombolo.config.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;
import tombolo.config.core.FileKind;
import tombolo.config.core.Key;
import tombolo.config.core.Sample;

/** The files in etc/ are what an operator reads: they say all that the reader knows. */
class SampleFilesTest {
    private static final Path ETC = Path.of("..", "..", "etc");

    @ParameterizedTest
    @EnumSource(FileKind.class)
    void theFileInEtcIsTheOneMadeFromTheSchema(FileKind kind) throws IOException {
        assertEquals(Sample.of(kind), Files.readString(Check.samplePath(ETC, kind)), "write them anew: Check --samples etc");
    }

    @ParameterizedTest
    @EnumSource(FileKind.class)
    void everyKeyIsDocumentedWithUnitDefaultRangeAndEffect(FileKind kind) {
        for (Key<?> key : kind.keys()) {
            assertTrue(key.effect().endsWith(".") && key.effect().length() > 12, key.name() + ": " + key.effect());
            assertTrue(!key.otherwise().isBlank() && !key.type().range().isBlank() && !key.type().unit().isBlank(), key.name());
        }
        String plain = Sample.of(kind).replaceAll("\n# *", " ");
        for (Key<?> key : kind.keys()) {
            assertTrue(plain.contains("unit: " + key.type().unit() + " · default: " + key.otherwise() + " · range: " + key.type().range().replaceAll(" +",
                    " ")), key.name());
        }
    }

    /** Keys that exclude one another are tried one after the other in place of the first. */
    @ParameterizedTest
    @EnumSource(FileKind.class)
    void theSampleIsValidWithEveryKeyUncommented(FileKind kind) throws IOException {
        List<String> lines = Files.readAllLines(Check.samplePath(ETC, kind)).stream().filter(line -> line.matches("#[a-z][^ ]* = .*")).map(line ->
                line.substring(1)).toList();
        assertEquals(kind.keys().size(), lines.size());
        Set<String> exclusive = kind.keys().stream().filter(key -> key.insteadOf().isPresent()).map(Key::name).collect(Collectors.toSet());
        valid(kind, lines.stream().filter(line -> !exclusive.contains(nameOf(line))).toList());
        for (String key : exclusive) {
            Optional<String> replaced = kind.keys().stream().filter(k -> k.name().equals(key)).findFirst().flatMap(Key::insteadOf);
            valid(kind, lines.stream().filter(line -> nameOf(line).equals(key) || !exclusive.contains(nameOf(line)) && !nameOf(line)
                    .equals(replaced.orElse(""))).toList());
        }
    }

    private static void valid(FileKind kind, List<String> lines) {
        Map<String, Content> files = new HashMap<>();
        files.put(FileKind.FILTER.fileName("EXAMPLE"), new Content.Text("")); // the one that the sample of a peer names
        files.put(kind.fileName("EXAMPLE"), new Content.Text(String.join("\n", lines)));
        Outcome outcome = ConfigFiles.read(files, Map.of(), "host", "/etc");
        assertEquals(List.of(), outcome.problems());
    }

    private static String nameOf(String line) {
        return line.substring(0, line.indexOf(' '));
    }
}
