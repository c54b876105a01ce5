package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The directory of tenants and applications: gives tokens for a client secret, a certificate's assertion or a federated assertion, and knows them again.
 * Any thread.
 */
public final class Directory {
    private static final String ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final Set<String> FEDERATED_AUDIENCES = Set.of("api://AzureADTokenExchange");
    /** What the real service tolerates between two clocks. */
    private static final long SKEW_SECONDS = 300;
    private static final int TOKENS = 10_000;

    /** An application's registration. */
    public final class Application {
        private final String tenant;
        private final String client;
        private final Set<String> subscriptions = new TreeSet<>();
        private final List<String> secrets = new ArrayList<>();
        private final List<PublicKey> certificates = new ArrayList<>();
        private final List<Federation> federations = new ArrayList<>();

        private Application(String tenant, String client) {
            this.tenant = tenant;
            this.client = client;
        }

        /** A client secret that is taken from now on. */
        public Application secret(String secret) {
            synchronized (Directory.this) {
                secrets.add(secret);
                return this;
            }
        }

        /** A certificate's key; assertions it has signed are taken from now on. */
        public Application certificate(PublicKey key) {
            synchronized (Directory.this) {
                certificates.add(key);
                return this;
            }
        }

        /** An issuer outside whose tokens for {@code subject} are taken. */
        public Application federated(String issuer, String subject, PublicKey key) {
            synchronized (Directory.this) {
                federations.add(new Federation(issuer, subject, key));
                return this;
            }
        }

        /** May do everything in these subscriptions. */
        public Application mayUse(String... ids) {
            synchronized (Directory.this) {
                for (String id : ids) {
                    subscriptions.add(id.toLowerCase(Locale.ROOT));
                }
                return this;
            }
        }

        /** Secrets, certificates and rights are withdrawn; tokens that were given stay good until they expire. */
        public void withdraw() {
            synchronized (Directory.this) {
                secrets.clear();
                certificates.clear();
                federations.clear();
            }
        }
    }

    private record Federation(String issuer, String subject, PublicKey key) { }

    private record Given(Application application, Instant expires) { }

    private final SimulatorSettings settings;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Application> applications = new HashMap<>();
    private final Map<String, Given> tokens = new LinkedHashMap<>();

    Directory(SimulatorSettings settings) {
        this.settings = settings;
    }

    /** The application of that tenant, registered now if it was not. */
    public synchronized Application application(String tenant, String client) {
        return applications.computeIfAbsent(tenant + "/" + client, key -> new Application(tenant, client));
    }

    /** Every token that was given stops to be good. */
    public synchronized void expireTokens() {
        tokens.replaceAll((token, given) -> new Given(given.application(), Instant.EPOCH));
    }

    /** A token without more ado: for a managed identity, and for tests. */
    public synchronized String token(Application application) {
        Instant now = settings.times().clock().instant();
        Instant expires = now.plus(settings.times().token());
        ObjectNode claims = Text.object().put("aud", "https://management.azure.com").put("iss", "https://sts.windows.net/" + application.tenant + "/").put("iat", now.getEpochSecond())
                .put("nbf", now.getEpochSecond()).put("exp", expires.getEpochSecond()).put("appid", application.client).put("tid", application.tenant).put("jti", UUID.randomUUID().toString());
        byte[] noise = new byte[64];
        random.nextBytes(noise);
        // Of the form of a JWT, since clients look into it; its third part signs nothing.
        String token = url(Text.bytes(Text.object().put("typ", "JWT").put("alg", "RS256"))) + "." + url(Text.bytes(claims)) + "." + url(noise);
        if (tokens.size() >= TOKENS) {
            tokens.remove(tokens.keySet().iterator().next());
        }
        tokens.put(token, new Given(application, expires));
        return token;
    }

    private static String url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Who shows this token; {@link ArmFault} 401 where it is none of ours or too old. */
    synchronized Principal principal(Call call) {
        String header = call.header("Authorization").orElseThrow(() -> unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."));
        if (!header.startsWith("Bearer ")) {
            throw unauthorized("AuthenticationFailedInvalidHeader", "Authentication failed. The 'Authorization' header is provided in an invalid format.");
        }
        Given given = tokens.get(header.substring("Bearer ".length()).strip());
        if (given == null) {
            throw unauthorized("InvalidAuthenticationToken", "The access token is invalid.");
        }
        if (!given.expires().isAfter(settings.times().clock().instant())) {
            throw unauthorized("ExpiredAuthenticationToken", "The access token expiry UTC time '" + given.expires() + "' is earlier than current UTC time '" + settings.times().clock().instant() + "'.");
        }
        return new Principal(given.application().tenant, given.application().client, given.application().subscriptions);
    }

    private static ArmFault unauthorized(String code, String message) {
        return new ArmFault(401, code, message).header("WWW-Authenticate", "Bearer authorization_uri=\"https://login.microsoftonline.com/\", error=\"invalid_token\", error_description=\"" + message + "\"");
    }

    /** {@code POST /TENANT/oauth2/v2.0/token}. */
    synchronized Reply token(String tenant, Call call) {
        Map<String, String> form = Call.form(new String(call.body(), StandardCharsets.UTF_8));
        String client = form.getOrDefault("client_id", "");
        if (applications.values().stream().noneMatch(each -> each.tenant.equalsIgnoreCase(tenant))) {
            return refused(400, "invalid_request", 90002, "Tenant '" + tenant + "' not found.");
        }
        Application application = applications.values().stream().filter(each -> each.tenant.equalsIgnoreCase(tenant) && each.client.equalsIgnoreCase(client)).findFirst().orElse(null);
        if (application == null) {
            return refused(400, "unauthorized_client", 700016, "Application with identifier '" + client + "' was not found in the directory '" + tenant + "'.");
        }
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
        }
        if (!form.getOrDefault("scope", "").endsWith("/.default")) {
            return refused(400, "invalid_scope", 1002012, "The provided value for scope " + form.getOrDefault("scope", "") + " is not valid. Client credential flows must have a scope value with /.default suffixed.");
        }
        Optional<Reply> problem = form.containsKey("client_assertion") ? assertion(application, form, call) : secret(application, form);
        return problem.orElseGet(() -> Reply.json(200, Text.object().put("token_type", "Bearer").put("expires_in", settings.times().token().toSeconds())
                .put("ext_expires_in", settings.times().token().toSeconds()).put("access_token", token(application))).header("Cache-Control", "no-store, no-cache"));
    }

