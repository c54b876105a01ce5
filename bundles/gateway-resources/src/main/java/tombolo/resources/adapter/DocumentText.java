package tombolo.resources.adapter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tombolo.api.json.Json;
import tombolo.resources.core.Document;
import tombolo.runtime.json.JsonText;

/** Reads files of documents: YAML or JSON, several documents, lists and lists of lists. */
final class DocumentText {
    /** A file. What an operator writes is far below; what is larger is split. */
    static final int MAX_BYTES = 16 << 20;
    /** In one file: each is a transaction of its own. */
    static final int MAX_DOCUMENTS = 100_000;

    private DocumentText() { }

    /** A file that cannot be read; the message is operator text that names the file and, where there is one, the line. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    /** @param file its name for messages; {@code -} for the standard input */
    static List<Document> read(String file, byte[] content) throws Unreadable {
        if (content.length > MAX_BYTES) {
            throw tooLarge(file, content.length);
        }
        String text = text(file, content);
        List<Document> documents = new ArrayList<>();
        for (Parsed parsed : looksLikeJson(text) ? json(file, content, text) : YamlText.read(file, text)) {
            spread(file, parsed, parsed.value(), "", documents);
        }
        return documents;
    }

    static Unreadable tooLarge(String file, long bytes) {
        return new Unreadable("TMB-RES-017 " + name(file) + " has " + (bytes < 0 ? "more than " + MAX_BYTES : bytes) + " bytes; the most is " + MAX_BYTES
                + ". Nothing of it was used; split it.");
    }

    static String name(String file) {
        return file.equals("-") ? "standard input" : file;
    }

    /** A document as its text has it. @param number from 1 */
    record Parsed(int number, Json value, Map<String, Integer> lines) { }

    private static String text(String file, byte[] content) throws Unreadable {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException _) {
            throw new Unreadable("TMB-RES-018 " + name(file) + " is not UTF-8 text.");
        }
    }

    private static boolean looksLikeJson(String text) {
        String start = text.stripLeading();
        return (start.startsWith("{") || start.startsWith("[")) && !text.contains("\n---");
    }

    private static List<Parsed> json(String file, byte[] content, String text) throws Unreadable {
        Map<String, Integer> lines = new HashMap<>();
        try {
            return List.of(new Parsed(1, JsonText.parse(text.getBytes(StandardCharsets.UTF_8), lines::put), lines));
        } catch (JsonText.Malformed e) {
            boolean deep = e.getMessage().contains("nesting depth");
            throw new Unreadable((deep ? "TMB-RES-019 " : "TMB-RES-018 ") + name(file) + ", line " + e.line() + ", column " + e.column() + ": not JSON: " + e.getMessage()
                    + YamlText.truncation(text, e.line()) + ".");
        }
    }

    /** A document that is a list stands for its items. */
    private static void spread(String file, Parsed parsed, Json value, String path, List<Document> documents) throws Unreadable {
        if (documents.size() >= MAX_DOCUMENTS) {
            throw new Unreadable("TMB-RES-017 " + name(file) + " has more than " + MAX_DOCUMENTS + " documents; split it.");
        }
        switch (value) {
            case Json.Null _ when path.isEmpty() -> { } // what an empty document between two separators is
            case Json.Arr(List<Json> items) -> {
                for (int i = 0; i < items.size(); i++) {
                    spread(file, parsed, items.get(i), path + "[" + i + "]", documents);
                }
            }
            case Json.Obj object when isList(object) -> spread(file, parsed, object.get("items").orElse(Json.Arr.EMPTY), path.isEmpty() ? "items" : path + ".items", documents);
            case Json.Obj object -> documents.add(new Document(file, parsed.number(), path, object, parsed.lines()));
            default -> throw new Unreadable("TMB-RES-018 " + new Document(file, parsed.number(), path, Json.Obj.EMPTY, parsed.lines()).place(
                    new Document(file, parsed.number(), path, Json.Obj.EMPTY, parsed.lines()).line("")) + ": wanted an object with apiVersion, kind and metadata, or a list of such.");
        }
    }

    private static boolean isList(Json.Obj object) {
        return object.text("kind").filter(kind -> kind.endsWith("List")).isPresent() && object.get("items").filter(items -> items instanceof Json.Arr || items instanceof Json.Null).isPresent();
    }
}
