package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.RouteCompletion;
import tombolo.shell.core.Services;

/** Completes the network addresses that BGP and the kernel have now. */
@NullUnmarked
@Service
public final class AddressCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        return RouteCompletion.addresses(services, typed);
    }
}
