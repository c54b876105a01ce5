package tombolo.shell.osgi;

import java.util.Optional;
import java.util.OptionalInt;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.adapter.KeyFile;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:link-create}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "link-create", description = "Links a gateway of a virtual network to a circuit",
        detailedDescription = "er:link-create CIRCUIT|SERVICE-KEY|CIRCUIT-ID RESOURCE-GROUP/GATEWAY|RESOURCE-GROUP/NETWORK [--subscription NAME] [--authorization-file FILE] [--weight N] [--yes]. Where both are linked already, the link keeps its weight; another one needs --yes, since traffic may move. The limit of links is checked before. A service key is looked for in all subscriptions that are configured here; a circuit of another customer is named by its id, with an authorization.")
public final class ErLinkCreate extends ErCommand {
    @Option(name = "--subscription", description = "The gateway's subscription; without, the circuit's")
    String subscription;

    @Option(name = "--authorization-file", description = "A file with the key of an authorization, for a circuit of another subscription")
    String file;

    @Option(name = "--weight", description = "The routing weight, 0-32000; without, the one that the link has, 0 for a new one")
    Integer weight;

    @Option(name = "--yes", description = "Consent to another weight of a link that is there")
    boolean yes;

    @Override
    int ownWords() {
        return 1;
    }

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.createLink(circuit, word(0, "RESOURCE-GROUP/GATEWAY"), Optional.ofNullable(subscription), KeyFile.read(file),
                weight == null ? OptionalInt.empty() : OptionalInt.of(weight), yes, progress()));
    }
}
