package tombolo.azure.expressroute.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.SecretRef;
import tombolo.api.expressroute.ExpressRouteException;

/** Reads a peering's MD5 key where it is sent. The key is never part of a message. */
final class Secrets {
    private Secrets() { }

    static Optional<String> key(Optional<Peering> peering) {
        return peering.flatMap(Peering::sharedKey).map(Secrets::read);
    }

    private static String read(SecretRef reference) {
        String key = switch (reference) {
            case SecretRef.InFile(String path) -> firstLine(path);
            case SecretRef.InEnvironment(String variable) -> Optional.ofNullable(System.getenv(variable)).orElseThrow(() ->
                    new ExpressRouteException("TMB-ER-220 the environment variable " + variable + " of a peering's key is not set. Set it for the node's process, or use a file."));
        };
        if (key.length() > Peering.LONGEST_KEY || !key.matches("[A-Za-z0-9]+")) {
            throw new ExpressRouteException("TMB-ER-221 the key of a peering (" + reference + ") has " + key.length() + " characters or some that Azure refuses; wanted 1 to " + Peering.LONGEST_KEY
                    + " letters and digits.");
        }
        return key;
    }

    private static String firstLine(String path) {
        try (Stream<String> lines = Files.lines(Path.of(path))) {
            return lines.findFirst().orElse("").strip();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new ExpressRouteException("TMB-ER-220 the key of a peering in " + path + " cannot be read: " + e.getMessage() + ". Put it there as one line, with mode 0600.");
        }
    }
}
