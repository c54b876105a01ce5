package tombolo.shell.osgi;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Services;

/** Completes the names of the peers there are now, and {@code all}. */
@NullUnmarked
@Service
public final class PeerOrAllCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        return Stream.concat(Stream.of("all"), PeerCompleter.names(services).stream()).toList();
    }
}
