package tombolo.ipam.core.check;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * Everything below {@code /calico/ipam/v2/} at one revision, read plainly. Feed every entry to {@link #add}, then ask {@link #findings}: none means that
 *
 * <ul>
 *   <li>no address is held twice: no two blocks overlap, and within a block an address is either held or free, never both
 *   <li>no address is lost: each of a block is held or free, none is neither
 *   <li>the counts of the handles are the numbers of addresses that the blocks hold under them
 *   <li>every block that names an owner has that owner's affinity, and every confirmed affinity its block
 * </ul>
 */
public final class StoredState {
    private static final String ROOT = "/calico/ipam/v2/";
    private static final String WINDOWS = "windows-reserved-ipam-handle";

    private final Map<Prefix, StoredBlock> blocks = new TreeMap<>();
    /** By owner and block: {@code host:a 10.0.0.0/26}. */
    private final Map<String, String> affinities = new TreeMap<>();
    private final Map<String, Map<Prefix, Long>> handles = new TreeMap<>();
    private final List<String> findings = new ArrayList<>();

    /**
     * An address that is held.
     *
     * @param cooling   released a while ago and not free yet
     * @param sequence  unsigned, as text; empty: none
     */
    public record Held(IpAddress address, Prefix block, Optional<String> affinity, Optional<String> handle, Map<String, String> attributes, boolean cooling, Optional<String> sequence) { }

    private record StoredBlock(Prefix cidr, Optional<String> affinity, List<Held> held, int free) { }

    /** One entry. @param value empty: it is no JSON */
    public void add(String key, Optional<Json> value) {
        if (!key.startsWith(ROOT) || key.equals(ROOT + "config")) {
            return;
        }
        if (!(value.orElse(Json.Null.NULL) instanceof Json.Obj object)) {
            findings.add(key + " holds no JSON object");
            return;
        }
        String[] words = key.substring(ROOT.length()).split("/");
        switch (words[0]) {
            case "assignment" -> block(key, words[words.length - 1], object);
            case "host", "virtual" -> {
                String state = object.text("state").orElse("");
                affinities.put(words[0] + ":" + words[1] + " " + words[words.length - 1].replace('-', '/'), state);
                if (words.length != 5) {
                    findings.add(key + " has an unknown form");
                }
            }
            case "handle" -> handle(key, words[1], object);
            default -> findings.add(key + " is of no known kind");
        }
    }

    private void block(String key, String name, Json.Obj object) {
        Prefix cidr;
        try {
            cidr = Prefix.parse(name.replace('-', '/'));
        } catch (IllegalArgumentException e) {
            findings.add(key + " names no block");
            return;
        }
        if (!object.text("cidr").equals(Optional.of(cidr.toString()))) {
            findings.add(key + " says of itself that it is " + object.text("cidr").orElse("nothing"));
        }
        List<Json> allocations = object.array("allocations");
        long size = 1L << (cidr.address().isIpv4() ? 32 : 128) - cidr.length();
        if (allocations.size() != size) {
            findings.add("block " + cidr + " lists " + allocations.size() + " addresses, and has " + size);
        }
        int[] places = new int[allocations.size()];
        for (Json ordinal : object.array("unallocated")) {
            long number = ordinal instanceof Json.Num known ? known.integer().orElse(-1) : -1;
            if (number < 0 || number >= places.length) {
                findings.add("block " + cidr + " has a free address number " + ordinal + " that it does not have");
            } else {
                places[(int) number]++;
            }
        }
        List<Held> held = new ArrayList<>();
        int free = 0;
        for (int ordinal = 0; ordinal < places.length; ordinal++) {
            boolean taken = allocations.get(ordinal) != Json.Null.NULL;
            if (taken) {
                held(cidr, object, ordinal, allocations.get(ordinal)).ifPresent(held::add);
            }
            if (places[ordinal] + (taken ? 1 : 0) != 1) {
                findings.add(address(cidr, ordinal) + " is " + (places[ordinal] == 0 ? "neither held nor free: it is lost" : taken ? "held and free at once" : "free " + places[ordinal]
                        + " times: it would be given out more than once"));
            }
            free += places[ordinal];
        }
        Optional<String> affinity = object.text("affinity");
        blocks.put(cidr, new StoredBlock(cidr, affinity, held, free));
    }

    private Optional<Held> held(Prefix cidr, Json.Obj object, int ordinal, Json index) {
        List<Json> attributes = object.array("attributes");
        long at = index instanceof Json.Num number ? number.integer().orElse(-1) : -1;
        if (at < 0 || at >= attributes.size() || !(attributes.get((int) at) instanceof Json.Obj attribute)) {
            findings.add(address(cidr, ordinal) + " is held by nobody: attribute " + index + " is not there");
            return Optional.empty();
        }
        Map<String, String> secondary = new TreeMap<>();
        attribute.object("secondary").ifPresent(values -> values.members().forEach((name, value) -> {
            if (value instanceof Json.Text(String text)) {
                secondary.put(name, text);
            }
        }));
        Optional<String> sequence = object.object("sequenceNumberForAllocation").flatMap(numbers -> numbers.get(Integer.toString(ordinal)))
                .map(number -> number instanceof Json.Num(String literal) ? literal : "?");
        return Optional.of(new Held(address(cidr, ordinal), cidr, object.text("affinity"), attribute.text("handle_id").map(id -> id.split("\r", 2)[0]), secondary,
                attribute.get("releasedAt").filter(value -> value != Json.Null.NULL).isPresent(), sequence));
    }

    private static IpAddress address(Prefix cidr, int ordinal) {
        byte[] bytes = new BigInteger(1, cidr.address().toBytes()).add(BigInteger.valueOf(ordinal)).toByteArray();
        byte[] whole = new byte[cidr.address().isIpv4() ? 4 : 16];
        int from = Math.max(0, bytes.length - whole.length);
        System.arraycopy(bytes, from, whole, whole.length - (bytes.length - from), bytes.length - from);
        return IpAddress.fromBytes(cidr.family(), whole, 0);
    }

    private void handle(String key, String id, Json.Obj object) {
        Map<Prefix, Long> counts = new TreeMap<>();
        object.object("block").orElse(Json.Obj.EMPTY).members().forEach((cidr, count) -> {
            try {
                counts.put(Prefix.parse(cidr), count instanceof Json.Num number ? number.integer().orElse(0) : 0L);
            } catch (IllegalArgumentException e) {
                findings.add(key + " counts addresses in " + cidr + ", which is no block");
            }
        });
        handles.put(id, counts);
    }

    // ---- the answers

    public List<Held> held() {
        return blocks.values().stream().flatMap(block -> block.held().stream()).toList();
    }

    public Map<Prefix, Optional<String>> blocks() {
        Map<Prefix, Optional<String>> affinity = new TreeMap<>();
        blocks.forEach((cidr, block) -> affinity.put(cidr, block.affinity()));
        return affinity;
    }

    public Map<String, Map<Prefix, Long>> handles() {
        return Collections.unmodifiableMap(handles);
    }

    /** Contradictions, in words. @param settled nobody is at work: claims that are half done count as well */
    public List<String> findings(boolean settled) {
        List<String> all = new ArrayList<>(findings);
        overlaps(all);
        counts(all);
        affinities(all, settled);
        return all;
    }

    private void overlaps(List<String> all) {
        Prefix before = null;
        for (Prefix cidr : blocks.keySet()) {
            if (before != null && before.covers(cidr)) {
                all.add("block " + cidr + " lies within block " + before + ": their addresses are held twice");
            } else {
                before = cidr;
            }
        }
    }

    private void counts(List<String> all) {
        Map<String, Map<Prefix, Long>> counted = new TreeMap<>();
        for (Held held : held()) {
            if (!held.cooling() && held.handle().isPresent() && !held.handle().get().isEmpty() && !held.handle().get().equalsIgnoreCase(WINDOWS)) {
                counted.computeIfAbsent(held.handle().get(), _ -> new TreeMap<>()).merge(held.block(), 1L, Long::sum);
            }
        }
        counted.forEach((id, counts) -> {
            if (!handles.containsKey(id)) {
                all.add("handle " + id + " holds addresses in " + counts.keySet() + " and does not exist");
            } else if (!handles.get(id).equals(counts)) {
                all.add("handle " + id + " counts " + handles.get(id) + "; its blocks hold " + counts);
            }
        });
        handles.forEach((id, counts) -> {
            if (!counted.containsKey(id)) {
                all.add("handle " + id + " counts " + counts + " and holds nothing");
            }
        });
    }

    private void affinities(List<String> all, boolean settled) {
        blocks.forEach((cidr, block) -> block.affinity().ifPresent(owner -> {
            if (!affinities.containsKey(owner + " " + cidr)) {
                all.add("block " + cidr + " belongs to " + owner + ", which has no affinity to it");
            }
        }));
        affinities.forEach((name, state) -> {
            String[] words = name.split(" ", 2);
            Optional<StoredBlock> block = parse(words[words.length - 1]).map(blocks::get);
            boolean good = block.flatMap(StoredBlock::affinity).filter(words[0]::equals).isPresent();
            boolean confirmed = state.isEmpty() || state.equals("confirmed");
            if (confirmed && !good) {
                all.add("affinity of " + name + " is confirmed, and the block is " + block.map(other -> other.affinity().orElse("nobody's")).orElse("not there"));
            } else if (!confirmed && settled && good) {
                all.add("affinity of " + name + " is " + state + ", and the block is its");
            }
        });
    }

    private static Optional<Prefix> parse(String cidr) {
        try {
            return Optional.of(Prefix.parse(cidr));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
