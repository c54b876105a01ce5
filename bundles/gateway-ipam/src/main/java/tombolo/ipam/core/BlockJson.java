package tombolo.ipam.core;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

/** Reads and writes a block in Calico's stored format; what nobody here knows stays. */
public final class BlockJson {
    /** In the order of Calico's {@code model.AllocationBlock}. */
    private static final List<String> MEMBERS = List.of("cidr", "affinity", "affinity_claim_time", "allocations", "unallocated", "attributes", "sequenceNumber",
            "sequenceNumberForAllocation", "deleted");
    private static final Set<String> UNDERSTOOD = Set.of("cidr", "affinity", "hostAffinity", "affinity_claim_time", "allocations", "unallocated", "attributes", "sequenceNumber",
            "sequenceNumberForAllocation");
    /** Go writes the members of a map in the order of their names: the ordinals 0, 1, 10, 11, …, by the logarithm of the size. */
    private static final int[][] NAME_ORDER = new int[13][];

    static {
        for (int bits = 0; bits < NAME_ORDER.length; bits++) {
            NAME_ORDER[bits] = IntStream.range(0, 1 << bits).boxed().sorted((a, b) -> Integer.toString(a).compareTo(Integer.toString(b))).mapToInt(Integer::intValue).toArray();
        }
    }

    private BlockJson() { }

    public static Block read(Json value) throws Malformed {
        if (!(value instanceof Json.Obj tree)) {
            throw new Malformed("a block is no object");
        }
        Prefix cidr = cidr(tree);
        int size = Ordinals.size(cidr);
        List<Attribute> attributes = new ArrayList<>();
        for (Json attribute : tree.array("attributes")) {
            attributes.add(Attribute.read(attribute));
        }
        int[] allocations = allocations(tree, size, attributes.size());
        int[] unallocated = unallocated(tree, allocations);
        long[] sequences = new long[size];
        for (Map.Entry<String, Json> entry : tree.object("sequenceNumberForAllocation").orElse(Json.Obj.EMPTY).members().entrySet()) {
            int ordinal = ordinal(entry.getKey(), size);
            sequences[ordinal] = unsigned(entry.getValue(), "the sequence number of ordinal " + ordinal);
        }
        long sequence = tree.get("sequenceNumber").isPresent() ? unsigned(tree.get("sequenceNumber").get(), "sequenceNumber") : 0;
        // older versions of Calico named the node alone
        Optional<String> affinity = tree.text("affinity").or(() -> tree.text("hostAffinity").map(node -> "host:" + node));
        return new Block(cidr, affinity, Attribute.time(tree, "affinity_claim_time"), allocations, unallocated, List.copyOf(attributes), sequence, sequences, unknown(tree));
    }

    /**
     * The block as it is stored, on one line. The members that stand in what was read keep their places; Calico's order is that of a new block. Without a tree between:
     * of a block with 64 addresses a write changes one, and making values of the other 63 would cost more than all the rest of an allocation.
     */
    public static String text(Block block) {
        StringBuilder text = new StringBuilder(block.weight()).append('{');
        Set<String> stored = block.tree.members().keySet();
        for (Map.Entry<String, Json> member : block.tree.members().entrySet()) {
            member(member.getKey(), block, Optional.of(member.getValue()), text);
        }
        for (String name : MEMBERS) {
            if (!stored.contains(name)) {
                member(name, block, Optional.empty(), text);
            }
        }
        text.setCharAt(text.length() - 1, '}');
        return text.toString();
    }

    /** One member and the comma behind it; nothing where it is not written. */
    private static void member(String name, Block block, Optional<Json> stored, StringBuilder text) {
        int start = text.length();
        JsonText.appendText(name, text);
        text.append(':');
        switch (name) {
            case "cidr" -> text.append('"').append(block.cidr).append('"');
            case "affinity" -> block.affinity.ifPresentOrElse(owner -> JsonText.appendText(owner, text), () -> text.append("null"));
            case "hostAffinity" -> {
                text.setLength(start); // what older versions of Calico wrote in place of affinity
                return;
            }
            case "affinity_claim_time" -> {
                if (block.claimed.isEmpty()) {
                    text.setLength(start);
                    return;
                }
                text.append('"').append(block.claimed.get().truncatedTo(ChronoUnit.SECONDS)).append('"');
            }
            case "allocations" -> allocations(block, text);
            case "unallocated" -> numbers(block.unallocated, text);
            case "attributes" -> attributes(block, text);
            case "sequenceNumber" -> unsigned(block.sequenceNumber, text);
            case "sequenceNumberForAllocation" -> sequences(block, text);
            default -> JsonText.append(stored.orElse(Json.Bool.FALSE), text); // deleted, where it is not there
        }
        text.append(',');
    }

