package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:authorization-delete}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "authorization-delete", description = "Deletes an authorization, or all of one description",
        detailedDescription = "er:authorization-delete CIRCUIT NAME [--force]: Azure deletes the links that use it. Refused with their names, unless --force.")
public final class ErAuthorizationDelete extends ErCommand {
    @Option(name = "--force", description = "Also where links are cut")
    boolean force;

    @Override
    int ownWords() {
        return 1;
    }

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.deleteAuthorizations(circuit, word(0, "the NAME of an authorization"), force, progress()));
    }
}
