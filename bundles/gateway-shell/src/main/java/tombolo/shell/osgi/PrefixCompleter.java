package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.RouteCompletion;
import tombolo.shell.core.Services;

/** Completes the prefixes that BGP has now. */
@NullUnmarked
@Service
public final class PrefixCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        return RouteCompletion.prefixes(services, typed);
    }
}
