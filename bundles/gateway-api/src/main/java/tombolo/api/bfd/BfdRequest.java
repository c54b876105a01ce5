package tombolo.api.bfd;

import java.util.Optional;
import tombolo.api.config.BfdAuthentication;

/**
 * What is wished of a session.
 *
 * @param who            for people: "bgp peer msee-a"
 * @param transmitMicros bfd.DesiredMinTxInterval once the session is up: 10,000 to 60,000,000 µs
 * @param receiveMicros  bfd.RequiredMinRxInterval: 10,000 to 60,000,000 µs
 * @param multiplier     bfd.DetectMult: 2 to 255; 1 is left out, since one lost packet would be the end
 */
public record BfdRequest(String who, BfdPath path, int transmitMicros, int receiveMicros, int multiplier, Optional<BfdAuthentication> authentication) {
    /** Below that, a pause of the JVM would be a failure; above, nothing is detected. */
    public static final int LEAST_MICROS = 10_000;
    public static final int MOST_MICROS = 60_000_000;

    public BfdRequest {
        if (transmitMicros < LEAST_MICROS || transmitMicros > MOST_MICROS || receiveMicros < LEAST_MICROS || receiveMicros > MOST_MICROS) {
            throw new IllegalArgumentException("intervals of " + transmitMicros + " and " + receiveMicros + " µs: " + LEAST_MICROS + " to " + MOST_MICROS);
        }
        if (multiplier < 2 || multiplier > 255) {
            throw new IllegalArgumentException("multiplier " + multiplier + ": 2 to 255");
        }
    }
}
