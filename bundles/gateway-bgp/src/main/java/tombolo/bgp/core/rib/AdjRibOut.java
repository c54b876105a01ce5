package tombolo.bgp.core.rib;

import java.util.Map;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * What an update group has told its members (RFC 4271 §3.2): of each prefix the attribute set, and the peer from whom the path came, which was not told it. Each
 * set that is stored is held once in the attribute table.
 */
final class AdjRibOut {
    private final AttributeTable attributes;
    private IntColumn sent = new IntColumn();
    private ShortColumn source = new ShortColumn();
    private final int[] sentFrom = new int[Peer.MAX_INDEX + 1];
    private int count;

    AdjRibOut(AttributeTable attributes) {
        this.attributes = attributes;
    }

    /** 0: nothing. */
    int set(int prefix) {
        return sent.get(prefix);
    }

    /** The index of the peer whose path was sent. */
    int source(int prefix) {
        return source.get(prefix);
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Routes that a member was told. */
    int count(Peer member) {
        return count - sentFrom[member.index];
    }

    /** Takes the set's reference over, and gives that of the one before back. */
    void store(int prefix, int oldSet, int oldSource, int newSet, int newSource) {
        if (oldSet != 0) {
            count--;
            sentFrom[oldSource]--;
            attributes.release(oldSet);
        }
        if (newSet != 0) {
            count++;
            sentFrom[newSource]++;
        }
        sent.set(prefix, newSet);
        source.set(prefix, newSource);
    }

    /** Goes on with the columns of a group of the former bundle, up to that prefix. Only while nothing is stored. */
    void resume(FormerGroup former, int highest) {
        sent = former.sent();
        source = former.source();
        for (int prefix = 1; prefix <= highest; prefix++) {
            if (sent.get(prefix) != 0) {
                count++;
                sentFrom[source.get(prefix)]++;
            }
        }
    }

    /** Begins with what another group has told. Only while nothing is stored. */
    void inherit(AdjRibOut from, int highest) {
        for (int prefix = 1; prefix <= highest; prefix++) {
            int set = from.set(prefix);
            if (set != 0) {
                attributes.retain(set);
                store(prefix, 0, 0, set, from.source(prefix));
            }
        }
    }

    void export(String name, Map<String, Object> tables) {
        tables.putAll(Map.of(name + "sent", sent.pages(), name + "source", source.pages()));
    }

    /** Gives all references back. */
    void close(int highest) {
        for (int prefix = 1; prefix <= highest; prefix++) {
            if (sent.get(prefix) != 0) {
                attributes.release(sent.get(prefix));
                sent.set(prefix, 0);
            }
        }
    }

    long bytes() {
        return sent.bytes() + source.bytes();
    }
}
