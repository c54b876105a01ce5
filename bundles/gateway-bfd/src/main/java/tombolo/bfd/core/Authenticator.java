package tombolo.bfd.core;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import tombolo.api.config.BfdAuthentication.Kind;

/**
 * The authentication section of one session's packets (RFC 5880 §4.2-4.4, §6.7).
 *
 * <pre>
 * simple   |   1   | 3 + n | key id | password ...
 * MD5      | 2, 3  |  24   | key id | 0 | sequence number, 4 octets | digest, 16 octets, computed with the key in its place |
 * SHA1     | 4, 5  |  28   | key id | 0 | sequence number, 4 octets | digest, 20 octets, likewise                            |
 * </pre>
 */
public final class Authenticator {
    /** The longest packet: with a SHA1 section. */
    static final int MOST = ControlPacket.LENGTH + 28;
    private static final int AT = ControlPacket.LENGTH;
    private static final int DIGEST = AT + 8;

    private final Kind kind;
    private final int keyId;
    /** With zeros up to the length of a digest. */
    private final byte[] key;
    private final int keyLength;
    private final MessageDigest digest;
    private final byte[] seen = new byte[20];
    private int sent;
    private int received;
    private boolean known;

    /**
     * @param key   1 octet up to {@link Kind#keyOctets}; copied
     * @param first the sequence number to begin with: random (§6.8.1, bfd.XmitAuthSeq)
     */
    public Authenticator(Kind kind, int keyId, byte[] key, int first) {
        if (key.length < 1 || key.length > kind.keyOctets()) {
            throw new IllegalArgumentException("a key of " + key.length + " octets; wanted 1 to " + kind.keyOctets());
        }
        this.kind = kind;
        this.keyId = keyId;
        this.keyLength = key.length;
        this.key = Arrays.copyOf(key, kind.keyOctets());
        this.sent = first;
        try {
            digest = MessageDigest.getInstance(kind.keyOctets() == 20 ? "SHA-1" : "MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has MD5 and SHA-1", e);
        }
    }

    Kind kind() {
        return kind;
    }

    /** Adds the section behind a packet's 24 octets, whose length is set; answers with the length of all. */
    int sign(byte[] packet) {
        int length = length();
        packet[1] |= ControlPacket.AUTHENTICATED;
        packet[3] = (byte) length;
        packet[AT] = (byte) kind.code();
        packet[AT + 1] = (byte) (length - AT);
        packet[AT + 2] = (byte) keyId;
        if (kind == Kind.SIMPLE) {
            System.arraycopy(key, 0, packet, AT + 3, keyLength);
            return length;
        }
        packet[AT + 3] = 0;
        // §6.7.3, §6.7.4: a meticulous kind counts every packet, the others "occasionally": here every one too, which both allow
        ControlPacket.word(packet, AT + 4, sent++);
        compute(packet, packet, DIGEST);
        return length;
    }

    /**
     * Whether a packet is the neighbour's. The digest is looked at before the sequence number is believed, so that no stranger can move it; what a genuine
     * packet leads to is the same as in the order of §6.7.3.
     *
     * @param multiplier bfd.DetectMult, which bounds the step of the sequence number
     */
    boolean accepts(byte[] packet, int length, int multiplier) {
        if (length != length() || (packet[AT] & 255) != kind.code() || (packet[AT + 1] & 255) != length - AT || (packet[AT + 2] & 255) != keyId) {
            return false;
        }
        if (kind == Kind.SIMPLE) {
            return same(packet, AT + 3, key, keyLength);
        }
        int sequence = ControlPacket.word(packet, AT + 4);
        int step = sequence - received; // circular: RFC 5880 §6.7.3
        if (known && (Integer.compareUnsigned(step, 3 * multiplier) > 0 || kind.meticulous() && step == 0)) {
            return false;
        }
        System.arraycopy(packet, DIGEST, seen, 0, key.length);
        compute(packet, packet, DIGEST);
        boolean right = same(packet, DIGEST, seen, key.length);
        if (right) {
            known = true;
            received = sequence;
        }
        return right;
    }

    /** §6.8.1, bfd.AuthSeqKnown: after twice the detection time without a packet any number may come. */
    void forget() {
        known = false;
    }

    /**
     * Begins with that number instead of a random one, behind another session of the same path. DEVIATION: §6.8.1 wants a random number for each session; a
     * neighbour that knows the last one's takes no other for twice the detection time, 60 s where it was asked to wait. No number comes twice for it.
     *
     * @param next of the last session, by {@link Session#nextSequence}
     */
    public void goOnWith(int next) {
        sent = next;
    }

    int next() {
        return sent;
    }

    /** What a successor goes on from. */
    long[] keep() {
        return new long[] {sent, received, known ? 1 : 0};
    }

    void restore(long sentThen, long receivedThen, long knownThen) {
        sent = (int) sentThen;
        received = (int) receivedThen;
        known = knownThen != 0;
    }

    private int length() {
        return kind == Kind.SIMPLE ? AT + 3 + keyLength : DIGEST + key.length;
    }

    private void compute(byte[] packet, byte[] into, int at) {
        System.arraycopy(key, 0, packet, DIGEST, key.length);
        digest.reset();
        digest.update(packet, 0, DIGEST + key.length);
        try {
            digest.digest(into, at, key.length);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes as long for a wrong octet at the beginning as for one at the end. */
    private static boolean same(byte[] packet, int at, byte[] other, int length) {
        int different = 0;
        for (int i = 0; i < length; i++) {
            different |= packet[at + i] ^ other[i];
        }
        return different == 0;
    }
}
