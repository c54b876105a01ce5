package tombolo.config.adapter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.SecretRef;
import tombolo.config.core.FileKind;

/** The files that the files of Azure name: offline, one that is not there is most likely a mistake. */
final class AzureFilesCheck {
    private final List<ConfigProblem> problems = new ArrayList<>();

    private AzureFilesCheck() { }

    static List<ConfigProblem> problems(AzureSettings settings) {
        AzureFilesCheck check = new AzureFilesCheck();
        settings.caFile().ifPresent(path -> check.readable(FileKind.AZURE.fileName(""), "ca-file", path));
        settings.subscriptions().forEach((name, subscription) -> {
            String file = FileKind.AZURE_SUBSCRIPTION.fileName(name);
            switch (subscription.credential()) {
                case Credential.ClientSecret(_, _, SecretRef.InFile(String path)) -> check.readable(file, "client-secret-file", path);
                case Credential.Certificate certificate -> {
                    check.readable(file, "certificate-file", certificate.certificateFile());
                    check.readable(file, "certificate-key-file", certificate.keyFile());
                }
                case Credential.Federated federated -> check.readable(file, "federated-token-file", federated.tokenFile());
                case Credential.ClientSecret _, Credential.ManagedIdentity _, Credential.Arc _ -> { } // an environment and a machine are not ours to judge
            }
        });
        return check.problems;
    }

    private void readable(String file, String key, String path) {
        if (!Files.isReadable(Path.of(path))) {
            problems.add(new ConfigProblem(file, 0, key, "TMB-CFG-013 " + path + " is not there or cannot be read; put it there, readable by the node's user"));
        }
    }
}
