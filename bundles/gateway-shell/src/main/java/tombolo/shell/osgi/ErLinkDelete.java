package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:link-delete}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "link-delete", description = "Deletes a link",
        detailedDescription = "er:link-delete CIRCUIT LINK --yes: the traffic of the virtual network over this circuit stops.")
public final class ErLinkDelete extends ErCommand {
    @Option(name = "--yes", description = "Consent to the cut")
    boolean yes;

    @Override
    int ownWords() {
        return 1;
    }

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.deleteLink(circuit, word(0, "the name of a LINK"), yes, progress()));
    }
}
