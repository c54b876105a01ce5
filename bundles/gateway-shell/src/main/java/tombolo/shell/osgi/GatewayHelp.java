package tombolo.shell.osgi;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;
import tombolo.shell.core.Table;

/** {@code gateway:help}: Karaf's own {@code help} prints nothing without a terminal, and lists a hundred commands with one. */
@NullUnmarked
@Service
@Command(scope = "gateway", name = "help", description = "Lists the gateway's own commands",
        detailedDescription = "Each command explains itself with --help, shows a table, and one JSON document with --json.")
public final class GatewayHelp extends GatewayCommand {
    private static final Set<String> SCOPES = Set.of("bgp", "bfd", "route", "resource", "ipam", "policy", "er", "cni", "endpoint", "nat", "overlay", "azure", "datastore", "gateway");
    /** In a scope that is Karaf's too. */
    private static final Set<String> AMONG_KARAFS = Set.of("config:explain");

    @Override
    Document answer(Services services) {
        Map<String, String> commands = new TreeMap<>();
        session.getRegistry().getCommands().stream().filter(command -> SCOPES.contains(command.getScope())
                || AMONG_KARAFS.contains(command.getScope() + ":" + command.getName()))
                .forEach(command -> commands.put(command.getScope() + ":" + command.getName(), command.getDescription()));
        List<Map<String, String>> json = commands.entrySet().stream().map(entry -> Map.of("command", entry.getKey(), "description", entry.getValue())).toList();
        return new Document(json, screen -> {
            Table table = new Table("COMMAND", "");
            commands.forEach(table::row);
            return table.render(screen) + "\nEach explains itself with --help and answers in JSON with --json.\n";
        });
    }
}
