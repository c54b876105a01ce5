package tombolo.bench;

/**
 * A neighbour of the measured daemon: a /30 of its own, so that no daemon keeps a third party's next hop (RFC 4271 §5.1.3).
 *
 * @param number from 1 to 200
 */
record Peer(int number) {
    /** AS of the measured daemon. */
    static final int DAEMON_AS = 65000;

    Peer {
        if (number < 1 || number > 200) {
            throw new IllegalArgumentException("peer " + number + ": 1-200");
        }
    }

    int as() {
        return 65000 + number;
    }

    int address() {
        return 10 << 24 | 99 << 16 | number << 8 | 2;
    }

    /** The daemon's address on this link. */
    int daemonAddress() {
        return 10 << 24 | 99 << 16 | number << 8 | 1;
    }

    String text() {
        return "10.99." + number + ".2";
    }

    String daemonText() {
        return "10.99." + number + ".1";
    }
}
