package tombolo.azure.expressroute.adapter;

import java.io.IOException;
import java.util.Optional;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.SecretRef;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.runtime.Secrets;

/** A peering's MD5 key, read where it is sent. The key is never part of a message. */
final class SharedKeys {
    private SharedKeys() { }

    static Optional<String> key(Optional<Peering> peering) {
        return peering.flatMap(Peering::sharedKey).map(SharedKeys::read);
    }

    private static String read(SecretRef reference) {
        String key;
        try {
            key = Secrets.read(reference).strip();
        } catch (IOException e) {
            throw new ExpressRouteException("TMB-ER-220 the key of a peering: " + e.getMessage() + ". A file has it as its first line, with mode 0600.");
        }
        if (key.length() > Peering.LONGEST_KEY || !key.matches("[A-Za-z0-9]+")) {
            throw new ExpressRouteException("TMB-ER-221 the key of a peering (" + reference + ") has " + key.length() + " characters or some that Azure refuses; wanted 1 to " + Peering.LONGEST_KEY
                    + " letters and digits.");
        }
        return key;
    }
}
