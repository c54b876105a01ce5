package tombolo.ipam.core;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;

/** Reads and writes a block in Calico's stored format; what nobody here knows stays. */
public final class BlockJson {
    private static final Json.Num[] NUMBERS = IntStream.range(0, Ordinals.MAX_BLOCK).mapToObj(Json.Num::of).toArray(Json.Num[]::new);
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
        return new Block(cidr, affinity, Attribute.time(tree, "affinity_claim_time"), allocations, unallocated, List.copyOf(attributes), sequence, sequences, tree);
    }

    public static Json.Obj write(Block block) {
        Map<String, Json> members = new LinkedHashMap<>(block.tree.members());
        members.put("cidr", new Json.Text(block.cidr.toString()));
        members.put("affinity", block.affinity.<Json>map(Json.Text::new).orElse(Json.Null.NULL));
        members.remove("hostAffinity");
        if (block.claimed.isPresent()) {
            Instant seconds = block.claimed.get().truncatedTo(ChronoUnit.SECONDS);
            members.put("affinity_claim_time", new Json.Text(seconds.toString()));
        } else {
            members.remove("affinity_claim_time");
        }
        List<Json> allocations = new ArrayList<>(block.allocations.length);
        for (int index : block.allocations) {
            allocations.add(index == Block.FREE ? Json.Null.NULL : NUMBERS[index]);
        }
        members.put("allocations", new Json.Arr(allocations));
        List<Json> unallocated = new ArrayList<>(block.unallocated.length);
        for (int ordinal : block.unallocated) {
            unallocated.add(NUMBERS[ordinal]);
        }
        members.put("unallocated", new Json.Arr(unallocated));
        List<Json> attributes = new ArrayList<>(block.attributes.size());
        for (Attribute attribute : block.attributes) {
            attributes.add(attribute.tree());
        }
        members.put("attributes", new Json.Arr(attributes));
        members.put("sequenceNumber", number(block.sequenceNumber));
        Map<String, Json> sequences = new LinkedHashMap<>();
        for (int ordinal : NAME_ORDER[Integer.numberOfTrailingZeros(block.allocations.length)]) {
            if (block.sequences[ordinal] != 0) {
                sequences.put(NUMBERS[ordinal].literal(), number(block.sequences[ordinal]));
            }
        }
        members.put("sequenceNumberForAllocation", new Json.Obj(sequences));
        members.putIfAbsent("deleted", Json.Bool.FALSE);
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

    private static Json.Num number(long unsigned) {
        return new Json.Num(Long.toUnsignedString(unsigned));
    }
}
