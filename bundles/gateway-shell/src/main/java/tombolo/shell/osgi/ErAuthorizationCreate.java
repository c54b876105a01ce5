package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:authorization-create}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "authorization-create", description = "Makes authorizations for links from another subscription",
        detailedDescription = "er:authorization-create CIRCUIT DESCRIPTION [--limit N]: one authorization for each link, named by the description. The keys are shown once; hand them over safely.")
public final class ErAuthorizationCreate extends ErCommand {
    @Option(name = "--limit", description = "How many links, 1-20")
    int limit = 1;

    @Override
    int ownWords() {
        return 1;
    }

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.createAuthorizations(circuit, word(0, "a DESCRIPTION"), limit, progress()));
    }
}
