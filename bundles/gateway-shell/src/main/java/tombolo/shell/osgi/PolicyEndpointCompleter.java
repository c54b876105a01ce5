package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import tombolo.api.policy.Policies;
import tombolo.shell.core.Services;

/** Completes this node's endpoints as policy names them. */
@Service
public final class PolicyEndpointCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        try {
            return services.find(Policies.class).map(Policies::endpoints).orElse(List.of());
        } catch (IllegalArgumentException _) {
            return List.of(); // nothing has been heard yet, and completion has nobody to tell
        }
    }
}
