package tombolo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A benchmark that cannot tell right from wrong content measures nothing. */
class GeneratorTest {
    private static final int PREFIXES = 20_000;
    private static final long SEED = 7;
    private final Table table = new Table(SEED, PREFIXES);
    private final Peer sender = new Peer(1);

    @Test
    void theGeneratorIsUnderstoodByItsOwnReceiverOverARealSocket() throws Exception {
        assertTrue(new Scenarios(Path.of(""), SEED).generatorAlone(table) > 0);
    }

    @Test
    void aboutSixPrefixesShareAnAttributeSetAndSixtyPercentAreOfLength24() {
        double perSet = (double) PREFIXES / table.sets();
        assertTrue(perSet > 6.0 && perSet < 6.8, () -> perSet + " prefixes to a set");
        long of24 = java.util.stream.IntStream.range(0, PREFIXES).filter(i -> table.length[i] == 24).count();
        assertTrue(of24 > 0.58 * PREFIXES && of24 < 0.62 * PREFIXES, () -> of24 + " of length 24");
    }

    @Test
    void anyChangeOfPathNextHopOrCommunityIsSeen() {
        long hash = hash(new int[] {1, 2}, 5, new int[] {7});
        assertNotEquals(hash, hash(new int[] {2, 1}, 5, new int[] {7}));
        assertNotEquals(hash, hash(new int[] {1, 2, 2}, 5, new int[] {7}));
        assertNotEquals(hash, hash(new int[] {1, 2}, 6, new int[] {7}));
        assertNotEquals(hash, hash(new int[] {1, 2}, 5, new int[0]));
        assertEquals(hash, hash(new int[] {1, 2}, 5, new int[] {7}));
    }

    private static long hash(int[] path, int nextHop, int[] communities) {
        byte[] attributes = Encoder.attributes(path, nextHop, communities);
        return Receiver.attributesHash(attributes, 0, attributes.length);
    }

    @Test
    void aReceiverIsCompleteOnlyWithEveryPrefixAndTheRightAttributes() {
        long[] expected = new long[PREFIXES];
        for (int s = 0; s < table.sets(); s++) {
            java.util.Arrays.fill(expected, table.setStart[s], table.setStart[s + 1], hash(Encoder.PathShape.PLAIN.path(sender, table, s), sender.address(), table.communities[s]));
        }
        byte[] feed = Encoder.announcements(table, sender, Encoder.PathShape.PLAIN);
        Receiver receiver = new Receiver(table, expected);
        int last = 0;
        for (int at = 0; at < feed.length; at += Receiver.get16(feed, at + 16)) {
            last = at;
        }
        for (int at = 0; at < last; at += Receiver.get16(feed, at + 16)) {
            receiver.update(feed, at, Receiver.get16(feed, at + 16), 0);
        }
        assertFalse(receiver.complete(), "the last message is missing");
        receiver.update(feed, last, Receiver.get16(feed, last + 16), 0);
        assertTrue(receiver.complete());
        Encoder wrong = new Encoder();
        wrong.updates(Encoder.attributes(new int[] {9}, sender.address(), new int[0]), table, 0, 1);
        byte[] message = wrong.bytes();
        receiver.update(message, 0, message.length, 0);
        assertFalse(receiver.complete(), "one prefix has another path");
        assertEquals(PREFIXES - 1, receiver.matching());
    }
}
