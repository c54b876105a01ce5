package tombolo.bgp.session.adapter;

import java.util.Map;
import java.util.TreeMap;
import tombolo.bgp.session.core.MessageHeader;

/** What a peer's connections have carried since start. Event loop only. */
final class Traffic {
    private static final int MESSAGE_TYPES = 6;

    private final long[] messagesIn = new long[MESSAGE_TYPES];
    private final long[] messagesOut = new long[MESSAGE_TYPES];
    private long bytesIn;
    private long bytesOut;

    void bytesIn(int count) {
        bytesIn += count;
    }

    /** A message whose octets {@link #bytesIn} has counted. */
    void in(int type) {
        messagesIn[type]++;
    }

    void out(int type, int length) {
        if (type < MESSAGE_TYPES) {
            messagesOut[type]++;
        }
        bytesOut += length;
    }

    long bytesIn() {
        return bytesIn;
    }

    long bytesOut() {
        return bytesOut;
    }

    /** By name. */
    Map<String, Long> messagesIn() {
        return named(messagesIn);
    }

    Map<String, Long> messagesOut() {
        return named(messagesOut);
    }

    private static Map<String, Long> named(long[] counters) {
        Map<String, Long> counts = new TreeMap<>();
        for (int type = 1; type < MESSAGE_TYPES; type++) {
            counts.put(MessageHeader.name(type), counters[type]);
        }
        return counts;
    }
}
