package tombolo.api.config;

/**
 * How the packets of a BFD session prove where they come from (RFC 5880 §6.7); both sides must have the same.
 *
 * @param keyId 0-255
 * @param key   where the key is: 1-16 octets, for the SHA1 kinds 1-20
 */
public record BfdAuthentication(Kind kind, int keyId, SecretRef key) {
    /** Codes of RFC 5880 §4.1. The meticulous kinds number each packet anew, so that none can be played back. */
    public enum Kind {
        SIMPLE(1, 16), KEYED_MD5(2, 16), METICULOUS_MD5(3, 16), KEYED_SHA1(4, 20), METICULOUS_SHA1(5, 20);

        private final int code;
        private final int keyOctets;

        Kind(int code, int keyOctets) {
            this.code = code;
            this.keyOctets = keyOctets;
        }

        public int code() {
            return code;
        }

        /** The longest key. */
        public int keyOctets() {
            return keyOctets;
        }

        public boolean meticulous() {
            return this == METICULOUS_MD5 || this == METICULOUS_SHA1;
        }
    }

    public BfdAuthentication {
        if (keyId < 0 || keyId > 255) {
            throw new IllegalArgumentException("key id " + keyId + ": 0 to 255");
        }
    }
}
