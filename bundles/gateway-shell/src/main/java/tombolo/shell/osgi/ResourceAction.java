package tombolo.shell.osgi;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import tombolo.api.resource.ResourceCommands;
import tombolo.shell.core.Failure;

/**
 * What the commands on resources do alike: put calicoctl's words together again, which Karaf has taken apart at the first argument, hand them to gateway-resources,
 * print what it says. Fields are set by Karaf.
 */
@NullUnmarked
abstract class ResourceAction implements Action {
    @Option(name = "-n", aliases = "--namespace", description = "The namespace; without, that of the document, else default")
    String namespace;

    @Reference
    BundleContext context;

    abstract String verb();

    /** Options that stood before the first argument. */
    List<String> options() {
        List<String> words = new ArrayList<>();
        value(words, "--namespace", namespace);
        return words;
    }

    /** Everything else, options behind the first argument included. */
    abstract List<String> words();

    static void value(List<String> words, String option, @Nullable String value) {
        if (value != null) {
            words.add(option);
            words.add(value);
        }
    }

    static void flag(List<String> words, String option, boolean there) {
        if (there) {
            words.add(option);
        }
    }

    @Override
    public final Object execute() throws CommandException {
        List<String> words = new ArrayList<>(options());
        words.addAll(words() == null ? List.of() : words());
        ResourceCommands.Answer answer;
        try (OsgiServices services = new OsgiServices(context)) {
            answer = services.need(ResourceCommands.class).run(verb(), words, System.in);
        } catch (Failure e) {
            throw new CommandException(e.getMessage(), e.getMessage());
        }
        System.out.print(answer.out());
        if (answer.exitCode() != 0) {
            throw new CommandException(answer.error().strip(), answer.error().strip());
        }
        System.out.flush();
        System.err.print(answer.error()); // warnings
        System.err.flush();
        return null;
    }
}
