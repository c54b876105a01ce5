package tombolo.api.config;

import java.util.Optional;

/**
 * BFD beside a BGP session: {@code bfd} and {@code bfd-*} in the peer's file.
 *
 * @param strict          {@code bfd = strict}: BGP waits until BFD is up; else a BFD session that never came up keeps nothing (RFC 5882 §3.2)
 * @param hops            {@code bfd-hops}: auto, single (RFC 5881) or multi (RFC 5883); auto is single where the peer is directly connected
 * @param transmitMillis  {@code bfd-transmit-interval}: 10-60000 ms; default 300
 * @param receiveMillis   {@code bfd-receive-interval}: 10-60000 ms; default 300
 * @param multiplier      {@code bfd-multiplier}: 2-255; default 3
 * @param authentication  {@code bfd-authentication} with {@code bfd-key-id} and {@code bfd-key-file} or {@code bfd-key-env}; default none
 */
public record PeerBfd(boolean strict, Hops hops, int transmitMillis, int receiveMillis, int multiplier, Optional<BfdAuthentication> authentication) {
    public enum Hops { AUTO, SINGLE, MULTI }
}
