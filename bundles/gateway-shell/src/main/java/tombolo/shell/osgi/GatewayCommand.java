package tombolo.shell.osgi;

import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.Terminal;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.NullUnmarked;
import org.osgi.framework.BundleContext;
import tombolo.api.azure.ArmException;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Screen;
import tombolo.shell.core.Services;

/** What every command does alike: find services, print the document, turn a failure into operator text and a non-zero exit code. Fields are set by Karaf. */
@NullUnmarked
abstract class GatewayCommand implements Action {
    @Option(name = "--json", description = "Print one JSON document instead of a table")
    boolean json;

    @Reference
    BundleContext context;

    @Reference
    Session session;

    /** The answer. @throws Failure where there is none */
    abstract Document answer(Services services);

    /** Words behind the arguments; see {@link TrailingOptions}. */
    List<String> further() {
        return List.of();
    }

    /** What a command does once its answer is printed. @throws Failure where it fails then */
    void behind() { }

    @Override
    public final Object execute() throws CommandException {
        try {
            TrailingOptions.read(this, further() == null ? List.of() : further());
            Optional<String> failure;
            try (OsgiServices services = new OsgiServices(context)) {
                Document document = answer(services);
                System.out.print(json ? JsonText.pretty(document.json()) + "\n" : document.text().apply(screen()));
                System.out.flush();
                failure = document.failure();
            }
            if (failure.isPresent()) {
                throw refused(failure.get());
            }
            behind(); // may take long: what answered may be replaced meanwhile, and nobody holds it
            return null;
        } catch (Failure e) {
            throw refused(e.getMessage());
        } catch (DatastoreException | ExpressRouteException | ArmException e) {
            throw refused(e.getMessage());
        } catch (IllegalStateException | IllegalArgumentException e) {
            throw refused("TMB-SHL-009 the question could not be answered: " + e.getMessage()
                    + ". Try again; if it stays so, attach gateway:diag to a report.");
        }
    }

    /** Karaf's own exception: one of ours would keep this bundle's class loader alive in the session. */
    private CommandException refused(String text) {
        return new CommandException(screen().color() ? "\u001b[31m" + text + "\u001b[0m" : text, text);
    }

    /** Colours and a width only where a person's terminal is at the other end, not in a pipe and not over {@code gateway shell COMMAND}. */
    Screen screen() {
        Terminal terminal = session.getTerminal();
        Process process = Process.Utils.current();
        if (terminal == null || process == null || !process.isTty(1)) {
            return Screen.PLAIN;
        }
        return new Screen(terminal.isAnsiSupported(), Math.max(0, terminal.getWidth()));
    }
}
