package tombolo.config.adapter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.SecretRef;
import tombolo.api.config.Settings;
import tombolo.config.core.FileKind;

/** What circuits name, of files and of other configuration: offline, what is not there is most likely a mistake. */
final class CircuitFilesCheck {
    private CircuitFilesCheck() { }

    static List<ConfigProblem> problems(Settings settings) {
        List<ConfigProblem> problems = new ArrayList<>();
        settings.circuits().values().forEach(circuit -> {
            names(circuit, settings, problems);
            Map<String, Optional<CircuitSettings.Peering>> peerings = new LinkedHashMap<>();
            peerings.put("private-key-file", circuit.privatePeering());
            peerings.put("microsoft-key-file", circuit.microsoft());
            peerings.forEach((key, peering) -> peering.flatMap(CircuitSettings.Peering::sharedKey).ifPresent(secret -> {
                if (secret instanceof SecretRef.InFile(String path) && !Files.isReadable(Path.of(path))) {
                    problems.add(new ConfigProblem(FileKind.CIRCUIT.fileName(circuit.name()), 0, key, "TMB-CFG-013 " + path
                            + " is not there or cannot be read; put the key into it as one line, with mode 0600"));
                }
            }));
        });
        return problems;
    }

    private static void names(CircuitSettings circuit, Settings settings, List<ConfigProblem> problems) {
        String file = FileKind.CIRCUIT.fileName(circuit.name());
        Set<String> subscriptions = settings.azure().subscriptions().keySet();
        if (!subscriptions.contains(circuit.subscription())) {
            problems.add(new ConfigProblem(file, 0, "subscription", "TMB-CFG-010 names the subscription '" + circuit.subscription() + "', wanted in " + FileKind.AZURE_SUBSCRIPTION.fileName(circuit.subscription())
                    + ", which is not there or has problems of its own; there are: " + (subscriptions.isEmpty() ? "none" : String.join(", ", subscriptions))));
        }
        Map<String, List<String>> filters = new LinkedHashMap<>();
        filters.put("private-import", circuit.node().privateRoutes().importFilters());
        filters.put("private-export", circuit.node().privateRoutes().exportFilters());
        filters.put("microsoft-import", circuit.node().microsoftRoutes().importFilters());
        filters.put("microsoft-export", circuit.node().microsoftRoutes().exportFilters());
        filters.forEach((key, names) -> names.stream().filter(name -> !settings.filters().containsKey(name)).forEach(name -> problems.add(new ConfigProblem(file, 0, key,
                "TMB-CFG-010 names the filter '" + name + "', wanted in " + FileKind.FILTER.fileName(name) + ", which is not there or has problems of its own; the circuit's sessions are left out without it"))));
    }
}
