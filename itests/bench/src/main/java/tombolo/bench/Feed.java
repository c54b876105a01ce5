package tombolo.bench;

/** The generated table as a whole feed of encoded UPDATE messages, for benchmarks of single steps. */
public final class Feed {
    private final byte[] bytes;
    private final int prefixes;
    private final int[] starts;

    private Feed(byte[] bytes, int prefixes, int[] starts) {
        this.bytes = bytes;
        this.prefixes = prefixes;
        this.starts = starts;
    }

    /** What peer 1 (10.99.1.2, AS 65001) announces: the first {@code prefixes} of the table of this seed. */
    public static Feed of(long seed, int prefixes) {
        Table table = new Table(seed, prefixes);
        byte[] bytes = Encoder.announcements(table, new Peer(1), Encoder.PathShape.PLAIN);
        int[] starts = new int[bytes.length / Encoder.HEADER];
        int messages = 0;
        for (int at = 0; at < bytes.length; at += Receiver.get16(bytes, at + 16)) {
            starts[messages++] = at;
        }
        return new Feed(bytes, prefixes, java.util.Arrays.copyOf(starts, messages));
    }

    /** The messages, one behind the other. Not a copy: read only. */
    public byte[] bytes() {
        return bytes;
    }

    public int prefixes() {
        return prefixes;
    }

    public int messages() {
        return starts.length;
    }

    /** Where message {@code number} begins. */
    public int start(int number) {
        return starts[number];
    }

    public int length(int number) {
        return Receiver.get16(bytes, starts[number] + 16);
    }
}
