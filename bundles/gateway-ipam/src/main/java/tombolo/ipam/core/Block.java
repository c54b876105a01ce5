package tombolo.ipam.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.ipam.AutoAssign.HostReservation;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * A block of addresses, as Calico stores it ({@code model.AllocationBlock}). Immutable.
 *
 * <pre>
 *   ordinal          0   1   2   3          an address counted from the start of the block
 *   allocations    [ 0,  -,  0,  1 ]        index into attributes, or free
 *   unallocated    [ 1 ]                    free ordinals, the longest idle first: taken at the head, given back at the tail
 *   attributes     [ {handle a}, {handle b} ]   each once, however many addresses share it
 *   sequences      [ 7,  -,  7,  9 ]        the block's sequence number when the address was given out
 *   sequenceNumber 10                       one more with every write
 * </pre>
 */
public final class Block {
    /** Addresses under this handle belong to a Windows node itself: such a block counts as empty, and no handle object counts them. */
    public static final String WINDOWS_HANDLE = "windows-reserved-ipam-handle";
    static final int FREE = -1;

    final Prefix cidr;
    final Optional<String> affinity;
    final Optional<Instant> claimed;
    final int[] allocations;
    final int[] unallocated;
    final List<Attribute> attributes;
    final long sequenceNumber;
    final long[] sequences;
    final Json.Obj tree;
    /** As {@link #weight} says, once it was asked; 0 before. */
    private int weight;

    Block(Prefix cidr, Optional<String> affinity, Optional<Instant> claimed, int[] allocations, int[] unallocated, List<Attribute> attributes, long sequenceNumber, long[] sequences,
          Json.Obj tree) {
        this.cidr = cidr;
        this.affinity = affinity;
        this.claimed = claimed;
        this.allocations = allocations;
        this.unallocated = unallocated;
        this.attributes = attributes;
        this.sequenceNumber = sequenceNumber;
        this.sequences = sequences;
        this.tree = tree;
    }

    /** A new block. @param sequenceNumber the time in nanoseconds: a block that is deleted and made again never repeats a number */
    public static Block fresh(Prefix cidr, BlockOwner owner, Instant now, long sequenceNumber, Optional<HostReservation> reserved) {
        int size = Ordinals.size(cidr);
        int[] allocations = new int[size];
        Arrays.fill(allocations, FREE);
        int first = 0;
        int end = size;
        List<Attribute> attributes = new ArrayList<>();
        if (reserved.isPresent()) {
            first = reserved.get().atStart();
            end = size - reserved.get().atEnd();
            Arrays.fill(allocations, 0, first, 0);
            Arrays.fill(allocations, end, size, 0);
            attributes.add(Attribute.of(Optional.of(reserved.get().handle()), Map.of("note", reserved.get().note())));
        }
        int[] unallocated = new int[end - first];
        for (int i = 0; i < unallocated.length; i++) {
            unallocated[i] = first + i;
        }
        return new Block(cidr, Optional.of(owner.toString()), Optional.of(now), allocations, unallocated, List.copyOf(attributes), sequenceNumber, new long[size], Json.Obj.EMPTY);
    }

    public Prefix cidr() {
        return cidr;
    }

    public Optional<String> affinity() {
        return affinity;
    }

    public boolean belongsTo(BlockOwner owner) {
        return affinity.isPresent() && affinity.get().equals(owner.toString());
    }

    public Optional<Instant> claimed() {
        return claimed;
    }

    public long sequenceNumber() {
        return sequenceNumber;
    }

    public int size() {
        return allocations.length;
    }

    /** Addresses that can be given out. */
    public int free(Reservations reservations) {
        Reservations here = reservations.within(cidr);
        if (here.cidrs().isEmpty()) {
            return unallocated.length;
        }
        int free = 0;
        for (int ordinal : unallocated) {
            free += here.holds(Ordinals.address(cidr, ordinal)) ? 0 : 1;
        }
        return free;
    }

