package tombolo.api.nftables;

import java.util.Optional;

/**
 * An element of a set or map.
 *
 * @param from    the key; the first of a range in an interval set
 * @param to      the last of the range, included; equal to {@code from} for a single key. In an interval set of several fields each field is a range of its own
 * @param data    of a map: what the key leads to
 * @param comment shown by nft; "" for none
 */
public record Element(Value from, Value to, Optional<Datum> data, String comment) {
    public Element {
        if (from.length() != to.length()) {
            throw new IllegalArgumentException("a range from " + from + " to " + to + " of another length");
        }
        comment = Names.comment(comment);
    }

    /** What a map leads to. */
    public sealed interface Datum permits Verdict, Data { }

    /** @param value of the map's data type */
    public record Data(Value value) implements Datum { }

    public static Element of(Value key) {
        return new Element(key, key, Optional.empty(), "");
    }

    public static Element range(Value from, Value to) {
        return new Element(from, from.equals(to) ? from : to, Optional.empty(), "");
    }

    public static Element entry(Value key, Datum data, String comment) {
        return new Element(key, key, Optional.of(data), comment);
    }
}
