package tombolo.config.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.DatastoreSettings.Engine;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.config.DatastoreSettings.Tls;
import tombolo.api.config.SecretRef;

/** {@code tombolo.datastore.cfg}. */
final class DatastoreFile {
    /** More members than any etcd has: its own advice is 3 to 7. */
    private static final int MAX_ENDPOINTS = 16;
    /** The host a name, an IPv4 address, or an IPv6 address in brackets. */
    private static final Pattern ENDPOINT_FORM = Pattern.compile("https?://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}]):([0-9]{1,5})");
    private static final ValueType<String> PATH = ValueType.special("a path, absolute or relative to etc/", DatastoreFile::path);
    private static final ValueType<String> DATA_PATH = ValueType.special("a path, absolute or relative to the node's data folder", DatastoreFile::path);
    private static final ValueType<String> ENDPOINT = ValueType.special("http://host:port or https://host:port", DatastoreFile::endpoint);
    private static final ValueType<String> USER = ValueType.special("1 to 128 printable characters", text -> {
        if (text.isEmpty() || text.length() > 128 || text.chars().anyMatch(Character::isISOControl)) {
            throw ValueType.refused();
        }
        return text;
    });

    private static final Key<Engine> ENGINE = Key.defaulting("engine", ValueType.choice(List.of(Engine.values())), "embedded",
            "Who keeps the state: embedded, a log in a directory of this node alone; or etcd, for several nodes that share it.");
    private static final Key<String> DIRECTORY = Key.defaulting("directory", DATA_PATH, "tombolo/datastore",
            "The embedded store's directory, readable by its owner alone. Another directory is another store: stop the node and move the files to take the state along.");
    private static final Key<List<String>> ENDPOINTS = Key.optional("etcd-endpoints", ValueType.listOf(ENDPOINT, MAX_ENDPOINTS), "none: needed where engine is etcd",
            "https://10.0.0.1:2379, https://10.0.0.2:2379, https://10.0.0.3:2379",
            "The members of the etcd cluster, all with http or all with https. Requests are spread over those that answer.");
    private static final Key<String> USER_NAME = Key.optional("etcd-user", USER, "none: no login", "tombolo", "The user of etcd's own authentication; needs a password.");
    private static final Key<String> PASSWORD_FILE = Key.optional("etcd-password-file", ValueType.SECRET_FILE, "none", "tombolo.etcd.password",
            "The file whose first line is the user's password; keep it readable by its owner only.");
    private static final Key<String> PASSWORD_ENV = Key.optional("etcd-password-env", ValueType.SECRET_VARIABLE, "none", "TOMBOLO_ETCD_PASSWORD",
            "The environment variable of the node's process that holds the password.").instead("etcd-password-file");
    private static final Key<String> CA = Key.optional("etcd-tls-ca-file", PATH, "none: the JDK's own authorities", "tombolo.etcd.ca.pem",
            "PEM certificates of who signs etcd's server certificates. Read anew at each connection.");
    private static final Key<String> CERTIFICATE = Key.optional("etcd-tls-cert-file", PATH, "none: no client certificate", "tombolo.etcd.cert.pem",
            "This node's client certificate in PEM, its intermediates behind it; needs etcd-tls-key-file.");
    private static final Key<String> PRIVATE_KEY = Key.optional("etcd-tls-key-file", PATH, "none", "tombolo.etcd.key.pem",
            "The certificate's private key in PEM, PKCS #8 without a passphrase (openssl pkcs8 -topk8 -nocrypt makes one); keep it readable by its owner only.");
    private static final Key<Long> CONNECT = Key.defaulting("etcd-connect-timeout", ValueType.number(100, 60_000), "3000",
            "How long a connection to a member may take.").in("ms");
    private static final Key<Long> REQUEST = Key.defaulting("etcd-request-timeout", ValueType.number(1, 120), "10",
            "How long an answer may take before etcd counts as lost; longer than an election.").in("s");
    private static final Key<Long> KEEPALIVE = Key.defaulting("etcd-keepalive-time", ValueType.number(5, 600), "10",
            "After how long without a byte a connection is probed; etcd refuses less than 5.").in("s");
    private static final Key<Long> KEEPALIVE_TIMEOUT = Key.defaulting("etcd-keepalive-timeout", ValueType.number(1, 120), "5",
            "How long the answer to such a probe may take before the connection counts as lost.").in("s");
    private static final Key<Long> RELIST = Key.defaulting("etcd-relist-interval", ValueType.zeroOr(10, 86_400), "300",
            "How often what is watched is listed and compared with what the watch has told, so that a lost event is found; 0: never.").in("s");
    private static final Key<Long> CACHE = Key.defaulting("etcd-cache-size", ValueType.number(0, 1024), "64",
            "Keys and values kept in memory of what is watched, to answer reads while etcd is away. It costs that memory, and a listing each at every comparison. A prefix "
                    + "that does not fit is not kept; 0: nothing is.").in("MiB");
    static final List<Key<?>> KEYS = List.of(ENGINE, DIRECTORY, ENDPOINTS, USER_NAME, PASSWORD_FILE, PASSWORD_ENV, CA, CERTIFICATE, PRIVATE_KEY, CONNECT, REQUEST, KEEPALIVE,
            KEEPALIVE_TIMEOUT, RELIST, CACHE);