    private Optional<Reply> secret(Application application, Map<String, String> form) {
        if (!form.containsKey("client_secret")) {
            return Optional.of(refused(401, "invalid_client", 7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."));
        }
        return application.secrets.contains(form.get("client_secret")) ? Optional.empty()
                : Optional.of(refused(401, "invalid_client", 7000215, "Invalid client secret provided for app '" + application.client + "'."));
    }

    private Optional<Reply> assertion(Application application, Map<String, String> form, Call call) {
        String[] parts = form.get("client_assertion").split("\\.");
        if (!ASSERTION.equals(form.get("client_assertion_type")) || parts.length != 3) {
            return Optional.of(refused(401, "invalid_client", 50027, "JWT token is invalid or malformed."));
        }
        Optional<ObjectNode> header = json(parts[0]);
        Optional<ObjectNode> claims = json(parts[1]);
        if (header.isEmpty() || claims.isEmpty()) {
            return Optional.of(refused(401, "invalid_client", 50027, "JWT token is invalid or malformed."));
        }
        long now = settings.times().clock().instant().getEpochSecond();
        if (Text.integer(claims.get(), "exp").orElse(0L) + SKEW_SECONDS < now || Text.integer(claims.get(), "nbf").orElse(0L) - SKEW_SECONDS > now) {
            return Optional.of(refused(401, "invalid_client", 700024, "Client assertion is not within its valid time range. Current time: " + Instant.ofEpochSecond(now) + "."));
        }
        String issuer = Text.text(claims.get(), "iss").orElse("");
        String subject = Text.text(claims.get(), "sub").orElse("");
        String audience = Text.text(claims.get(), "aud").orElse("");
        List<PublicKey> keys = application.federations.stream().filter(each -> each.issuer().equals(issuer) && each.subject().equals(subject) && FEDERATED_AUDIENCES.contains(audience))
                .map(Federation::key).toList();
        if (keys.isEmpty()) {
            if (!issuer.equals(application.client) || !subject.equals(application.client)) {
                return Optional.of(refused(401, "invalid_client", 70021, "No matching federated identity record found for presented assertion. Assertion Issuer: '" + issuer + "'. Assertion Subject: '"
                        + subject + "'. Assertion Audience: '" + audience + "'."));
            }
            if (!audience.endsWith(call.path())) {
                return Optional.of(refused(401, "invalid_client", 700023, "Client assertion audience claim does not match Realm issuer."));
            }
            keys = application.certificates;
        }
        boolean signed = keys.stream().anyMatch(key -> signed(key, Text.text(header.get(), "alg").orElse(""), parts));
        return signed ? Optional.empty() : Optional.of(refused(401, "invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application."));
    }

    private static Optional<ObjectNode> json(String part) {
        try {
            return Text.parse(Base64.getUrlDecoder().decode(part));
        } catch (IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static boolean signed(PublicKey key, String algorithm, String[] parts) {
        try {
            Signature signature = switch (algorithm) {
                case "RS256" -> Signature.getInstance("SHA256withRSA");
                case "PS256" -> Signature.getInstance("RSASSA-PSS");
                case "ES256" -> Signature.getInstance("SHA256withECDSAinP1363Format");
                default -> throw new GeneralSecurityException("algorithm " + algorithm);
            };
            if ("PS256".equals(algorithm)) {
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initVerify(key);
            signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
        } catch (GeneralSecurityException | IllegalArgumentException wrong) {
            return false;
        }
    }

    private Reply refused(int status, String error, int code, String description) {
        ObjectNode body = Text.object().put("error", error).put("error_description", "AADSTS" + code + ": " + description + " Trace ID: " + UUID.randomUUID() + " Timestamp: " + settings.times().clock().instant());
        body.putArray("error_codes").add(code);
        return Reply.json(status, body.put("timestamp", settings.times().clock().instant().toString()).put("trace_id", UUID.randomUUID().toString()).put("correlation_id", UUID.randomUUID().toString()));
    }
}
