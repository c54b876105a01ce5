package tombolo.config.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.AzureSettings.Cloud;
import tombolo.api.config.AzureSettings.Endpoints;

/** {@code tombolo.azure.cfg}. */
final class AzureFile {
    private static final AzureSettings DEFAULT = AzureSettings.DEFAULT;
    /** No path: what stands behind the host is ARM's own. No user name: it would end up in logs. */
    private static final Pattern ORIGIN = Pattern.compile("(https?)://([A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}])(?::([0-9]{1,5}))?");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]");
    private static final Pattern IDENTITY = Pattern.compile("http://(localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]|169\\.254\\.169\\.254)(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%/-]*)?");
    private static final ValueType<String> URL = ValueType.special("https://host or https://host:port; http for this machine alone", AzureFile::origin);
    private static final ValueType<String> IDENTITY_URL = ValueType.matching(IDENTITY, "an http:// URL of this machine or of 169.254.169.254, without a query");
    private static final Pattern PRICES = Pattern.compile("(?:https://[A-Za-z0-9][A-Za-z0-9.-]{0,252}|http://(?:localhost|127(?:\\.[0-9]{1,3}){3}|\\[::1]))(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%/-]*)?");
    private static final ValueType<String> PRICES_URL = ValueType.matching(PRICES, "an https:// URL without a query; http:// for this machine alone");
    private static final ValueType<String> AUDIENCE = ValueType.matching(Pattern.compile("https://[A-Za-z0-9][A-Za-z0-9./-]{0,251}[A-Za-z0-9]"), "an https:// URL without a slash at its end");
    static final ValueType<String> PATH = ValueType.special("a path, absolute or relative to etc/", text -> {
        if (text.isEmpty() || text.length() > 1024 || text.chars().anyMatch(Character::isISOControl)) {
            throw ValueType.refused();
        }
        return text;
    });
    private static final ValueType<String> FOLDER = ValueType.matching(Pattern.compile("/[^\\p{Cc}]{1,1023}"), "an absolute path");

    private static final Key<Cloud> CLOUD = Key.defaulting("cloud", ValueType.choice(List.of(Cloud.values())), "public",
            "Which Azure, of subscriptions that do not say themselves. custom: the three URLs below.");
    private static final Key<String> RESOURCE_MANAGER = Key.optional("resource-manager-url", URL, "none: needed for the cloud custom", "https://management.example.net",
            "Where Azure Resource Manager answers, in the cloud custom. A token is sent to this host alone.");
    private static final Key<String> LOGIN = Key.optional("login-url", URL, "none: needed for the cloud custom", "https://login.example.net",
            "Where tokens are issued (Microsoft Entra ID), in the cloud custom.");
    private static final Key<String> AUDIENCE_KEY = Key.optional("token-audience", AUDIENCE, "resource-manager-url", "https://management.example.net",
            "Whom tokens are for, in the cloud custom.");
    private static final Key<String> CA = Key.optional("ca-file", PATH, "none: the JDK's own authorities", "tombolo.azure.ca.pem",
            "PEM certificates of who signs the certificates of Azure Resource Manager and of the login; instead of the JDK's authorities, not beside them. Read anew when it"
                    + " has changed.");
    private static final Key<Long> BUDGET = Key.defaulting("budget-percent", ValueType.number(1, 100), "50",
            "This node's part of the requests that Azure Resource Manager allows in a subscription: the rest is for whoever else works in it. Requests beyond it wait.").in("%");
    private static final Key<Long> CONNECT = Key.defaulting("connect-timeout", ValueType.number(100, 30_000), "5000", "How long a connection may take.").in("ms");
    private static final Key<String> IMDS = Key.defaulting("imds-url", IDENTITY_URL, DEFAULT.imdsUrl(), "Where a virtual machine of Azure gets the tokens of its managed identity.");
    private static final Key<String> ARC = Key.defaulting("arc-url", IDENTITY_URL, DEFAULT.arcUrl(), "Where a machine that is connected to Azure Arc gets its tokens.");
    private static final Key<String> ARC_FOLDER = Key.defaulting("arc-token-folder", FOLDER, DEFAULT.arcTokenFolder(),
            "Where the agent of Azure Arc puts the file by which the node proves that it may read it; a file elsewhere is not read, whatever the agent says.");
    private static final Key<String> PRICES_KEY = Key.defaulting("prices-url", PRICES_URL, DEFAULT.pricesUrl(), "Azure's retail price interface: what er:cost --refresh asks. It is public: no token goes there.");
    private static final Key<String> NETWORK_VERSION = Key.defaulting("network-api-version", ValueType.matching(Pattern.compile("20[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:-preview)?"),
            "a date such as 2024-05-01, also with -preview"), DEFAULT.networkVersion(), "The version of Azure's network interface that requests name. An Azure of one's own may know only older ones; a newer one may"
                    + " tell more, which is kept.");
    static final List<Key<?>> KEYS = List.of(CLOUD, RESOURCE_MANAGER, LOGIN, AUDIENCE_KEY, CA, BUDGET, CONNECT, IMDS, ARC, ARC_FOLDER, PRICES_KEY, NETWORK_VERSION);

    private AzureFile() { }

    /** Without subscriptions: those are files of their own. */
    static AzureSettings build(Values values, String etcFolder) {
        boolean some = values.has(RESOURCE_MANAGER.name()) || values.has(LOGIN.name());
        if (values.need(CLOUD) == Cloud.CUSTOM || some || values.has(AUDIENCE_KEY.name())) {
            for (Key<String> key : List.of(RESOURCE_MANAGER, LOGIN)) {
                if (!values.has(key.name())) {
                    values.problem(key.name(), "TMB-CFG-009 the cloud custom needs " + RESOURCE_MANAGER.name() + " and " + LOGIN.name() + "; set " + key.name() + " too");
                }
            }
        }
        Optional<Endpoints> custom = values.get(RESOURCE_MANAGER).flatMap(arm -> values.get(LOGIN).map(login ->
                new Endpoints(arm, login, values.get(AUDIENCE_KEY).orElse(arm))));
        return new AzureSettings(values.need(CLOUD), custom, values.get(CA).map(path -> absolute(path, etcFolder)), values.needInt(BUDGET), Duration.ofMillis(values.need(CONNECT)),
                values.need(IMDS), values.need(ARC), values.need(ARC_FOLDER), values.need(PRICES_KEY), values.need(NETWORK_VERSION), Map.of());
    }

    static String absolute(String path, String etcFolder) {
        return path.startsWith("/") ? path : etcFolder + "/" + path;
    }

    /** Plain HTTP would show the token to the network. */
    private static String origin(String text) {
        Matcher matcher = ORIGIN.matcher(text);
        if (!matcher.matches() || matcher.group(3) != null && Integer.parseInt(matcher.group(3)) > 65_535) {
            throw new IllegalArgumentException("'" + text + "' is not one");
        }
        if (matcher.group(1).equals("http") && !LOOPBACK.matcher(matcher.group(2)).matches()) {
            throw new IllegalArgumentException("'" + text + "' would carry tokens in the clear");
        }
        return text;
    }
}
