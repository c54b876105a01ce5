package tombolo.azure.arm.core;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import tombolo.api.config.AzureSettings.Signing;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/**
 * A client assertion: a JWT by which an application proves that it has the key of its certificate (RFC 7523 §2.2, §3; RFC 7515 §4.1.8 for the thumbprint).
 *
 * <pre>
 *  {"alg":"PS256","typ":"JWT","x5t#S256":SHA-256 of the certificate}
 *  {"aud":token endpoint,"iss":client,"sub":client,"jti":once,"nbf":now,"exp":now + 10 min}
 * </pre>
 */
public final class Assertion {
    static final Duration LIFE = Duration.ofMinutes(10);
    /** RFC 7518 §3.5: the salt is as long as the hash. */
    private static final PSSParameterSpec PSS = new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1);

    private Assertion() { }

    /** @param once a number that no other assertion has */
    public static String sign(Signing signing, X509Certificate certificate, PrivateKey key, String tokenUrl, String clientId, String once, Instant now) throws GeneralSecurityException {
        Json.Obj header = Json.Obj.of("alg", new Json.Text(signing.name())).with("typ", "JWT")
                .with("x5t#S256", base64(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
        Json.Obj claims = Json.Obj.of("aud", new Json.Text(tokenUrl)).with("iss", clientId).with("sub", clientId).with("jti", once)
                .with("nbf", now.getEpochSecond()).with("exp", now.plus(LIFE).getEpochSecond());
        String text = base64(JsonText.bytes(header)) + "." + base64(JsonText.bytes(claims));
        Signature signature = Signature.getInstance(signing == Signing.PS256 ? "RSASSA-PSS" : "SHA256withRSA");
        if (signing == Signing.PS256) {
            signature.setParameter(PSS);
        }
        signature.initSign(key);
        signature.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + "." + base64(signature.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
