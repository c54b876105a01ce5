package tombolo.config.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tombolo.api.config.AzureSettings.Cloud;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.AzureSettings.Signing;
import tombolo.api.config.AzureSettings.Subscription;
import tombolo.api.config.SecretRef;

/** {@code tombolo.azure.subscription-<name>.cfg}. */
final class AzureSubscriptionFile {
    private static final Pattern GUID = Pattern.compile("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
    private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final String EXAMPLE_ID = "00000000-0000-0000-0000-000000000000";
    private static final ValueType<String> ID = ValueType.matching(GUID, "a GUID: 8-4-4-4-12 hexadecimal digits");

    /** The words of the key {@code credential}. */
    private enum Kind {
        CLIENT_SECRET, CERTIFICATE, FEDERATED, MANAGED_IDENTITY, ARC;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    private static final Key<String> SUBSCRIPTION = Key.required("subscription-id", ID, EXAMPLE_ID, "The subscription.");
    private static final Key<Cloud> CLOUD = Key.optional("cloud", ValueType.choice(List.of(Cloud.values())), "that of tombolo.azure.cfg", "public", "Which Azure it is in.");
    private static final Key<Kind> KIND = Key.required("credential", ValueType.special("client-secret, certificate, federated, managed-identity or arc", text -> {
        for (Kind kind : Kind.values()) {
            if (kind.word().equals(text)) {
                return kind;
            }
        }
        throw ValueType.refused();
    }), "client-secret", "As whom the node acts: an application by its secret, its certificate or another issuer's token; the managed identity of this virtual machine; the"
            + " identity that Azure Arc gave this machine. Keys of another kind than this one mean nothing.");
    private static final Key<String> TENANT_ID = Key.optional("tenant-id", ValueType.matching(TENANT, "a GUID or a domain's name"), "none: needed for an application", EXAMPLE_ID,
            "The tenant of Microsoft Entra ID that the application is in.");
    private static final Key<String> CLIENT_ID = Key.optional("client-id", ID, "none: needed for an application; for managed-identity, the system-assigned one", EXAMPLE_ID,
            "The application's id, or that of a user-assigned managed identity.");
    private static final Key<String> SECRET_FILE = Key.optional("client-secret-file", ValueType.SECRET_FILE, "none", "tombolo.azure.client.secret",
            "The file whose first line is the application's secret; keep it readable by its owner only. Read at each request for a token.");
    private static final Key<String> SECRET_ENV = Key.optional("client-secret-env", ValueType.SECRET_VARIABLE, "none", "TOMBOLO_AZURE_CLIENT_SECRET",
            "The environment variable of the node's process that holds the secret.").instead("client-secret-file");
    private static final Key<String> CERTIFICATE = Key.optional("certificate-file", AzureFile.PATH, "none", "tombolo.azure.client.pem",
            "The application's certificate in PEM, as it is registered with it. Read at each request for a token, so that it can be exchanged at any time.");
    private static final Key<String> CERTIFICATE_KEY = Key.optional("certificate-key-file", AzureFile.PATH, "none", "tombolo.azure.client.key.pem",
            "The certificate's private key: RSA in PEM, PKCS #8 without a passphrase (openssl pkcs8 -topk8 -nocrypt makes one); keep it readable by its owner only.");
    private static final Key<Signing> SIGNING = Key.defaulting("certificate-signing", ValueType.choice(List.of(Signing.values())), "ps256",
            "How the node signs with that key: RSASSA-PSS, or PKCS #1 v1.5 (rs256) where the issuer knows no other.");
    private static final Key<String> FEDERATED = Key.optional("federated-token-file", AzureFile.PATH, "none", "tombolo.azure.federated.token",
            "The file with the other issuer's token (a JWT), which somebody else keeps fresh. Read at each request for a token.");
    static final List<Key<?>> KEYS = List.of(SUBSCRIPTION, CLOUD, KIND, TENANT_ID, CLIENT_ID, SECRET_FILE, SECRET_ENV, CERTIFICATE, CERTIFICATE_KEY, SIGNING, FEDERATED);

    private AzureSubscriptionFile() { }

    static Subscription build(String name, Values values, String etcFolder) {
        Kind kind = values.need(KIND);
        List<Key<?>> needed = new ArrayList<>();
        if (kind == Kind.CLIENT_SECRET || kind == Kind.CERTIFICATE || kind == Kind.FEDERATED) {
            needed.add(TENANT_ID);
            needed.add(CLIENT_ID);
        }
        switch (kind) {
            case CLIENT_SECRET -> {
                if (!values.has(SECRET_ENV.name())) {
                    needed.add(SECRET_FILE);
                }
            }
            case CERTIFICATE -> needed.addAll(List.of(CERTIFICATE, CERTIFICATE_KEY));
            case FEDERATED -> needed.add(FEDERATED);
            case MANAGED_IDENTITY, ARC -> { }
        }
        needed.stream().filter(key -> !values.has(key.name())).forEach(key ->
                values.problem(KIND.name(), "TMB-CFG-009 credential = " + kind.word() + " without " + key.name()
                        + (key == SECRET_FILE ? " or " + SECRET_ENV.name() : "") + "; set that too"));
        return new Subscription(name, values.need(SUBSCRIPTION).toLowerCase(Locale.ROOT), values.get(CLOUD), credential(kind, values, etcFolder));
    }

    /** Of a file with a key missing it is never used. */
    private static Credential credential(Kind kind, Values values, String etcFolder) {
        String tenant = values.get(TENANT_ID).orElse("");
        String client = values.get(CLIENT_ID).orElse("").toLowerCase(Locale.ROOT);
        return switch (kind) {
            case CLIENT_SECRET -> new Credential.ClientSecret(tenant, client, values.get(SECRET_FILE).<SecretRef>map(path -> new SecretRef.InFile(AzureFile.absolute(path, etcFolder)))
                    .orElseGet(() -> new SecretRef.InEnvironment(values.get(SECRET_ENV).orElse(""))));
            case CERTIFICATE -> new Credential.Certificate(tenant, client, path(values, CERTIFICATE, etcFolder), path(values, CERTIFICATE_KEY, etcFolder), values.need(SIGNING));
            case FEDERATED -> new Credential.Federated(tenant, client, path(values, FEDERATED, etcFolder));
            case MANAGED_IDENTITY -> new Credential.ManagedIdentity(Optional.of(client).filter(id -> !id.isEmpty()));
            case ARC -> new Credential.Arc();
        };
    }

    private static String path(Values values, Key<String> key, String etcFolder) {
        return AzureFile.absolute(values.get(key).orElse(""), etcFolder);
    }
}
