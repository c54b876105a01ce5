package tombolo.dataplane.core.nftables;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.dataplane.core.MessageReader;

/** Our table as the kernel has it, gathered from the answers to dumps. */
public final class KernelTable {
    private boolean there;
    private int flags;
    private final Map<String, SeenChain> chains = new TreeMap<>();
    private final Map<String, SeenSet> sets = new TreeMap<>();

    /** A rule as the kernel tells it. @param hash as hexadecimal digits; "" for one that is not ours @param counted its first counter */
    public record SeenRule(long handle, String hash, String comment, Optional<Counted> counted) { }

    public record Counted(long packets, long bytes) { }

    static final class SeenChain {
        Optional<Shapes.HookShape> hook = Optional.empty();
        final List<SeenRule> rules = new ArrayList<>();
    }

    static final class SeenSet {
        Shapes.SetShape shape = new Shapes.SetShape(0, 0, 0, 0, 0);
        final List<RawElement> elements = new ArrayList<>();

        /** What is in it, by the first of each range. */
        Map<Value, Element> elements() {
            boolean ranges = (shape.flags() & (Nf.SET_INTERVAL | Nf.SET_CONCATENATED)) == Nf.SET_INTERVAL;
            Map<Value, Element> all = new HashMap<>(elements.size() * 2);
            if (!ranges) {
                elements.forEach(raw -> all.put(raw.key, new Element(raw.key, raw.to == null ? raw.key : raw.to, Optional.ofNullable(raw.data), raw.comment)));
                return all;
            }
            // A range is two elements: its first address, and the address behind its last as an end. Of both at one address the end belongs to the range before.
            elements.sort(Comparator.comparing((RawElement raw) -> raw.key).thenComparing(raw -> !raw.end));
            RawElement begun = null;
            for (RawElement raw : elements) {
                if (begun != null) {
                    Value last = raw.key.previous().orElse(raw.key);
                    all.put(begun.key, new Element(begun.key, last.equals(begun.key) ? begun.key : last, Optional.ofNullable(begun.data), begun.comment));
                }
                begun = raw.end ? null : raw;
            }
            if (begun != null) {
                all.put(begun.key, new Element(begun.key, Value.largest(begun.key.length()), Optional.ofNullable(begun.data), begun.comment));
            }
            return all;
        }
    }

    record RawElement(Value key, @Nullable Value to, boolean end, Element.@Nullable Datum data, String comment) { }

    public boolean isThere() {
        return there;
    }

    /** Whether its flags are as they should be: a table can be put to sleep. */
    boolean isAwake() {
        return (flags & 1) == 0;
    }

    Map<String, SeenChain> chains() {
        return chains;
    }

    Map<String, SeenSet> sets() {
        return sets;
    }

    public List<String> setNames() {
        return List.copyOf(sets.keySet());
    }

    /** The rules of a chain, in order; empty where there is no such chain. */
    public List<SeenRule> rules(String chain) {
        SeenChain seen = chains.get(chain);
        return seen == null ? List.of() : List.copyOf(seen.rules);
    }

