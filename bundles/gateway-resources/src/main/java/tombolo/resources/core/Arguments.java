package tombolo.resources.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The words of a command, read as calicoctl reads them.
 *
 * @param flags options without a value that are there, by their long names
 * @param values options with a value, by their long names
 */
public record Arguments(String verb, Optional<String> kind, List<String> rest, Set<String> flags, Map<String, String> values) {
    private static final Map<String, String> SHORT = Map.of("-f", "--filename", "-R", "--recursive", "-o", "--output", "-n", "--namespace", "-A", "--all-namespaces", "-a",
            "--all-namespaces", "-s", "--skip-not-exists", "-p", "--patch", "-t", "--type", "-c", "--config");
    private static final Set<String> FILES = Set.of("--filename", "--recursive", "--skip-empty", "--namespace", "--config", "--context", "--allow-version-mismatch");
    private static final Map<String, Set<String>> OWN = Map.of("apply", Set.of("--dry-run"), "create", Set.of("--skip-exists", "--dry-run"), "replace", Set.of("--dry-run"), "delete",
            Set.of("--skip-not-exists", "--dry-run"), "get", Set.of("--output", "--all-namespaces", "--export"), "patch", Set.of("--patch", "--type", "--dry-run"), "label",
            Set.of("--overwrite", "--remove", "--dry-run"), "validate", Set.of());
    private static final Set<String> WITH_VALUE = Set.of("--filename", "--output", "--namespace", "--patch", "--type", "--config", "--context");
    /** A word that is a connection to a store: here there is one, that of the node. */
    private static final Set<String> FOREIGN = Set.of("--config", "--context");

    /** Words that are no command. */
    public static final class Usage extends Exception {
        private static final long serialVersionUID = 1;

        public Usage(String message) {
            super("TMB-RES-020 " + message);
        }
    }

    public static List<String> verbs() {
        return OWN.keySet().stream().sorted().toList();
    }

    public static Arguments read(String verb, List<String> words) throws Usage {
        if (!OWN.containsKey(verb)) {
            throw new Usage("'" + verb + "' is no command: wanted one of " + String.join(", ", verbs()) + ".");
        }
        List<String> plain = new ArrayList<>();
        Set<String> flags = new LinkedHashSet<>();
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-") || !word.startsWith("-")) {
                plain.add(word);
                continue;
            }
            int equals = word.indexOf('=');
            String name = word.startsWith("--") ? equals > 0 ? word.substring(0, equals) : word : SHORT.getOrDefault(word.substring(0, 2), word);
            if (!FILES.contains(name) && !OWN.get(verb).contains(name)) {
                throw new Usage("'" + word + "' is no option of " + verb + "; options: " + options(verb) + ".");
            }
            if (FOREIGN.contains(name)) {
                throw new Usage(name + " is not used here: the store is the node's own, named in etc/tombolo.datastore.cfg.");
            }
            if (!WITH_VALUE.contains(name)) {
                flags.add(name);
            } else if (word.startsWith("--") && equals > 0) {
                values.put(name, word.substring(equals + 1));
            } else if (!word.startsWith("--") && word.length() > 2) {
                values.put(name, word.charAt(2) == '=' ? word.substring(3) : word.substring(2));
            } else if (++i < words.size()) {
                values.put(name, words.get(i));
            } else {
                throw new Usage(name + " needs a value.");
            }
        }
        Arguments arguments = new Arguments(verb, plain.stream().findFirst(), plain.isEmpty() ? List.of() : List.copyOf(plain.subList(1, plain.size())), Set.copyOf(flags), Map.copyOf(values));
        arguments.check();
        return arguments;
    }

    private static String options(String verb) {
        List<String> names = new ArrayList<>(FILES);
        names.addAll(OWN.get(verb));
        names.removeAll(FOREIGN);
        return String.join(", ", names.stream().sorted().toList());
    }

    private void check() throws Usage {
        boolean named = verb.equals("patch") || verb.equals("label");
        boolean filed = values.containsKey("--filename");
        boolean both = verb.equals("get") || verb.equals("delete");
        if (filed && named) {
            throw new Usage(verb + " takes KIND NAME, not -f.");
        }
        if (filed && kind.isPresent()) {
            throw new Usage(verb + " takes either -f FILE or KIND NAME, not both.");
        }
        if (!filed && !named && !both) {
            throw new Usage(verb + " needs -f FILE (- for the standard input).");
        }
        if (!filed && kind.isEmpty()) {
            throw new Usage(verb + " needs KIND" + (verb.equals("get") ? " or -f FILE" : " NAME" + (named ? "" : " or -f FILE")) + ".");
        }
        if (!filed && !verb.equals("get") && rest.isEmpty()) {
            throw new Usage(verb + " needs a NAME behind " + kind.orElse("KIND") + ".");
        }
        if (rest.stream().anyMatch(String::isEmpty)) {
            throw new Usage("resource name may not be empty.");
        }
        if (has("--all-namespaces") && namespace().isPresent()) {
            throw new Usage("cannot use both --namespace and --all-namespaces flags at the same time.");
        }
    }

    public boolean has(String flag) {
        return flags.contains(flag);
    }

    public Optional<String> value(String name) {
        return Optional.ofNullable(values.get(name));
    }

    public Optional<String> namespace() {
        return value("--namespace").filter(text -> !text.isEmpty());
    }
}
