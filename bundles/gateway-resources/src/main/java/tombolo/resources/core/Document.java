package tombolo.resources.core;

import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.resource.Resources.Problem;

/**
 * A document of a file.
 *
 * @param file   as the operator named it; {@code -} for the standard input
 * @param number from 1, as the documents stand in the file; the items of a list have that of the list
 * @param item   path of the list's item that this is, such as {@code items[3]}; empty where it is no item
 * @param lines  where each field stands, by its path from the top of the document
 */
public record Document(String file, int number, String item, Json.Obj tree, Map<String, Integer> lines) {

    /** The line of a field, or of the nearest thing around it. */
    public int line(String field) {
        String path = item.isEmpty() ? field : field.isEmpty() ? item : item + "." + field;
        while (true) {
            Integer line = lines.get(path);
            if (line != null) {
                return line;
            }
            int end = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
            if (end < 0) {
                return lines.getOrDefault("", 1);
            }
            path = path.substring(0, end);
        }
    }

    /** {@code pool.yaml, document 2, line 7, IPPool(x): TMB-RES-003 …}. */
    public String told(Problem problem) {
        return place(line(problem.field())) + ", " + Decoder.title(tree) + ": " + problem.message();
    }

    public String place(int line) {
        return (file.equals("-") ? "standard input" : file) + ", document " + number + ", line " + line;
    }

    /** The same place with another tree. */
    public Document with(Json.Obj other) {
        return new Document(file, number, item, other, lines);
    }

    Optional<String> kind() {
        return tree.text("kind");
    }
}