    /** Whether a notification or a dump's message is about our table. */
    public static boolean isOurs(MessageReader reader, byte[] bytes) {
        if (reader.payloadLength() < 4 || bytes[reader.payload()] != Nf.INET) {
            return false;
        }
        reader.attributes(4);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == 1) { // NFTA_TABLE_NAME and what the other kinds call it
                return reader.attributeText().equals(Nftables.TABLE);
            }
        }
        return false;
    }

    /** The generation that a NEWGEN tells. */
    public static int generation(MessageReader reader) {
        reader.attributes(4);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == 1) {
                return reader.big32(reader.attributeStart());
            }
        }
        return 0;
    }

    /** Takes a message of a dump; what is not about our table is passed over. */
    public void take(MessageReader reader, byte[] bytes) {
        if (!isOurs(reader, bytes)) {
            return;
        }
        reader.attributes(4);
        switch (reader.type()) {
            case Nf.NEW_TABLE -> {
                there = true;
                while (reader.nextAttribute()) {
                    flags = reader.attributeType() == 2 ? reader.big32(reader.attributeStart()) : flags;
                }
            }
            case Nf.NEW_CHAIN -> chain(reader);
            case Nf.NEW_RULE -> rule(reader, bytes);
            case Nf.NEW_SET -> set(reader);
            case Nf.NEW_ELEMENT -> elements(reader, bytes);
            default -> { }
        }
    }

    private void chain(MessageReader reader) {
        String name = "";
        String type = "";
        int point = -1;
        int priority = 0;
        boolean drop = false;
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case 3 -> name = reader.attributeText();
                case 4 -> {
                    MessageReader nested = reader.nested();
                    while (nested.nextAttribute()) {
                        point = nested.attributeType() == 1 ? nested.big32(nested.attributeStart()) : point;
                        priority = nested.attributeType() == 2 ? nested.big32(nested.attributeStart()) : priority;
                    }
                }
                case 5 -> drop = reader.big32(reader.attributeStart()) == Nf.NF_DROP;
                case 7 -> type = reader.attributeText();
                default -> { }
            }
        }
        SeenChain seen = chains.computeIfAbsent(name, _ -> new SeenChain());
        seen.hook = point < 0 ? Optional.empty() : Optional.of(new Shapes.HookShape(type, point, priority, drop));
    }

    private void rule(MessageReader reader, byte[] bytes) {
        String chain = "";
        long handle = 0;
        String hash = "";
        String comment = "";
        Optional<Counted> counted = Optional.empty();
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case 2 -> chain = reader.attributeText();
                case 3 -> handle = reader.big64(reader.attributeStart());
                case 4 -> counted = counter(reader.nested());
                case 7 -> {
                    hash = HexFormat.of().formatHex(userdata(reader, bytes, Messages.UDATA_HASH));
                    comment = text(userdata(reader, bytes, 0));
                }
                default -> { }
            }
        }
        chains.computeIfAbsent(chain, _ -> new SeenChain()).rules.add(new SeenRule(handle, hash, comment, counted));
    }

    private static Optional<Counted> counter(MessageReader list) {
        while (list.nextAttribute()) {
            MessageReader expression = list.nested();
            boolean counter = false;
            while (expression.nextAttribute()) {
                if (expression.attributeType() == 1) {
                    counter = expression.attributeText().equals("counter");
                } else if (expression.attributeType() == 2 && counter) {
                    MessageReader data = expression.nested();
                    long octets = 0;
                    long packets = 0;
                    while (data.nextAttribute()) {
                        octets = data.attributeType() == 1 ? data.big64(data.attributeStart()) : octets;
                        packets = data.attributeType() == 2 ? data.big64(data.attributeStart()) : packets;
                    }
                    return Optional.of(new Counted(packets, octets));
                }
            }
        }
        return Optional.empty();
    }

    private void set(MessageReader reader) {
        String name = "";
        int setFlags = 0;
        int keyType = 0;
        int keyLength = 0;
        int dataType = 0;
        int dataLength = 0;
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case 2 -> name = reader.attributeText();
                case 3 -> setFlags = reader.big32(reader.attributeStart());
                case 4 -> keyType = reader.big32(reader.attributeStart());
                case 5 -> keyLength = reader.big32(reader.attributeStart());
                case 6 -> dataType = reader.big32(reader.attributeStart());
                case 7 -> dataLength = reader.big32(reader.attributeStart());
                default -> { }
            }
        }
        sets.computeIfAbsent(name, _ -> new SeenSet()).shape = new Shapes.SetShape(setFlags, keyType, keyLength, dataType, dataType == Nf.DATA_VERDICT ? 0 : dataLength);
    }

    private void elements(MessageReader reader, byte[] bytes) {
        SeenSet set = null;
        while (reader.nextAttribute()) {
            if (reader.attributeType() == 2) {
                set = sets.computeIfAbsent(reader.attributeText(), _ -> new SeenSet());
            } else if (reader.attributeType() == 3 && set != null) {
                MessageReader list = reader.nested();
                while (list.nextAttribute()) {
                    element(list.nested(), bytes, set.elements);
                }
            }
        }
    }

    private static void element(MessageReader reader, byte[] bytes, List<RawElement> into) {
        Value key = null;
        Value to = null;
        boolean end = false;
        Element.Datum data = null;
        String comment = "";
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case 1 -> key = value(reader.nested(), bytes);
                case 2 -> data = datum(reader.nested(), bytes);
                case 3 -> end = (reader.big32(reader.attributeStart()) & Nf.INTERVAL_END) != 0;
                case 6 -> comment = text(userdata(reader, bytes, 0));
                case 10 -> to = value(reader.nested(), bytes);
                default -> { }
            }
        }
        if (key != null) {
            into.add(new RawElement(key, to == null || to.equals(key) ? key : to, end, data, comment));
        }
    }

    private static @Nullable Value value(MessageReader data, byte[] bytes) {
        while (data.nextAttribute()) {
            if (data.attributeType() == 1 && data.attributeLength() > 0 && data.attributeLength() <= Value.MOST_BYTES) {
                return Value.of(Arrays.copyOfRange(bytes, data.attributeStart(), data.attributeEnd()));
            }
        }
        return null;
    }

    private static Element.@Nullable Datum datum(MessageReader data, byte[] bytes) {
        while (data.nextAttribute()) {
            if (data.attributeType() == 1 && data.attributeLength() > 0 && data.attributeLength() <= Value.MOST_BYTES) {
                return new Element.Data(Value.of(Arrays.copyOfRange(bytes, data.attributeStart(), data.attributeEnd())));
            }
            if (data.attributeType() == 2) {
                return verdict(data.nested());
            }
        }
        return null;
    }

    private static @Nullable Verdict verdict(MessageReader nested) {
        int code = Nf.NF_DROP;
        String chain = "";
        while (nested.nextAttribute()) {
            code = nested.attributeType() == 1 ? nested.big32(nested.attributeStart()) : code;
            chain = nested.attributeType() == 2 ? nested.attributeText() : chain;
        }
        try {
            return switch (code) {
                case Nf.NF_ACCEPT -> Verdict.ACCEPT;
                case Nf.NFT_RETURN -> Verdict.RETURN;
                case Nf.NFT_JUMP -> Verdict.jump(chain);
                case Nf.NFT_GOTO -> Verdict.goTo(chain);
                default -> Verdict.DROP;
            };
        } catch (IllegalArgumentException e) {
            return null; // a foreign hand's chain: differs from whatever is wanted
        }
    }

    /** The value of that type in the userdata that the reader stands on; empty where there is none. */
    private static byte[] userdata(MessageReader reader, byte[] bytes, int type) {
        for (int at = reader.attributeStart(); at + 2 <= reader.attributeEnd(); ) {
            int length = bytes[at + 1] & 0xff;
            if (at + 2 + length > reader.attributeEnd()) {
                break;
            }
            if ((bytes[at] & 0xff) == type) {
                return Arrays.copyOfRange(bytes, at + 2, at + 2 + length);
            }
            at += 2 + length;
        }
        return new byte[0];
    }

    private static String text(byte[] zeroEnded) {
        return zeroEnded.length == 0 ? "" : new String(zeroEnded, 0, zeroEnded.length - 1, StandardCharsets.UTF_8);
    }


    /** Whether a set is there and made as this one is. */
    boolean hasShape(NamedSet set) {
        SeenSet seen = sets.get(set.name());
        return seen != null && seen.shape.equals(Shapes.of(set));
    }
}
