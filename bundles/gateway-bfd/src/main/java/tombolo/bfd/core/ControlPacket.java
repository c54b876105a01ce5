package tombolo.bfd.core;

import tombolo.api.bfd.BfdState;

/**
 * A control packet as it came (RFC 5880 §4.1). Read again and again into the same object, so that no packet costs one.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |Vers |  Diag   |Sta|P|F|C|A|D|M|  Detect Mult  |    Length     |
 * |                       My Discriminator                        |
 * |                      Your Discriminator                       |
 * |                    Desired Min TX Interval                    |
 * |                   Required Min RX Interval                    |
 * |                 Required Min Echo RX Interval                 |
 * |   Auth Type   |   Auth Len    |    Authentication Data...     |
 * </pre>
 */
final class ControlPacket {
    static final int LENGTH = 24;
    static final int VERSION = 1;
    static final int POLL = 0x20;
    static final int FINAL = 0x10;
    static final int INDEPENDENT = 0x08;
    static final int AUTHENTICATED = 0x04;
    static final int DEMAND = 0x02;
    static final int MULTIPOINT = 0x01;
    private static final BfdState[] STATES = BfdState.values();

    int diagnostic;
    BfdState state = BfdState.ADMIN_DOWN;
    int flags;
    int multiplier;
    /** Of the packet, which may be less than that of the datagram. */
    int length;
    int mine;
    int yours;
    /** µs, 0 to 2^32 - 1. */
    long desiredMinTx;
    long requiredMinRx;

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Reads what came and makes the checks of RFC 5880 §6.8.6 that need no session, in its order. What is in the fields counts only where all passed. */
    Fault read(byte[] bytes, int received) {
        if (received < LENGTH) {
            return Fault.TOO_SHORT;
        }
        if ((bytes[0] & 255) >>> 5 != VERSION) {
            return Fault.VERSION;
        }
        diagnostic = bytes[0] & 0x1f;
        state = STATES[(bytes[1] & 255) >>> 6];
        flags = bytes[1] & 0x3f;
        multiplier = bytes[2] & 255;
        length = bytes[3] & 255;
        if (length < (has(AUTHENTICATED) ? LENGTH + 2 : LENGTH)) {
            return Fault.TOO_SHORT;
        }
        if (length > received) {
            return Fault.TOO_LONG;
        }
        if (multiplier == 0) {
            return Fault.MULTIPLIER;
        }
        if (has(MULTIPOINT)) {
            return Fault.MULTIPOINT;
        }
        if (has(POLL) && has(FINAL)) {
            return Fault.POLL_AND_FINAL; // §6.5: MUST NOT be sent; what it could mean, nobody knows
        }
        mine = word(bytes, 4);
        yours = word(bytes, 8);
        if (mine == 0) {
            return Fault.NO_DISCRIMINATOR;
        }
        if (yours == 0 && state != BfdState.DOWN && state != BfdState.ADMIN_DOWN) {
            return Fault.NO_DISCRIMINATOR;
        }
        desiredMinTx = word(bytes, 12) & 0xffff_ffffL;
        requiredMinRx = word(bytes, 16) & 0xffff_ffffL;
        return Fault.NONE;
    }

    static int word(byte[] bytes, int at) {
        return (bytes[at] & 255) << 24 | (bytes[at + 1] & 255) << 16 | (bytes[at + 2] & 255) << 8 | bytes[at + 3] & 255;
    }

    static void word(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }
}
