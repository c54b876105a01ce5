package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.IpamActions;
import tombolo.shell.core.Services;

/** {@code ipam:configure}. */
@NullUnmarked
@Service
@Command(scope = "ipam", name = "configure", description = "Changes the configuration of address management",
        detailedDescription = "The configuration is one for the whole cluster. Options that are left out keep their value. As calicoctl ipam configure.")
public final class IpamConfigure extends GatewayCommand {
    @Option(name = "--strictaffinity", description = "true: no address is borrowed from the block of another node")
    @Completion(value = StringsCompleter.class, values = {"true", "false"})
    String strictAffinity;

    @Option(name = "--max-blocks-per-host", description = "The most blocks of a node; 0: 20")
    String maxBlocks;

    @Option(name = "--ip-cooldown-seconds", description = "How long a released address rests, 0 to 1200")
    String coolDown;

    @Option(name = "--kubevirt-ip-persistence", description = "Whether virtual machines keep their addresses: Enabled or Disabled")
    @Completion(value = StringsCompleter.class, values = {"Enabled", "Disabled"})
    String persistence;

    @Override
    Document answer(Services services) {
        return IpamActions.configure(services, Optional.ofNullable(strictAffinity), Optional.ofNullable(maxBlocks), Optional.ofNullable(coolDown), Optional.ofNullable(persistence));
    }
}
