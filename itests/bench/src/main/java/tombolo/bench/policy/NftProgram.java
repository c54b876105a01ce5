package tombolo.bench.policy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.harness.Command;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** Debian's nft, which makes in a namespace of its own what we have made in ours: the same table, and then the same changes, each a file. */
final class NftProgram {
    private static final String TABLE = " inet " + Nftables.TABLE + " ";
    private final Namespace ours;
    private final Namespace its;
    private final Path folder;
    private final Map<String, NamedSet> shapes = new HashMap<>();
    private final Set<String> chains = new HashSet<>();
    /** Keys of maps, as nft spells them. */
    private final Map<String, Set<String>> present = new HashMap<>();
    private int files;

    NftProgram(Namespace ours, Namespace its, Path folder) {
        this.ours = ours;
        this.its = its;
        this.folder = folder;
    }

    /** What is in our table from now on. */
    void know(Change change) {
        change.goneSets().forEach(shapes::remove);
        change.goneSets().forEach(present::remove);
        chains.removeAll(change.goneChains());
        change.sets().forEach(set -> shapes.put(set.name(), new NamedSet(set.name(), set.key(), set.interval(), set.data(), "", List.of())));
        change.chains().forEach(chain -> chains.add(chain.name()));
        change.sets().stream().filter(set -> !(set.data() instanceof NamedSet.MapData.None)).forEach(set ->
                present.put(set.name(), set.elements().stream().map(element -> key(set, element.from(), element.to())).collect(Collectors.toCollection(HashSet::new))));
        change.elements().forEach((name, differences) -> {
            Set<String> keys = present.get(name);
            if (keys != null) {
                differences.gone().forEach(gone -> keys.remove(key(shapes.get(name), gone, gone)));
                differences.put().forEach(put -> keys.add(key(shapes.get(name), put.from(), put.to())));
            }
        });
    }

    /** Loads the table as ours is now; milliseconds. */
    double load() {
        return run(known(ours.exec("nft", "list", "table", "inet", Nftables.TABLE)));
    }

    /** What executing it costs when it has nothing to do; milliseconds. */
    double nothing() {
        return run("");
    }

    /** Makes a change that is in force in ours. Milliseconds. */
    double apply(Change change) {
        StringBuilder text = new StringBuilder();
        change.sets().forEach(set -> text.append(listed("set", set.name(), set)));
        for (var chain : change.chains()) {
            text.append("add chain").append(TABLE).append(chain.name()).append('\n');
            if (chains.contains(chain.name())) {
                text.append("flush chain").append(TABLE).append(chain.name()).append('\n');
            }
        }
        change.chains().forEach(chain -> text.append(listed("chain", chain.name(), null)));
        change.elements().forEach((name, differences) -> {
            NamedSet shape = shapes.get(name);
            List<String> gone = new ArrayList<>(differences.gone().stream().map(key -> key(shape, key, key)).toList());
            boolean map = !(shape.data() instanceof NamedSet.MapData.None);
            if (map) {
                // An element that leads elsewhere is taken out first, where it is there; destroy, which would spare knowing that, is too new for Debian's.
                differences.put().forEach(element -> gone.add(key(shape, element.from(), element.to())));
                gone.removeIf(key -> !present.getOrDefault(name, Set.of()).contains(key));
            }
            if (!gone.isEmpty()) {
                text.append("delete element").append(TABLE).append(name).append(" { ").append(gone.stream().distinct().collect(Collectors.joining(", "))).append(" }\n");
            }
            if (!differences.put().isEmpty()) {
                text.append("add element").append(TABLE).append(name).append(" { ").append(differences.put().stream().map(element -> element(shape, element)).collect(Collectors.joining(", "))).append(" }\n");
            }
        });
        change.goneChains().stream().filter(chains::contains).forEach(name -> text.append("flush chain").append(TABLE).append(name).append('\n'));
        change.goneChains().stream().filter(chains::contains).forEach(name -> text.append("delete chain").append(TABLE).append(name).append('\n'));
        change.goneSets().forEach(name -> text.append("delete set").append(TABLE).append(name).append('\n'));
        double millis = run(text.toString());
        know(change);
        return millis;
    }

    private String listed(String what, String name, NamedSet set) {
        return known(ours.exec("nft", "list", set != null && !(set.data() instanceof NamedSet.MapData.None) ? "map" : what, "inet", Nftables.TABLE, name));
    }

    /** nft lists what is said of security marks, and takes it for the name of an object when it reads it: the packet's other mark is the same work. */
    private static String known(String listed) {
        return listed.replace("meta secmark", "meta mark");
    }

    private double run(String text) {
        Path file = folder.resolve("nft" + ++files);
        RunFiles.write(file, text);
        long start = System.nanoTime();
        Command.run(its.inside("nft", "-f", file.toString()));
        double millis = (System.nanoTime() - start) / 1e6;
        RunFiles.delete(file);
        return millis;
    }

    private static String element(NamedSet shape, Element element) {
        String data = element.data().map(datum -> " : " + switch (datum) {
            case Verdict verdict -> verdict.kind().name().toLowerCase(Locale.ROOT) + (verdict.chain().isEmpty() ? "" : " " + verdict.chain());
            case Element.Data(Value value) -> value.length() == Integer.BYTES ? number(value.toBytes()) : value.toString();
        }).orElse("");
        return key(shape, element.from(), element.to()) + data;
    }

    private static String key(NamedSet shape, Value from, Value to) {
        List<String> fields = new ArrayList<>();
        int at = 0;
        for (DataType type : shape.key()) {
            String low = field(type, Arrays.copyOfRange(from.toBytes(), at, at + type.bytes()));
            String high = field(type, Arrays.copyOfRange(to.toBytes(), at, at + type.bytes()));
            fields.add(low.equals(high) ? low : low + "-" + high);
            at += type.bytes() + 3 & ~3;
        }
        return String.join(" . ", fields);
    }

    private static String number(byte[] bytes) {
        return "0x" + Integer.toHexString(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt());
    }

    private static String field(DataType type, byte[] bytes) {
        return switch (type) {
            case IPV4_ADDRESS, IPV6_ADDRESS -> IpAddress.fromBytes(type == DataType.IPV4_ADDRESS ? AddressFamily.IPV4 : AddressFamily.IPV6, bytes, 0).toString();
            case INTERFACE_NAME -> "\"" + new String(bytes, StandardCharsets.US_ASCII).replace("\0", "") + "\"";
            case PROTOCOL -> Integer.toString(bytes[0] & 255);
            case MARK -> number(bytes);
            case PORT -> Integer.toString((bytes[0] & 255) << 8 | bytes[1] & 255);
            default -> throw new IllegalArgumentException("a key of " + type);
        };
    }
}
