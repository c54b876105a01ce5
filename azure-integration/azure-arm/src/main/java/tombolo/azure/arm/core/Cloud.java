package tombolo.azure.arm.core;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import tombolo.api.config.AzureSettings;

/**
 * Where a cloud is asked, and which URLs are its own.
 *
 * @param resourceManager scheme, host and port, without a slash at the end
 * @param login           the same, of Microsoft Entra ID
 * @param audience        whom a token is for; without a slash at the end
 */
public record Cloud(String name, String resourceManager, String login, String audience) {
    /** The endpoints of the clouds as Microsoft publishes them. */
    private static final Cloud PUBLIC = new Cloud("public", "https://management.azure.com", "https://login.microsoftonline.com", "https://management.azure.com");
    private static final Cloud CHINA = new Cloud("china", "https://management.chinacloudapi.cn", "https://login.chinacloudapi.cn", "https://management.chinacloudapi.cn");
    private static final Cloud USGOV = new Cloud("usgov", "https://management.usgovcloudapi.net", "https://login.microsoftonline.us", "https://management.usgovcloudapi.net");

    /** Why a URL is not asked with this cloud's token; empty where it may be. */
    public sealed interface Url {
        /** @param text byte for byte as it was given */
        record Own(String text) implements Url { }

        record Foreign(String host) implements Url { }

        record NotOne(String why) implements Url { }
    }

    /** The cloud of a subscription; empty where it is custom and nobody says where that is. */
    public static Optional<Cloud> of(AzureSettings settings, AzureSettings.Subscription subscription) {
        return switch (subscription.cloud().orElse(settings.cloud())) {
            case PUBLIC -> Optional.of(PUBLIC);
            case CHINA -> Optional.of(CHINA);
            case USGOV -> Optional.of(USGOV);
            case CUSTOM -> settings.custom().map(endpoints -> new Cloud("custom", endpoints.resourceManager(), endpoints.login(), endpoints.audience()));
        };
    }

    /** OAuth 2.0's scope (RFC 6749 §3.3): all that the identity may do there. */
    public String scope() {
        return audience + "/.default";
    }

    /** The same in the words of IMDS. */
    public String resource() {
        return audience + "/";
    }

    /**
     * A URL that ARM sent: polling URLs, further pages. A token goes to the cloud's own scheme, host and port alone, whoever put another one there. The text is
     * never normalised: polling URLs are signed.
     */
    public Url own(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return new Url.NotOne(e.getReason() + " at character " + e.getIndex());
        }
        if (uri.getHost() == null || uri.getUserInfo() != null || uri.getRawFragment() != null) {
            return new Url.NotOne("it has no host, or a user name or a fragment");
        }
        return origin(uri).equals(origin(URI.create(resourceManager))) ? new Url.Own(url) : new Url.Foreign(uri.getHost());
    }

    /** Scheme and host are without case (RFC 3986 §6.2.2.1); a port that is not written is the scheme's. */
    private static String origin(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }
}
