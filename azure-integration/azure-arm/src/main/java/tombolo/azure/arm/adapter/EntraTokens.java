package tombolo.azure.arm.adapter;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.SecretRef;
import tombolo.azure.arm.core.Assertion;
import tombolo.azure.arm.core.Cloud;
import tombolo.azure.arm.core.Reply;
import tombolo.azure.arm.core.Times;
import tombolo.azure.arm.core.Token;
import tombolo.runtime.Secrets;

/**
 * Tokens of Microsoft Entra ID for an application: OAuth 2.0 client credentials (RFC 6749 §4.4), by a secret or by an assertion (RFC 7523). Whatever is secret is
 * read anew for each token, so that a new one counts at once.
 */
final class EntraTokens implements TokenSource {
    private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    private static final Pattern KEY = Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern JWT = Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

    private final Desk desk;
    private final Cloud cloud;
    private final Credential credential;

    /** @param credential of an application, and none of a machine */
    EntraTokens(Desk desk, Cloud cloud, Credential credential) {
        this.desk = desk;
        this.cloud = cloud;
        this.credential = credential;
    }

    @Override
    public Token fetch(Time.Deadline deadline) throws TokenTrouble {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "client_credentials");
        form.put("scope", cloud.scope());
        return switch (credential) {
            case Credential.ClientSecret(String tenant, String client, SecretRef secret) -> {
                form.put("client_id", client);
                form.put("client_secret", secret(secret));
                yield ask(tenant, form, "Check client-id, the secret and its end (a secret of an application expires).", deadline);
            }
            case Credential.Certificate certificate -> {
                String url = url(certificate.tenant());
                form.put("client_id", certificate.clientId());
                form.put("client_assertion_type", JWT_BEARER);
                form.put("client_assertion", assertion(certificate, url));
                yield ask(certificate.tenant(), form, "Check that the certificate is registered with the application, and this node's clock.", deadline);
            }
            case Credential.Federated(String tenant, String client, String file) -> {
                form.put("client_id", client);
                form.put("client_assertion_type", JWT_BEARER);
                form.put("client_assertion", federated(file));
                yield ask(tenant, form, "Check the application's federated credential (issuer, subject, audience) and that the token in the file is fresh.", deadline);
            }
            case Credential.ManagedIdentity _, Credential.Arc _ -> throw new IllegalStateException("a machine's identity is not asked for here");
        };
    }

    private String url(String tenant) {
        return cloud.login() + "/" + tenant + "/oauth2/v2.0/token";
    }

    private Token ask(String tenant, Map<String, String> form, String hint, Time.Deadline deadline) throws TokenTrouble {
        String body = form.entrySet().stream().map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8)).collect(Collectors.joining("&"));
        Instant asked = desk.time.now();
        long askedNanos = desk.time.nanos();
        Reply reply = desk.ask("POST", url(tenant), Map.of("Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json"),
                Optional.of(body.getBytes(StandardCharsets.UTF_8)), deadline, done -> done.good() || done.status() == 404);
        Optional<Duration> skew = Times.skew(reply, asked, desk.time.now()).filter(Times::isSkewed);
        return desk.token(reply, cloud.login(), hint + skew.map(found -> " TMB-ARM-026 This node's clock is " + Times.words(found) + " the issuer's: set the clock.").orElse(""), asked,
                askedNanos);
    }

    private String secret(SecretRef reference) throws TokenTrouble {
        String secret;
        try {
            secret = Secrets.read(reference).strip();
        } catch (IOException e) {
            throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", "the client secret: " + e.getMessage());
        }
        if (secret.isEmpty()) {
            throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", "the client secret of " + reference + " is empty");
        }
        return secret;
    }

    private String federated(String file) throws TokenTrouble {
        String token = desk.read("federated-token-file", Path.of(file)).strip();
        if (!JWT.matcher(token).matches()) {
            throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", "federated-token-file " + file + " holds no JWT (three parts with dots between)");
        }
        return token;
    }

    private String assertion(Credential.Certificate settings, String url) throws TokenTrouble {
        Instant now = desk.time.now();
        try {
            String pem = desk.read("certificate-file", Path.of(settings.certificateFile()));
            X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.substring(Math.max(0, pem.indexOf("-----BEGIN CERTIFICATE"))).getBytes(StandardCharsets.US_ASCII)));
            PrivateKey key = key(settings.keyFile());
            if (!(certificate.getPublicKey() instanceof RSAPublicKey open) || !(key instanceof RSAPrivateKey closed) || !open.getModulus().equals(closed.getModulus())) {
                throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", "certificate-key-file " + settings.keyFile() + " is not the RSA key of certificate-file "
                        + settings.certificateFile());
            }
            if (now.isAfter(certificate.getNotAfter().toInstant()) || now.isBefore(certificate.getNotBefore().toInstant())) {
                throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", "certificate-file " + settings.certificateFile() + " is valid from " + certificate.getNotBefore().toInstant()
                        + " to " + certificate.getNotAfter().toInstant() + ", and it is " + now + "; register another, or set the clock");
            }
            return Assertion.sign(settings.signing(), certificate, key, url, settings.clientId(), UUID.randomUUID().toString(), now);
        } catch (GeneralSecurityException e) {
            throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", "certificate-file " + settings.certificateFile() + " and certificate-key-file " + settings.keyFile()
                    + " cannot be used (" + e.getClass().getSimpleName() + "); wanted a certificate in PEM and its RSA key in PKCS #8");
        }
    }

    private PrivateKey key(String file) throws TokenTrouble, GeneralSecurityException {
        Matcher matcher = KEY.matcher(desk.read("certificate-key-file", Path.of(file)));
        if (!matcher.find()) {
            throw desk.trouble(Reason.NOT_AUTHENTICATED, "TMB-ARM-020", "certificate-key-file " + file
                    + " holds no key in PKCS #8 without a passphrase (openssl pkcs8 -topk8 -nocrypt makes one)");
        }
        try {
            return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(matcher.group(1))));
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("the key's text is not base64", e);
        }
    }
}
