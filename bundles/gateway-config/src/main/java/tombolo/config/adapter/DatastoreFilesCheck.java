package tombolo.config.adapter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.SecretRef;
import tombolo.config.core.FileKind;

/** The files that tombolo.datastore.cfg names: offline, one that is not there is most likely a mistake. */
final class DatastoreFilesCheck {
    private DatastoreFilesCheck() { }

    static List<ConfigProblem> problems(DatastoreSettings settings) {
        Map<String, String> named = new LinkedHashMap<>();
        if (settings.etcd().password().orElse(null) instanceof SecretRef.InFile(String path)) {
            named.put("etcd-password-file", path);
        }
        settings.etcd().tls().caFile().ifPresent(path -> named.put("etcd-tls-ca-file", path));
        settings.etcd().tls().certificateFile().ifPresent(path -> named.put("etcd-tls-cert-file", path));
        settings.etcd().tls().keyFile().ifPresent(path -> named.put("etcd-tls-key-file", path));
        List<ConfigProblem> problems = new ArrayList<>();
        named.forEach((key, path) -> {
            if (!Files.isReadable(Path.of(path))) {
                problems.add(new ConfigProblem(FileKind.DATASTORE.fileName(""), 0, key, "TMB-CFG-013 " + path + " is not there or cannot be read; put it there, readable by the node's user"));
            }
        });
        return problems;
    }
}
