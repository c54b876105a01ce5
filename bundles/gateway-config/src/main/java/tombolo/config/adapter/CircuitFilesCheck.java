package tombolo.config.adapter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.SecretRef;
import tombolo.config.core.FileKind;

/** The keys' files that circuits name: offline, one that is not there is most likely a mistake. */
final class CircuitFilesCheck {
    private CircuitFilesCheck() { }

    static List<ConfigProblem> problems(Map<String, CircuitSettings> circuits) {
        List<ConfigProblem> problems = new ArrayList<>();
        circuits.values().forEach(circuit -> {
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
}
