package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Services;

/** Completes the circuits that files describe. */
@NullUnmarked
@Service
public final class CircuitCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        return services.find(ExpressRoute.class).map(ExpressRoute::circuits).orElse(List.of());
    }
}
