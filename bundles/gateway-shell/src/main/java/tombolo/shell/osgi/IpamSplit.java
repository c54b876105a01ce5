package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.IpamActions;
import tombolo.shell.core.Services;

/** {@code ipam:split}. */
@NullUnmarked
@Service
@Command(scope = "ipam", name = "split", description = "Replaces an address pool by smaller ones of equal size",
        detailedDescription = "The number of parts is a power of two. The datastore has to be locked (datastore:lock). As calicoctl ipam split.")
public final class IpamSplit extends ArgumentCommand {
    @Option(name = "--cidr", description = "The range of the pool to split")
    @Completion(PoolCidrCompleter.class)
    String cidr;

    @Option(name = "--name", description = "The name of the pool to split")
    @Completion(PoolNameCompleter.class)
    String name;

    @Argument(index = 0, name = "number", description = "Into how many", required = true)
    int number;

    @Override
    Document answer(Services services) {
        return IpamActions.split(services, number, Optional.ofNullable(cidr), Optional.ofNullable(name));
    }
}
