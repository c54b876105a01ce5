package tombolo.azure.simulator;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate authority that lives as long as this object, and a server certificate from it: X.509 (RFC 5280) written as DER, since the JDK has no public
 * interface that issues certificates.
 *
 * @param authority for whoever is to trust the server
 */
record LabCertificate(X509Certificate authority, SSLContext context) {
    private static final Duration VALID = Duration.ofDays(365);
    /** ecdsa-with-SHA256, RFC 5758 §3.2. */
    private static final String ECDSA_SHA256 = "2a8648ce3d040302";
    private static final String COMMON_NAME = "550403";
    private static final String BASIC_CONSTRAINTS = "551d13";
    private static final String KEY_USAGE = "551d0f";
    private static final String SUBJECT_ALTERNATIVE_NAME = "551d11";
    private static final String EXTENDED_KEY_USAGE = "551d25";
    private static final String SERVER_AUTHENTICATION = "2b06010505070301";

    /** @param addresses of the server, beside the names that every lab's client may use */
    static LabCertificate issue(List<InetAddress> addresses) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair authorityKeys = generator.generateKeyPair();
            KeyPair serverKeys = generator.generateKeyPair();
            // RFC 5280 §4.2.1.9 and §4.2.1.3: a CA, for signing certificates (bit 5).
            byte[] authorityExtensions = sequence(extension(BASIC_CONSTRAINTS, true, sequence(tlv(0x01, (byte) 0xff))), extension(KEY_USAGE, true, tlv(0x03, (byte) 2, (byte) 0x04)));
            byte[] serverExtensions = sequence(extension(SUBJECT_ALTERNATIVE_NAME, false, names(addresses)), extension(EXTENDED_KEY_USAGE, false, sequence(oid(SERVER_AUTHENTICATION))));
            X509Certificate authority = certificate("Tombolo laboratory CA", "Tombolo laboratory CA", authorityKeys.getPublic().getEncoded(), authorityExtensions, authorityKeys.getPrivate());
            X509Certificate server = certificate("Tombolo laboratory CA", "simulated cloud", serverKeys.getPublic().getEncoded(), serverExtensions, authorityKeys.getPrivate());
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", serverKeys.getPrivate(), new char[0], new Certificate[] {server, authority});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return new LabCertificate(authority, context);
        } catch (GeneralSecurityException | IOException problem) {
            throw new IllegalStateException("cannot make the laboratory's certificate", problem);
        }
    }

    /** Writes the CA's certificate as PEM (RFC 7468). */
    void write(Path file) {
        try {
            String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(authority.getEncoded());
            Files.writeString(file, "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n");
        } catch (GeneralSecurityException | IOException problem) {
            throw new IllegalStateException("cannot write " + file, problem);
        }
    }

    /** dNSName is [2], iPAddress [7] (RFC 5280 §4.2.1.6). */
    private static byte[] names(List<InetAddress> addresses) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String name : List.of("localhost", "management.lab.invalid", "login.lab.invalid")) {
            all.writeBytes(tlv(0x82, name.getBytes(StandardCharsets.US_ASCII)));
        }
        addresses.forEach(address -> all.writeBytes(tlv(0x87, address.getAddress())));
        return tlv(0x30, all.toByteArray());
    }

    private static X509Certificate certificate(String issuer, String subject, byte[] publicKey, byte[] extensions, PrivateKey signer) throws GeneralSecurityException {
        byte[] algorithm = sequence(oid(ECDSA_SHA256));
        Instant now = Instant.now();
        byte[] validity = sequence(time(now.minus(Duration.ofDays(1))), time(now.plus(VALID)));
        byte[] serial = tlv(0x02, new BigInteger(64, new SecureRandom()).setBit(62).toByteArray());
        byte[] body = sequence(tlv(0xa0, tlv(0x02, (byte) 2)), serial, algorithm, name(issuer), validity, name(subject), publicKey, tlv(0xa3, extensions));
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(signer);
        signature.update(body);
        byte[] der = sequence(body, algorithm, tlv(0x03, join(new byte[] {0}, signature.sign())));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static byte[] name(String common) {
        return sequence(tlv(0x31, sequence(oid(COMMON_NAME), tlv(0x0c, common.getBytes(StandardCharsets.UTF_8)))));
    }

    /** UTCTime, which RFC 5280 §4.1.2.5 wants until 2049. */
    private static byte[] time(Instant instant) {
        return tlv(0x17, DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC).format(instant).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical ? sequence(oid(oid), tlv(0x01, (byte) 0xff), tlv(0x04, value)) : sequence(oid(oid), tlv(0x04, value));
    }

    private static byte[] oid(String hex) {
        return tlv(0x06, HexFormat.of().parseHex(hex));
    }

    private static byte[] sequence(byte[]... parts) {
        return tlv(0x30, join(parts));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** Tag, definite length, value (X.690 §8.1.3). */
    private static byte[] tlv(int tag, byte... value) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(tag);
        if (value.length < 0x80) {
            all.write(value.length);
        } else {
            byte[] length = BigInteger.valueOf(value.length).toByteArray();
            int sign = length[0] == 0 ? 1 : 0;
            all.write(0x80 | length.length - sign);
            all.write(length, sign, length.length - sign);
        }
        all.writeBytes(value);
        return all.toByteArray();
    }
}
