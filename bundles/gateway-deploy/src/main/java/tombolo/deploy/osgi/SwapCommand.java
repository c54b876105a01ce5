package tombolo.deploy.osgi;

import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jspecify.annotations.Nullable;
import tombolo.deploy.adapter.SwapResult;

/// `gateway:swap JAR`, `gateway:swap --restore NAME`.
@Service
@Command(scope = "gateway", name = "swap", description = "Replaces an installed bundle by a jar of the same symbolic name, without restarting any other")
public final class SwapCommand implements Action {
    @Argument(name = "jar", description = "The bundle's jar, or with --restore a symbolic name", required = true)
    @Completion(FileCompleter.class)
    private String argument = "";

    @Option(name = "--restore", description = "Give the bundle back the jar that the distribution brought")
    private boolean restore;

    @Reference(optional = true)
    private @Nullable DeployFolder deploy;

    @Override
    public @Nullable Object execute() throws Exception {
        DeployFolder door = deploy;
        if (door == null) {
            throw new IllegalStateException("TMB-DEPLOY-018 bundle io.tombolo.gateway-deploy is not running. Look for it with bundle:list and into the log.");
        }
        SwapResult result = restore ? door.restore(argument) : door.swap(Path.of(argument));
        if (!result.installed()) {
            throw new IllegalStateException(result.text());
        }
        if (result instanceof SwapResult.Swapped swapped && !swapped.disturbed().isEmpty()) {
            throw new IllegalStateException(result.text());
        }
        System.out.println(result.text());
        return null;
    }
}
