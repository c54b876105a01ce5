package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.ConfigViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code config:explain}. */
@NullUnmarked
@Service
@Command(scope = "config", name = "explain", description = "Shows where the values of the configuration come from",
        detailedDescription = "Each value that is set, by a file in etc/ or by another source such as a BGPPeer, with its source and with the values that it keeps " +
        "out of force. KEY is a file's name without 'tombolo.' and '.cfg' and the key in it, such as bgp.peer-rack-1.hold-time, or only its beginning.")
public final class ConfigExplain extends ArgumentCommand {
    @Argument(index = 0, name = "KEY", description = "The key, or its beginning up to a dot; none: everything that is set", required = false)
    @Completion(ConfigKeyCompleter.class)
    String key;

    @Option(name = "--all", description = "Also values that nobody has set")
    boolean all;

    @Override
    Document answer(Services services) {
        return ConfigViews.explain(services, Optional.ofNullable(key), all);
    }
}