    /** No address is held or cools down, but those that a Windows node keeps for itself. */
    public boolean empty() {
        for (int index : allocations) {
            if (index != FREE && attributes.get(index).handle().map(id -> id.toLowerCase(Locale.ROOT)).filter(WINDOWS_HANDLE::equals).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    public int cooling() {
        int cooling = 0;
        for (int index : allocations) {
            cooling += index != FREE && attributes.get(index).cooling() ? 1 : 0;
        }
        return cooling;
    }

    public int inUse() {
        int used = 0;
        for (int index : allocations) {
            used += index == FREE ? 0 : 1;
        }
        return used;
    }

    /** Who holds the address; empty: nobody, also while it cools down. */
    public Optional<HeldAddress> holder(int ordinal) {
        int index = allocations[ordinal];
        if (index == FREE || attributes.get(index).cooling()) {
            return Optional.empty();
        }
        Attribute attribute = attributes.get(index);
        return Optional.of(new HeldAddress(Ordinals.address(cidr, ordinal), cidr, attribute.handle(), attribute.secondary(), sequences[ordinal]));
    }

    public boolean isFree(int ordinal) {
        return allocations[ordinal] == FREE;
    }

    public List<HeldAddress> held() {
        List<HeldAddress> held = new ArrayList<>();
        for (int ordinal = 0; ordinal < allocations.length; ordinal++) {
            holder(ordinal).ifPresent(held::add);
        }
        return held;
    }

    /** What is held under a handle. @param sequenceNumber only what was given out under it */
    public List<Integer> ordinals(String handle, OptionalLong sequenceNumber) {
        List<Integer> found = new ArrayList<>();
        for (int ordinal = 0; ordinal < allocations.length; ordinal++) {
            int index = allocations[ordinal];
            if (index != FREE && !attributes.get(index).cooling() && attributes.get(index).handle().filter(handle::equals).isPresent()
                    && (sequenceNumber.isEmpty() || sequenceNumber.getAsLong() == sequences[ordinal])) {
                found.add(ordinal);
            }
        }
        return found;
    }

    /** A block after addresses were taken. */
    public record Taken(Block block, List<HeldAddress> addresses) { }

    /** Gives out up to so many addresses, the longest idle first; reserved ones keep their place. */
    public Taken take(int wanted, Optional<String> handle, Map<String, String> secondary, Reservations reservations) {
        Reservations here = reservations.within(cidr);
        int[] left = new int[unallocated.length];
        int kept = 0;
        List<Integer> taken = new ArrayList<>();
        for (int ordinal : unallocated) {
            if (taken.size() < wanted && !here.holds(Ordinals.address(cidr, ordinal))) {
                taken.add(ordinal);
            } else {
                left[kept++] = ordinal;
            }
        }
        return taken.isEmpty() ? new Taken(this, List.of()) : held(taken, Arrays.copyOf(left, kept), handle, secondary);
    }

    /** Gives out one address that is free, reserved or not. */
    public Taken takeOne(int ordinal, Optional<String> handle, Map<String, String> secondary) {
        if (!isFree(ordinal)) {
            throw new IllegalArgumentException(Ordinals.address(cidr, ordinal) + " is held");
        }
        return held(List.of(ordinal), Arrays.stream(unallocated).filter(other -> other != ordinal).toArray(), handle, secondary);
    }

    private Taken held(List<Integer> taken, int[] left, Optional<String> handle, Map<String, String> secondary) {
        int index = 0;
        while (index < attributes.size() && !attributes.get(index).fits(handle, secondary)) {
            index++;
        }
        List<Attribute> known = attributes;
        if (index == attributes.size()) {
            known = new ArrayList<>(attributes);
            known.add(Attribute.of(handle, secondary));
        }
        int[] changed = allocations.clone();
        long[] numbers = sequences.clone();
        List<HeldAddress> addresses = new ArrayList<>(taken.size());
        for (int ordinal : taken) {
            changed[ordinal] = index;
            numbers[ordinal] = sequenceNumber;
            addresses.add(new HeldAddress(Ordinals.address(cidr, ordinal), cidr, handle, secondary, sequenceNumber));
        }
        Block block = new Block(cidr, affinity, claimed, changed, left, known, sequenceNumber, numbers, tree);
        block.weight = weight() + (known == attributes ? 0 : weight(known.getLast()));
        return new Taken(block, addresses);
    }

    /** Takes addresses back, all held. @param coolFrom they cool down from now on instead of being free at once */
    public Block release(List<Integer> ordinals, Optional<Instant> coolFrom) {
        int[] changed = allocations.clone();
        long[] numbers = sequences.clone();
        List<Attribute> known = new ArrayList<>(attributes);
        for (int ordinal : ordinals) {
            if (coolFrom.isPresent()) {
                Attribute released = attributes.get(allocations[ordinal]).released(coolFrom.get());
                int index = known.indexOf(released);
                if (index < 0) {
                    known.add(released);
                    index = known.size() - 1;
                }
                changed[ordinal] = index;
            } else {
                changed[ordinal] = FREE;
            }
            numbers[ordinal] = 0;
        }
        int[] free = unallocated;
        if (coolFrom.isEmpty()) {
            free = Arrays.copyOf(unallocated, unallocated.length + ordinals.size());
            for (int i = 0; i < ordinals.size(); i++) {
                free[unallocated.length + i] = ordinals.get(i);
            }
        }
        return swept(changed, free, known, numbers);
    }

    /** Frees what has cooled down for so long, in the order of the releases; this where there is none. */
    public Block cooled(Instant now, Duration coolDown) {
        List<Integer> cold = new ArrayList<>();
        for (int ordinal = 0; ordinal < allocations.length; ordinal++) {
            int index = allocations[ordinal];
            if (index != FREE && attributes.get(index).releasedAt().filter(when -> !when.plus(coolDown).isAfter(now)).isPresent()) {
                cold.add(ordinal);
            }
        }
        if (cold.isEmpty()) {
            return this;
        }
        cold.sort(java.util.Comparator.comparing(ordinal -> attributes.get(allocations[ordinal]).releasedAt().orElseThrow()));
        return release(cold, Optional.empty());
    }

    /** Drops the attributes whose last address has gone, and counts again. */
    private Block swept(int[] changed, int[] free, List<Attribute> known, long[] numbers) {
        boolean[] before = used(allocations, known.size());
        boolean[] after = used(changed, known.size());
        int[] place = new int[known.size()];
        List<Attribute> left = new ArrayList<>(known.size());
        for (int i = 0; i < place.length; i++) {
            place[i] = left.size();
            if (after[i] || !before[i]) {
                left.add(known.get(i));
            }
        }
        for (int ordinal = 0; ordinal < changed.length; ordinal++) {
            changed[ordinal] = changed[ordinal] == FREE ? FREE : place[changed[ordinal]];
        }
        return new Block(cidr, affinity, claimed, changed, free, left, sequenceNumber, numbers, tree);
    }

    private static boolean[] used(int[] allocations, int size) {
        boolean[] used = new boolean[size];
        for (int index : allocations) {
            if (index != FREE) {
                used[index] = true;
            }
        }
        return used;
    }

    /** How many bytes it is as text, about, on the safe side. */
    public int weight() {
        if (weight == 0) {
            int sum = 200 + allocations.length * 40;
            for (Attribute attribute : attributes) {
                sum += weight(attribute);
            }
            weight = sum;
        }
        return weight;
    }

    private static int weight(Attribute attribute) {
        int sum = 80 + attribute.handle().map(String::length).orElse(0);
        for (Map.Entry<String, String> entry : attribute.secondary().entrySet()) {
            sum += 8 + entry.getKey().length() + entry.getValue().length();
        }
        return sum;
    }

    /** Without an owner. */
    public Block orphaned() {
        return new Block(cidr, Optional.empty(), Optional.empty(), allocations, unallocated, attributes, sequenceNumber, sequences, tree);
    }

    /** As it is stored with the next write. */
    public Block next() {
        Block next = new Block(cidr, affinity, claimed, allocations, unallocated, attributes, sequenceNumber + 1, sequences, tree);
        next.weight = weight;
        return next;
    }

    public IpAddress address(int ordinal) {
        return Ordinals.address(cidr, ordinal);
    }
}
