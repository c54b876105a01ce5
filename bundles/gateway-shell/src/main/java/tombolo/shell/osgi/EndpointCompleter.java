package tombolo.shell.osgi;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import org.osgi.framework.BundleContext;
import tombolo.api.endpoint.Endpoints;

/** Completes the endpoints there are now. */
@NullUnmarked
@Service
public final class EndpointCompleter implements Completer {
    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(names(context).toList()).complete(session, line, candidates);
    }

    static Stream<String> names(BundleContext context) {
        try (OsgiServices services = new OsgiServices(context)) {
            return services.find(Endpoints.class).map(Endpoints::list).orElse(List.of()).stream().map(one -> one.id().toString()).toList().stream();
        }
    }
}
