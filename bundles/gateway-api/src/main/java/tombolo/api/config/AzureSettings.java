package tombolo.api.config;

import java.time.Duration;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.azure.Arm;

/**
 * {@code etc/tombolo.azure.cfg} and {@code etc/tombolo.azure.subscription-<name>.cfg}: how the node acts in Azure.
 *
 * @param cloud          {@code cloud}: of subscriptions that name none; default public
 * @param custom         {@code resource-manager-url}, {@code login-url}, {@code token-audience}: of subscriptions in the cloud custom; empty: there are none
 * @param caFile         {@code ca-file}: PEM, absolute path; who signs the certificates of all that is asked over TLS; empty: the JDK's own authorities
 * @param budgetPercent  {@code budget-percent}, 1 to 100: this node's part of the requests that ARM allows; default 50, since others use the same subscription
 * @param connectTimeout {@code connect-timeout}, 0.1 to 30 s; default 5 s
 * @param imdsUrl        {@code imds-url}: managed identities of a virtual machine
 * @param arcUrl         {@code arc-url}: the identity of a machine of Azure Arc
 * @param arcTokenFolder {@code arc-token-folder}: absolute; the only folder whose files answer the challenge of Azure Arc
 * @param pricesUrl      {@code prices-url}: the retail price interface, which needs no token
 * @param networkVersion {@code network-api-version}: the version of the interface of the provider Microsoft.Network that is spoken
 * @param subscriptions  by name
 */
public record AzureSettings(Cloud cloud, Optional<Endpoints> custom, Optional<String> caFile, int budgetPercent, Duration connectTimeout, String imdsUrl, String arcUrl,
                            String arcTokenFolder, String pricesUrl, String networkVersion, Map<String, Subscription> subscriptions) {
    public static final AzureSettings DEFAULT = new AzureSettings(Cloud.PUBLIC, Optional.empty(), Optional.empty(), 50, Duration.ofSeconds(5),
            "http://169.254.169.254/metadata/identity/oauth2/token", "http://localhost:40342/metadata/identity/oauth2/token", "/var/opt/azcmagent/tokens", "https://prices.azure.com/api/retail/prices",
            Arm.NETWORK_VERSION, Map.of());

    public AzureSettings {
        subscriptions = Collections.unmodifiableMap(new TreeMap<>(subscriptions));
    }

    /** Which Azure. */
    public enum Cloud {
        PUBLIC, CHINA, USGOV, CUSTOM;

        /** As in the file. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where a cloud is asked.
     *
     * @param resourceManager {@code https://HOST[:PORT]}; http for loopback alone
     * @param login           the same, of Microsoft Entra ID
     * @param audience        whom a token is for; without a slash at its end
     */
    public record Endpoints(String resourceManager, String login, String audience) { }

    /**
     * @param name  the operator's name, from the file's name
     * @param id    {@code subscription-id}, lower case
     * @param cloud {@code cloud}; empty: that of {@link AzureSettings#cloud}
     */
    public record Subscription(String name, String id, Optional<Cloud> cloud, Credential credential) { }

    /** As whom the node acts: {@code credential}. Whatever is secret is named and never held. */
    public sealed interface Credential {
        /** @param tenant {@code tenant-id}; @param clientId {@code client-id}; @param secret {@code client-secret-file} or {@code client-secret-env} */
        record ClientSecret(String tenant, String clientId, SecretRef secret) implements Credential { }

        /** @param certificateFile {@code certificate-file}, PEM; @param keyFile {@code certificate-key-file}, PEM, PKCS #8, RSA; @param signing {@code certificate-signing} */
        record Certificate(String tenant, String clientId, String certificateFile, String keyFile, Signing signing) implements Credential { }

        /** @param tokenFile {@code federated-token-file}: an assertion that somebody else keeps fresh */
        record Federated(String tenant, String clientId, String tokenFile) implements Credential { }

        /** The virtual machine's own. @param clientId {@code client-id} of a user-assigned identity; empty: the system-assigned one */
        record ManagedIdentity(Optional<String> clientId) implements Credential { }

        /** That of a machine which is connected to Azure Arc. */
        record Arc() implements Credential { }

        /** As in the file. */
        default String word() {
            return switch (this) {
                case ClientSecret _ -> "client-secret";
                case Certificate _ -> "certificate";
                case Federated _ -> "federated";
                case ManagedIdentity _ -> "managed-identity";
                case Arc _ -> "arc";
            };
        }
    }

    /** How a client assertion is signed (RFC 7518 §3.3, §3.5). */
    public enum Signing { PS256, RS256 }

    public AzureSettings withSubscriptions(Map<String, Subscription> others) {
        return new AzureSettings(cloud, custom, caFile, budgetPercent, connectTimeout, imdsUrl, arcUrl, arcTokenFolder, pricesUrl, networkVersion, others);
    }
}
