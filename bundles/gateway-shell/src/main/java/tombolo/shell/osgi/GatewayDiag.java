package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code gateway:diag}. */
@NullUnmarked
@Service
@Command(scope = "gateway", name = "diag", description = "Writes an archive for a bug report",
        detailedDescription = "Configuration with secrets removed, the answers of all commands, logs, interfaces and routes of the kernel, " +
        "threads and bundles, in one archive that only its owner can read. Prints the path.")
public final class GatewayDiag extends GatewayCommand {
    @Option(name = "--output", description = "The folder to write to; default: data/tombolo of the node")
    String output;

    @Override
    Document answer(Services services) {
        return Node.diagnosis(services, context, Optional.ofNullable(output));
    }
}
