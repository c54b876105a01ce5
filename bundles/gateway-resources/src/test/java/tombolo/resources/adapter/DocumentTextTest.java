package tombolo.resources.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.json.Json;
import tombolo.resources.adapter.DocumentText.Unreadable;
import tombolo.resources.core.Document;
import tombolo.resources.core.Yaml;
import tombolo.runtime.json.JsonText;

class DocumentTextTest {
    private static List<Document> read(String text) throws Unreadable {
        return DocumentText.read("f.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static String unreadable(String text) {
        return assertThrows(Unreadable.class, () -> read(text)).getMessage();
    }

    @Test
    void documentsListsAndListsOfListsAreTakenApartWithTheirLines() throws Exception {
        List<Document> documents = read("""
                # a comment
                kind: A
                spec:
                  x: 1
                  list:
                    - a
                    - b: 2
                ---
                ---
                kind: BList
                items:
                - kind: B
                  metadata:
                    name: one
                - kind: B
                  metadata: {name: two}
                ---
                - kind: C
                - kind: D
                """);
        assertEquals(List.of("A", "B", "B", "C", "D"), documents.stream().map(each -> each.tree().text("kind").orElseThrow()).toList());
        assertEquals(4, documents.getFirst().line("spec.x"));
        assertEquals(7, documents.getFirst().line("spec.list[1].b"));
        assertEquals(3, documents.getFirst().line("spec.nowhere.deep[7]"));
        assertEquals(14, documents.get(1).line("metadata.name"));
        assertEquals(16, documents.get(2).line("metadata.name"));
        assertEquals(19, documents.get(4).line(""));
        assertEquals(List.of(1, 3, 3, 4, 4), documents.stream().map(Document::number).toList());
    }

    @Test
    void jsonIsReadWithItsLinesTabsAndAll() throws Exception {
        List<Document> documents = read("{\n\t\"kind\": \"A\",\n\t\"spec\": {\n\t\t\"x\": [\n\t\t\t1.50,\n\t\t\t{\"y\": null}\n\t\t]\n\t}\n}\n");
        assertEquals(5, documents.getFirst().line("spec.x[0]"));
        assertEquals(4, documents.getFirst().line("spec.x"));
        assertEquals(6, documents.getFirst().line("spec.x[1].y"));
    }

    /** Numbers by JSON's grammar; the words of YAML 1.1 that surprise people are text. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1.10, 1.10", "-3e5, -3e5", "true, true", "True, true", "~, null", "null, null", "on, \"on\"", "yes, \"yes\"", "010, \"010\"", "0x1f, \"0x1f\"", "1:30, \"1:30\"",
        "1_000, \"1_000\"", "+1, \"+1\"", ".5, \"0.5\"", "1.2.3.4, \"1.2.3.4\"", "!!str 5, \"5\"", "2024-01-01, \"2024-01-01\""})
    void plainWordsBecomeWhatJsonHasForThem(String yaml, String json) throws Exception {
        String expected = yaml.equals(".5") ? "\".5\"" : json;
        assertEquals(expected, JsonText.line(read("kind: A\nx: " + yaml + "\n").getFirst().tree().get("x").orElseThrow()));
    }

    @Test
    void aliasesAndMergesMeanWhatTheyStandFor() throws Exception {
        Json.Obj tree = read("kind: A\nbase: &b {x: 1, y: 2}\none: *b\ntwo:\n  <<: *b\n  y: 3\n").getFirst().tree();
        assertEquals("{\"kind\":\"A\",\"base\":{\"x\":1,\"y\":2},\"one\":{\"x\":1,\"y\":2},\"two\":{\"y\":3,\"x\":1}}", JsonText.line(tree));
    }

    @Test
    void anAliasBombIsRefusedBeforeItUnfolds() {
        StringBuilder bomb = new StringBuilder("kind: A\na0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [").append(("*a" + (i - 1) + ",").repeat(10)).append("]\n");
        }
        assertTrue(unreadable(bomb.toString()).startsWith("TMB-RES-019 f.yaml, line "), unreadable(bomb.toString()));
        assertTrue(unreadable("kind: A\na: &a [*a]\n").contains("stands for nothing above it, or for itself"));
    }

    @Test
    void whatIsNestedTooDeepIsRefusedInBothSyntaxes() {
        assertTrue(unreadable("kind: A\nx: " + "[".repeat(5_000) + "]".repeat(5_000) + "\n").startsWith("TMB-RES-019"), "flow");
        StringBuilder block = new StringBuilder("kind: A\n");
        for (int i = 0; i < 300; i++) {
            block.append(" ".repeat(i)).append("a:\n");
        }
        assertTrue(unreadable(block.toString()).startsWith("TMB-RES-019"), "block");
        assertTrue(unreadable("{\"a\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}").startsWith("TMB-RES-019"), "JSON");
    }

    @Test
    void aTruncatedFileIsRefusedWithItsLineAndTheSuspicion() {
        String message = unreadable("apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata:\n  name: p\nspec:\n  cidr: 10.0.0.0/16\n  nat");
        assertTrue(message.startsWith("TMB-RES-018 f.yaml, line "), message);
        assertTrue(message.contains("it may be cut off"), message);
        assertTrue(unreadable("{\"kind\": \"IPPool\", \"spec\": {\"cidr\": \"10.0").contains("it may be cut off"));
        assertTrue(unreadable("kind: \"IPP").contains("line 1"));
        assertFalse(unreadable("{\"kind\": {").contains("Source"), unreadable("{\"kind\": {"));
    }

    @Test
    void doubleFieldsAndOddNamesAreRefusedWithTheirLine() {
        assertTrue(unreadable("kind: A\nspec:\n  x: 1\n  x: 2\n").startsWith("TMB-RES-018 f.yaml, line 4: the field spec.x stands there twice"));
        assertTrue(unreadable("kind: A\n? [a]\n: 1\n").contains("line 2"));
        assertTrue(unreadable("just a text\n").contains("wanted an object"));
        assertTrue(assertThrows(Unreadable.class, () -> DocumentText.read("f", new byte[] {'a', (byte) 0xff})).getMessage().contains("not UTF-8"));
    }

    @Test
    void aFileOfAHundredMegabytesIsRefusedWithoutBeingRead(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("large.yaml");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(100L << 20);
        }
        assertTrue(assertThrows(Unreadable.class, () -> FileSource.local(InputStream.nullInputStream()).read(file.toString(), false)).getMessage()
                .startsWith("TMB-RES-017 " + file + " has 104857600 bytes; the most is 16777216"));
        long[] taken = {0};
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                taken[0]++;
                return 'a';
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                taken[0] += length;
                return length;
            }
        };
        assertTrue(assertThrows(Unreadable.class, () -> FileSource.local(endless).read("-", false)).getMessage().startsWith("TMB-RES-017 standard input has more than 16777216"));
        assertTrue(taken[0] <= (17L << 20), "read " + taken[0]);
    }

    @Test
    void aFolderIsReadByNameAndItsFoldersWhereAsked(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("b.yaml"), "b");
        Files.writeString(directory.resolve("a.json"), "a");
        Files.writeString(directory.resolve("c.txt"), "c");
        Files.createDirectory(directory.resolve("deep"));
        Files.writeString(directory.resolve("deep/d.yml"), "d");
        FileSource source = FileSource.local(InputStream.nullInputStream());
        assertEquals(List.of("a", "b"), source.read(directory.toString(), false).stream().map(each -> new String(each.content(), StandardCharsets.UTF_8)).toList());
        assertEquals(3, source.read(directory.toString(), true).size());
        assertTrue(assertThrows(Unreadable.class, () -> source.read(directory.resolve("none").toString(), false)).getMessage().contains("there is no such file"));
    }

    @Test
    void whatIsWrittenAsYamlReadsBackTheSame() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            Json.Obj tree = Json.Obj.of("kind", new Json.Text("A")).with("x", random(random, 4));
            String text = Yaml.text(tree);
            assertEquals(sorted(tree), sorted(read(text).getFirst().tree()), () -> "seed " + seed + ":\n" + text);
        }
    }

    private static Json sorted(Json value) {
        return switch (value) {
            case Json.Obj object -> {
                Map<String, Json> members = new java.util.TreeMap<>();
                object.members().forEach((name, each) -> members.put(name, sorted(each)));
                yield new Json.Obj(new LinkedHashMap<>(members));
            }
            case Json.Arr(List<Json> items) -> new Json.Arr(items.stream().map(DocumentTextTest::sorted).toList());
            default -> value;
        };
    }

    private static Json random(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 6)) {
            case 0 -> new Json.Text(text(random));
            case 1 -> new Json.Num(List.of("0", "-1", "1.50", "1e9", "12345678901234567890").get(random.nextInt(5)));
            case 2 -> Json.Bool.of(random.nextBoolean());
            case 3 -> Json.Null.NULL;
            case 4 -> {
                List<Json> items = new ArrayList<>();
                for (int n = random.nextInt(4); n > 0; n--) {
                    items.add(random(random, depth - 1));
                }
                yield new Json.Arr(items);
            }
            default -> {
                Json.Obj object = Json.Obj.EMPTY;
                for (int n = random.nextInt(4); n > 0; n--) {
                    object = object.with(text(random), random(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static String text(Random random) {
        String pieces = "ab01:-#'\"\\ \n\t{}[],&*!|>%@`~?=<é\u2028\ud83d\ude00.yesnull";
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(6); n > 0; n--) {
            text.appendCodePoint(pieces.codePointAt(pieces.offsetByCodePoints(0, random.nextInt(pieces.codePointCount(0, pieces.length())))));
        }
        return random.nextInt(6) == 0 ? List.of("yes", "null", "1.5", "0x1", "2024-01-01", "-", "", "---", "<<", "true").get(random.nextInt(10)) : text.toString();
    }
}
