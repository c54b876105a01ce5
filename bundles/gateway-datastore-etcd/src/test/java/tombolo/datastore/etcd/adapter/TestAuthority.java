package tombolo.datastore.etcd.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A certificate authority of the test's own, made by the JDK's keytool, and what it signs, as PEM files. */
final class TestAuthority {
    private static final String WORD = "test-only";
    private final Path folder;
    private final Path store;

    TestAuthority(Path folder) throws Exception {
        this.folder = Files.createDirectories(folder);
        this.store = folder.resolve("store.p12");
        keytool("-genkeypair", "-alias", "ca", "-dname", "CN=test authority", "-ext", "bc:c", "-ext", "ku:c=keyCertSign,cRLSign");
        pem("ca");
    }

    Path ca() {
        return folder.resolve("ca.pem");
    }

    Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    Path key(String name) {
        return folder.resolve(name + ".key.pem");
    }

    /** A certificate for 127.0.0.1, for a server or a client. */
    TestAuthority sign(String name) throws Exception {
        keytool("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-signer", "ca", "-ext", "san=ip:127.0.0.1,dns:localhost", "-ext", "eku=serverAuth,clientAuth");
        pem(name);
        return this;
    }

    private void keytool(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-J-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(words));
        command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2", "-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", WORD));
        Path log = folder.resolve("keytool.log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool: " + Files.readString(log));
        }
    }

    private void pem(String alias) throws Exception {
        KeyStore keys = KeyStore.getInstance(store.toFile(), WORD.toCharArray());
        Certificate certificate = keys.getCertificate(alias);
        Key key = keys.getKey(alias, WORD.toCharArray());
        Files.writeString(certificate(alias), block("CERTIFICATE", certificate.getEncoded()));
        Files.writeString(key(alias), block("PRIVATE KEY", key.getEncoded()));
    }

    private static String block(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + what + "-----\n";
    }
}
