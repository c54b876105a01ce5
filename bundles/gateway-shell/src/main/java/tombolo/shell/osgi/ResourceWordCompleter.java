package tombolo.shell.osgi;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import org.osgi.framework.BundleContext;
import tombolo.api.resource.ResourceCommands;

/** Completes a kind, behind it the names that there are now, behind an option its values. */
@NullUnmarked
@Service
public final class ResourceWordCompleter implements Completer {
    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        String[] words = line.getArguments();
        int at = line.getCursorArgumentIndex();
        String before = at > 0 && at <= words.length ? words[at - 1] : "";
        return switch (before) {
            case "-f", "--filename" -> new FileCompleter().complete(session, line, candidates);
            case "-o", "--output" -> new StringsCompleter(List.of("ps", "wide", "yaml", "json")).complete(session, line, candidates);
            case "-t", "--type" -> new StringsCompleter(List.of("strategic", "merge", "json")).complete(session, line, candidates);
            default -> new StringsCompleter(words(plain(words, at))).complete(session, line, candidates);
        };
    }

    /** The arguments before the cursor that are neither the command nor an option nor an option's value. */
    private static List<String> plain(String[] words, int end) {
        List<String> plain = new ArrayList<>();
        for (int i = 1; i < Math.min(end, words.length); i++) {
            if (List.of("-f", "-o", "-n", "-p", "-t", "--filename", "--output", "--namespace", "--patch", "--type").contains(words[i])) {
                i++;
            } else if (!words[i].startsWith("-")) {
                plain.add(words[i]);
            }
        }
        return plain;
    }

    private List<String> words(List<String> plain) {
        try (OsgiServices services = new OsgiServices(context)) {
            return services.find(ResourceCommands.class).map(commands -> plain.isEmpty() ? commands.kinds() : commands.names(plain.getFirst())).orElse(List.of());
        }
    }
}
