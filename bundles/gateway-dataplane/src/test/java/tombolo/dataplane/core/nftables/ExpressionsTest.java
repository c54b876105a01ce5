package tombolo.dataplane.core.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Owner;
import tombolo.dataplane.core.MessageReader;

/** Our messages against those that nft sends for the same rule set, attribute by attribute. */
class ExpressionsTest {
    /** Ours is the hash in a rule's userdata; nft's are the zero mark of an empty interval set, typeof in a set's userdata and numbers of sets within a batch. */
    private static final Map<String, Set<Integer>> OWN = Map.of("rule", Set.of(7), "set", Set.of(10, 13), "elements", Set.of(4), "table", Set.of(6), "chain", Set.of());

    private static byte[] message(byte[] payload) {
        byte[] whole = new byte[16 + payload.length];
        whole[0] = (byte) whole.length;
        whole[1] = (byte) (whole.length >>> 8);
        System.arraycopy(payload, 0, whole, 16, payload.length);
        return whole;
    }

    /** The attributes as a tree in text, nested ones sorted by their number, so that their order among each other does not count; lists keep theirs. */
    private static String text(String kind, byte[] payload) {
        byte[] whole = message(payload);
        MessageReader reader = new MessageReader(whole);
        reader.reset(whole.length);
        reader.next();
        reader.attributes(4);
        // nft says nothing where there is nothing to say, and names sets of the same batch by their number besides.
        return tree(reader, whole, OWN.get(kind)).replace(", 2=[{{}}]", "").replace("], 6=[00000000]}}", "]}}").replaceAll("(6c6f6f6b757000\\], 2=\\[\\{\\{[^}]*?), 4=\\[\\w+\\]", "$1");
    }

    private static String tree(MessageReader reader, byte[] bytes, Set<Integer> without) {
        Map<Integer, List<String>> parts = new TreeMap<>();
        while (reader.nextAttribute()) {
            boolean nested = (bytes[reader.attributeStart() - 1] & 0x80) != 0;
            if (!without.contains(reader.attributeType())) {
                parts.computeIfAbsent(reader.attributeType(), _ -> new ArrayList<>()).add(nested ? "{" + tree(reader.nested(), bytes, Set.of()) + "}"
                        : HexFormat.of().formatHex(bytes, reader.attributeStart(), reader.attributeEnd()));
            }
        }
        return parts.toString();
    }

    @Test
    void everyMessageSaysWhatNftSays() throws IOException {
        List<String> wanted = new ArrayList<>();
        try (InputStream in = ExpressionsTest.class.getResourceAsStream("nft-1.0.6.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String kind = line.substring(0, line.indexOf(' '));
                wanted.add(kind + " " + text(kind, HexFormat.of().parseHex(line.substring(kind.length() + 1))));
            });
        }
        DesiredTable desired = new DesiredTable();
        for (Owner owner : Owner.values()) {
            desired.apply(owner, Change.complete(GoldenTable.CHAINS.stream().filter(chain -> chain.name().startsWith(owner.prefix())).toList(),
                    GoldenTable.SETS.stream().filter(set -> set.name().startsWith(owner.prefix())).toList()));
        }
        Messages messages = new Messages();
        messages.begin(1, 0);
        desired.steps(new KernelTable()).write(messages);
        messages.end();
        List<String> seen = new ArrayList<>();
        MessageReader reader = new MessageReader(messages.bytes());
        reader.reset(messages.size());
        Map<Integer, String> kinds = Map.of(Nf.NEW_TABLE, "table", Nf.NEW_CHAIN, "chain", Nf.NEW_RULE, "rule", Nf.NEW_SET, "set", Nf.NEW_ELEMENT, "elements");
        while (reader.next()) {
            String kind = kinds.get(reader.type());
            if (kind != null) {
                byte[] payload = new byte[reader.payloadLength()];
                System.arraycopy(messages.bytes(), reader.payload(), payload, 0, payload.length);
                seen.add(kind + " " + text(kind, payload));
            }
        }
        assertEquals(String.join("\n", wanted.stream().sorted().toList()), String.join("\n", seen.stream().sorted().toList()));
    }
}
