package tombolo.azure.arm.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A self-signed certificate for 127.0.0.1 and its RSA key, made by the JDK's keytool: a server's, and an application's. */
final class TestKeys {
    private static final String WORD = "test-only";
    final Path certificate;
    final Path key;
    private final KeyStore store;

    TestKeys(Path folder, String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        Path log = folder.resolve(name + ".log");
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", "own", "-dname", "CN=" + name, "-keyalg", "RSA",
                "-keysize", "2048", "-ext", "san=ip:127.0.0.1", "-validity", "2", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", WORD).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(log));
        }
        store = KeyStore.getInstance(file.toFile(), WORD.toCharArray());
        certificate = Files.writeString(folder.resolve(name + ".pem"), block("CERTIFICATE", store.getCertificate("own").getEncoded()));
        key = Files.writeString(folder.resolve(name + ".key.pem"), block("PRIVATE KEY", store.getKey("own", WORD.toCharArray()).getEncoded()));
    }

    SSLContext server() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, WORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    X509Certificate own() throws Exception {
        return (X509Certificate) store.getCertificate("own");
    }

    PublicKey open() throws Exception {
        return own().getPublicKey();
    }

    private static String block(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
    }
}
