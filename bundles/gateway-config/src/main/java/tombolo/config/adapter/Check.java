package tombolo.config.adapter;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.SecretRef;
import tombolo.api.config.Settings;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.ConfigFiles.Outcome;
import tombolo.config.core.FileKind;
import tombolo.config.core.ProblemText;
import tombolo.config.core.Sample;

/**
 * Validates a configuration folder without a running node: {@code Check [--json] <folder>}. Prints every problem and ends with 1, or a summary and ends
 * with 0; ends with 2 where it was called wrongly or the folder cannot be read. {@code Check --samples <folder>} writes the commented samples instead.
 * Needs nothing but the JDK, gateway-api and this bundle on the class path.
 */
public final class Check {
    private Check() { }

    public static void main(String[] arguments) {
        System.exit(run(List.of(arguments), new PrintStream(System.out, true, StandardCharsets.UTF_8), new PrintStream(System.err, true,
                StandardCharsets.UTF_8)));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        List<String> folders = arguments.stream().filter(argument -> !argument.startsWith("--")).toList();
        List<String> options = arguments.stream().filter(argument -> argument.startsWith("--")).toList();
        if (folders.size() != 1 || options.size() > 1 || !List.of("--json", "--samples").containsAll(options)) {
            err.println("usage: Check [--json] <folder>     (validates the tombolo.*.cfg files of the folder)");
            return 2;
        }
        Path folder = Path.of(folders.getFirst()).toAbsolutePath().normalize();
        try {
            if (options.contains("--samples")) {
                writeSamples(folder);
                return 0;
            }
            EtcFolder etc = new EtcFolder(folder);
            Outcome outcome = ConfigFiles.read(etc.read(etc.stamps()), Map.of(), "localhost", folder.toString());
            List<ConfigProblem> problems = new ArrayList<>(outcome.problems());
            outcome.settings().peers().values().forEach(peer -> secretProblem(peer).ifPresent(problems::add));
            problems.addAll(DatastoreFilesCheck.problems(outcome.settings().datastore()));
            problems.addAll(AzureFilesCheck.problems(outcome.settings().azure()));
            problems.addAll(CircuitFilesCheck.problems(outcome.settings()));
            if (options.contains("--json")) {
                out.println(json(outcome.settings(), problems));
            } else if (problems.isEmpty()) {
                out.println(folder + ": good; " + summary(outcome.settings()));
            } else {
                problems.forEach(problem -> out.println(ProblemText.of(problem)));
                out.println(folder + ": " + problems.size() + (problems.size() == 1 ? " problem" : " problems"));
            }
            return problems.isEmpty() ? 0 : 1;
        } catch (IOException e) {
            err.println("TMB-CFG-017 " + folder + ": the folder cannot be read or written (" + e + ")");
            return 2;
        }
    }

    static void writeSamples(Path etc) throws IOException {
        Files.createDirectories(etc.resolve("examples"));
        for (FileKind kind : FileKind.values()) {
            Files.writeString(samplePath(etc, kind), Sample.of(kind));
        }
    }

    static Path samplePath(Path etc, FileKind kind) {
        return (kind.isFactory() ? etc.resolve("examples") : etc).resolve(kind.fileName("EXAMPLE"));
    }

    /** The running node resolves a secret where it uses it; offline, a file that is not there is most likely a mistake. An environment is not ours to judge. */
    private static Optional<ConfigProblem> secretProblem(PeerSettings peer) {
        String file = FileKind.PEER.fileName(peer.name());
        return peer.password().flatMap(password -> switch (password) {
            case SecretRef.InEnvironment ignored -> Optional.empty();
            case SecretRef.InFile(String path) when !Files.isReadable(Path.of(path)) ->
                    Optional.of(new ConfigProblem(file, 0, "password-file", "TMB-CFG-013 " + path
                            + " is not there or cannot be read; put the key into it as one line, with mode 0600"));
            case SecretRef.InFile ignored -> Optional.empty();
        });
    }

    private static String summary(Settings settings) {
        String bgp = settings.bgp().enabled()
                ? "AS " + settings.bgp().as().map(Object::toString).orElse("") + ", router id " + settings.bgp().routerId().map(Object::toString).orElse("")
                : "BGP is off (as and router-id are not set)";
        return bgp + "; " + counted(settings.peers(), "peer") + ", " + counted(settings.filters(), "filter") + ", " + counted(settings.networks(), "network")
                + ", "
                + counted(settings.statics(), "static route") + "; datastore " + datastore(settings.datastore());
    }

    private static String datastore(DatastoreSettings settings) {
        return switch (settings.engine()) {
            case EMBEDDED -> "embedded";
            case ETCD -> "on etcd at " + String.join(", ", settings.etcd().endpoints());
        };
    }

    private static String counted(Map<String, ?> map, String noun) {
        return map.size() + " " + noun + (map.size() == 1 ? "" : "s");
    }

    private static String json(Settings settings, List<ConfigProblem> problems) {
        List<String> entries = problems.stream().map(problem -> "{\"file\":" + quoted(problem.file()) + ",\"line\":" + problem.line() + ",\"key\":"
                + quoted(problem.key())
                + ",\"message\":" + quoted(problem.message()) + "}").toList();
        return "{\"valid\":" + problems.isEmpty() + ",\"bgpEnabled\":" + settings.bgp().enabled() + ",\"peers\":" + settings.peers().size() + ",\"filters\":"
                + settings.filters().size() + ",\"networks\":" + settings.networks().size() + ",\"staticRoutes\":" + settings.statics().size()
                + ",\"problems\":[" + String.join(",", entries) + "]}";
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