    private DatastoreFile() { }

    static DatastoreSettings build(Values values, String etcFolder) {
        check(values);
        Optional<SecretRef> password = values.get(PASSWORD_FILE).<SecretRef>map(path -> new SecretRef.InFile(absolute(path, etcFolder)))
                .or(() -> values.get(PASSWORD_ENV).map(SecretRef.InEnvironment::new));
        Tls tls = new Tls(values.get(CA).map(path -> absolute(path, etcFolder)), values.get(CERTIFICATE).map(path -> absolute(path, etcFolder)),
                values.get(PRIVATE_KEY).map(path -> absolute(path, etcFolder)));
        Etcd etcd = new Etcd(values.get(ENDPOINTS).orElse(List.of()), values.get(USER_NAME), password, tls, Duration.ofMillis(values.need(CONNECT)),
                Duration.ofSeconds(values.need(REQUEST)), Duration.ofSeconds(values.need(KEEPALIVE)), Duration.ofSeconds(values.need(KEEPALIVE_TIMEOUT)),
                Duration.ofSeconds(values.need(RELIST)), values.needInt(CACHE));
        return new DatastoreSettings(values.need(ENGINE), values.need(DIRECTORY), etcd);
    }

    private static void check(Values values) {
        List<String> endpoints = values.get(ENDPOINTS).orElse(List.of());
        if (values.need(ENGINE) == Engine.ETCD && endpoints.isEmpty()) {
            values.problem(ENGINE.name(), "TMB-CFG-009 engine = etcd without etcd-endpoints; name the members of the cluster there");
        }
        long secure = endpoints.stream().filter(endpoint -> endpoint.startsWith("https:")).count();
        if (secure > 0 && secure < endpoints.size()) {
            values.problem(ENDPOINTS.name(), "TMB-CFG-009 " + secure + " of " + endpoints.size() + " endpoints with https; wanted all or none");
        }
        for (Key<String> key : List.of(CA, CERTIFICATE, PRIVATE_KEY)) {
            if (values.has(key.name()) && !endpoints.isEmpty() && secure == 0) {
                values.problem(key.name(), "TMB-CFG-009 a file of TLS with http endpoints; write https:// before the endpoints, or leave the file out");
            }
        }
        together(values, CERTIFICATE, values.has(PRIVATE_KEY.name()), PRIVATE_KEY.name());
        together(values, PRIVATE_KEY, values.has(CERTIFICATE.name()), CERTIFICATE.name());
        boolean password = values.has(PASSWORD_FILE.name()) || values.has(PASSWORD_ENV.name());
        together(values, USER_NAME, password, PASSWORD_FILE.name() + " or " + PASSWORD_ENV.name());
        together(values, PASSWORD_FILE, values.has(USER_NAME.name()), USER_NAME.name());
        together(values, PASSWORD_ENV, values.has(USER_NAME.name()), USER_NAME.name());
    }

    private static void together(Values values, Key<String> key, boolean other, String otherName) {
        if (values.has(key.name()) && !other) {
            values.problem(key.name(), "TMB-CFG-009 " + key.name() + " means nothing without " + otherName + "; set that too, or leave both out");
        }
    }

    private static String absolute(String path, String etcFolder) {
        return path.startsWith("/") ? path : etcFolder + "/" + path;
    }

    private static String path(String text) {
        if (text.isEmpty() || text.length() > 1024 || text.chars().anyMatch(Character::isISOControl)) {
            throw ValueType.refused();
        }
        return text;
    }

    /** A scheme, a host and a port, nothing else: user names and paths of a URL would be ignored without a word. */
    private static String endpoint(String text) {
        Matcher matcher = ENDPOINT_FORM.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) < 1 || Integer.parseInt(matcher.group(1)) > 65_535) {
            throw new IllegalArgumentException("'" + text + "' is not one");
        }
        return text;
    }
}