    private static void allocations(Block block, StringBuilder text) {
        char before = '[';
        for (int index : block.allocations) {
            text.append(before);
            if (index == Block.FREE) {
                text.append("null");
            } else {
                text.append(index);
            }
            before = ',';
        }
        text.append(']');
    }

    private static void numbers(int[] numbers, StringBuilder text) {
        text.append('[');
        for (int i = 0; i < numbers.length; i++) {
            text.append(i == 0 ? "" : ",").append(numbers[i]);
        }
        text.append(']');
    }

    private static void attributes(Block block, StringBuilder text) {
        text.append('[');
        for (int i = 0; i < block.attributes.size(); i++) {
            text.append(i == 0 ? "" : ",").append(block.attributes.get(i).text());
        }
        text.append(']');
    }

    private static void sequences(Block block, StringBuilder text) {
        char before = '{';
        for (int ordinal : NAME_ORDER[Integer.numberOfTrailingZeros(block.allocations.length)]) {
            if (block.sequences[ordinal] != 0) {
                text.append(before).append('"').append(ordinal).append("\":");
                unsigned(block.sequences[ordinal], text);
                before = ',';
            }
        }
        text.append(before == '{' ? "{}" : "}");
    }

    private static void unsigned(long number, StringBuilder text) {
        if (number >= 0) {
            text.append(number);
        } else {
            text.append(Long.toUnsignedString(number));
        }
    }

    /** The members in their order, with the values of those alone that are not understood: the others are held once, in the block. */
    private static Json.Obj unknown(Json.Obj tree) {
        Map<String, Json> members = new LinkedHashMap<>(tree.members());
        members.replaceAll((name, value) -> UNDERSTOOD.contains(name) ? Json.Null.NULL : value);
        return new Json.Obj(members);
    }

    private static Prefix cidr(Json.Obj tree) throws Malformed {
        String text = tree.text("cidr").orElseThrow(() -> new Malformed("a block without a cidr"));
        try {
            Prefix cidr = Prefix.parse(text);
            Ordinals.size(cidr);
            return cidr;
        } catch (IllegalArgumentException e) {
            throw new Malformed("cidr: " + e.getMessage());
        }
    }

    private static int[] allocations(Json.Obj tree, int size, int attributes) throws Malformed {
        List<Json> items = tree.array("allocations");
        if (items.size() != size) {
            throw new Malformed(items.size() + " allocations; the block has " + size + " addresses");
        }
        int[] allocations = new int[size];
        for (int ordinal = 0; ordinal < size; ordinal++) {
            allocations[ordinal] = switch (items.get(ordinal)) {
                case Json.Null _ -> Block.FREE;
                case Json.Num number when number.integer().orElse(-1) >= 0 && number.integer().getAsLong() < attributes -> (int) number.integer().getAsLong();
                default -> throw new Malformed("the allocation of ordinal " + ordinal + " names none of the " + attributes + " attributes");
            };
        }
        return allocations;
    }

    /** Exactly the free ordinals, each once: anything else would give an address out twice or never. */
    private static int[] unallocated(Json.Obj tree, int[] allocations) throws Malformed {
        List<Json> items = tree.array("unallocated");
        boolean[] seen = new boolean[allocations.length];
        int[] unallocated = new int[items.size()];
        for (int i = 0; i < unallocated.length; i++) {
            long ordinal = items.get(i) instanceof Json.Num number ? number.integer().orElse(-1) : -1;
            if (ordinal < 0 || ordinal >= allocations.length || seen[(int) ordinal] || allocations[(int) ordinal] != Block.FREE) {
                throw new Malformed("unallocated[" + i + "] is " + ordinal + ", which is no free ordinal or is there twice");
            }
            seen[(int) ordinal] = true;
            unallocated[i] = (int) ordinal;
        }
        long free = Arrays.stream(allocations).filter(index -> index == Block.FREE).count();
        if (free != unallocated.length) {
            throw new Malformed(free + " addresses are free, " + unallocated.length + " are in unallocated");
        }
        return unallocated;
    }

    private static int ordinal(String name, int size) throws Malformed {
        try {
            int ordinal = Integer.parseInt(name);
            if (ordinal >= 0 && ordinal < size) {
                return ordinal;
            }
        } catch (NumberFormatException _) {
            // as below
        }
        throw new Malformed("sequenceNumberForAllocation: '" + name + "' is no ordinal below " + size);
    }

    private static long unsigned(Json value, String what) throws Malformed {
        try {
            return Long.parseUnsignedLong(value instanceof Json.Num number ? number.literal() : "");
        } catch (NumberFormatException e) {
            throw new Malformed(what + " is no unsigned number of 64 bits");
        }
    }
}
