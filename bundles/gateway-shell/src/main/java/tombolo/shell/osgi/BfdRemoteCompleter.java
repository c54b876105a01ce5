package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BfdViews;
import tombolo.shell.core.Services;

/** Completes the neighbours with a BFD session. */
@NullUnmarked
@Service
public final class BfdRemoteCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        return BfdViews.remotes(services);
    }
}
