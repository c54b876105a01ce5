package tombolo.shell.osgi;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.NatViews;
import tombolo.shell.core.Services;

/** {@code nat:list}. */
@NullUnmarked
@Service
@Command(scope = "nat", name = "list", description = "Lists the ports of this host that lead to containers, and what leaves the cluster with this node's address",
        detailedDescription = "Ports are asked for by container runtimes (portMappings); pools with natOutgoing are resources. nft list table inet tombolo shows the rules themselves.")
public final class NatList extends GatewayCommand {
    @Argument(index = 0, name = "ENDPOINT", description = "CONTAINER/INTERFACE or its beginning: the ports of that one only", required = false)
    @Completion(EndpointCompleter.class)
    String endpoint;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = "--json")
    List<String> further;

    @Override
    List<String> further() {
        return further;
    }

    @Override
    Document answer(Services services) {
        return NatViews.list(services, Optional.ofNullable(endpoint));
    }
}
