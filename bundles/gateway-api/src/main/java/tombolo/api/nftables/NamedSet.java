package tombolo.api.nftables;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set or map with what is in it. An interval set of one field must be given disjoint ranges: the kernel refuses an overlap, and so is it here.
 *
 * @param key      the fields of a key, 1 to {@value #MOST_FIELDS}
 * @param interval whether elements are ranges
 * @param data     what the keys of a map lead to
 * @param comment  set when the set is made; a later change of it alone changes nothing in the kernel
 */
public record NamedSet(String name, List<DataType> key, boolean interval, MapData data, String comment, List<Element> elements) {
    /** nft numbers a concatenated type by six bits a field of a 32-bit word. */
    public static final int MOST_FIELDS = 5;
    /** Many times what a cluster has addresses; a set costs the kernel about 100 bytes an element. */
    public static final int MOST_ELEMENTS = 1 << 20;

    public NamedSet {
        Names.checked(name);
        key = List.copyOf(key);
        comment = Names.comment(comment);
        elements = List.copyOf(elements);
        if (key.isEmpty() || key.size() > MOST_FIELDS || DataType.bytes(key) > Value.MOST_BYTES) {
            throw new IllegalArgumentException("set " + name + ": a key has 1 to " + MOST_FIELDS + " fields and at most " + Value.MOST_BYTES + " bytes");
        }
        if (elements.size() > MOST_ELEMENTS) {
            throw new IllegalArgumentException("set " + name + ": " + elements.size() + " elements; at most " + MOST_ELEMENTS);
        }
        for (Element element : elements) {
            check(name, key, interval, data, element);
        }
        if (interval && key.size() == 1) {
            disjoint(name, elements);
        }
    }

    /** What a map leads to. */
    public sealed interface MapData {
        /** A set. */
        record None() implements MapData { }

        /** A verdict map. */
        record Verdicts() implements MapData { }

        /**
         * A verdict map whose keys are names of what they lead to: what a key leads to is always the same. So an element is put before anything can ask for it, and goes when nothing can
         * any more: two lookups, one of which finds the key of the other, agree whichever of them meets a change.
         */
        record Lasting() implements MapData { }

        /** @param fields such as address and port, for {@link Statement.DestinationNat} */
        record Values(List<DataType> fields) implements MapData {
            public Values {
                fields = List.copyOf(fields);
            }
        }
    }

    public static NamedSet set(String name, String comment, List<DataType> key, List<Element> elements) {
        return new NamedSet(name, key, false, new MapData.None(), comment, elements);
    }

    public static NamedSet intervals(String name, String comment, List<DataType> key, List<Element> elements) {
        return new NamedSet(name, key, true, new MapData.None(), comment, elements);
    }

    public static NamedSet verdicts(String name, String comment, List<DataType> key, List<Element> elements) {
        return new NamedSet(name, key, false, new MapData.Verdicts(), comment, elements);
    }

    public static NamedSet map(String name, String comment, List<DataType> key, List<DataType> data, List<Element> elements) {
        return new NamedSet(name, key, false, new MapData.Values(data), comment, elements);
    }

    /** Whether the two are made alike, whatever is in them. */
    public boolean sameShape(NamedSet other) {
        return name.equals(other.name) && key.equals(other.key) && interval == other.interval && data.equals(other.data);
    }

    /** @throws IllegalArgumentException where the element does not fit */
    public void check(Element element) {
        check(name, key, interval, data, element);
    }

    private static void check(String name, List<DataType> key, boolean interval, MapData data, Element element) {
        if (element.from().length() != DataType.bytes(key)) {
            throw new IllegalArgumentException("set " + name + ": the key " + element.from() + " has " + element.from().length() + " bytes, wanted " + DataType.bytes(key));
        }
        if (element.from() != element.to() && !element.from().equals(element.to()) && (!interval || element.from().compareTo(element.to()) > 0)) {
            throw new IllegalArgumentException("set " + name + ": the range " + element.from() + "-" + element.to() + (interval ? " ends before it begins" : " in a set of single keys"));
        }
        if (data instanceof MapData.None && element.data().isEmpty()) {
            return; // nearly all of 100,000 at a start
        }
        boolean fits = switch (data) {
            case MapData.None _ -> element.data().isEmpty();
            case MapData.Verdicts _, MapData.Lasting _ -> element.data().orElse(null) instanceof Verdict;
            case MapData.Values values -> element.data().orElse(null) instanceof Element.Data(Value value) && value.length() == DataType.bytes(values.fields());
        };
        if (!fits) {
            throw new IllegalArgumentException("set " + name + ": the key " + element.from() + " leads to " + element.data() + ", wanted " + data);
        }
    }

    private static void disjoint(String name, List<Element> elements) {
        List<Element> sorted = new ArrayList<>(elements); // mostly in order already, which the sort finds out at once
        sorted.sort(Comparator.comparing(Element::from));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).from().compareTo(sorted.get(i - 1).to()) <= 0) {
                throw new IllegalArgumentException("set " + name + ": the ranges " + sorted.get(i - 1).from() + "-" + sorted.get(i - 1).to() + " and " + sorted.get(i).from() + "-"
                        + sorted.get(i).to() + " overlap; merge them");
            }
        }
    }
}
