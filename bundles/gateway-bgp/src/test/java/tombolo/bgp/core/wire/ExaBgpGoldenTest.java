package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;

/** Messages of another implementation, as text, wire hex and JSON: what its JSON announces as IPv4 or IPv6 unicast is what we read. */
class ExaBgpGoldenTest {
    private static final Pattern UNICAST = Pattern.compile("\"(ipv4|ipv6) unicast\":\\s*(\\{|\\[)");
    private static final Pattern NLRI = Pattern.compile("\"nlri\":\\s*\"([0-9a-f.:]+/[0-9]+)\"");

    private record Golden(String file, byte[] message, String json) { }

    private static List<Golden> golden() throws IOException {
        Path folder = MrtFile.folder().resolve("exabgp-qa/encoding");
        Assumptions.assumeTrue(Files.isDirectory(folder), "no vectors of exabgp here");
        List<Golden> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    int raw = lines.get(i).indexOf(":raw:");
                    if (raw < 0) {
                        continue;
                    }
                    byte[] message = Wire.hex(lines.get(i).substring(raw + 5).replace(":", "").trim());
                    if (message.length > 19 && message[18] == 2) {
                        all.add(new Golden(file.getFileName().toString(), message, i + 1 < lines.size() && lines.get(i + 1).contains(":json:") ? lines.get(i + 1) : ""));
                    }
                }
            }
        }
        return all;
    }

    @Test
    void unicastRoutesAreReadAsTheOtherImplementationWroteThem() throws IOException {
        int compared = 0;
        int prefixes = 0;
        for (Golden golden : golden()) {
            if (golden.json.contains("path-information") || golden.file.contains("nexthop") || golden.file.contains("llnh")) {
                continue; // ADD-PATH (RFC 7911) and IPv4 over IPv6 next hops (RFC 8950) are not negotiated here
            }
            AttributeTable table = new AttributeTable(1);
            boolean internal = !golden.file.contains("ebgp");
            boolean four = !golden.file.contains("no-asn4");
            DecodeContext context = new DecodeContext("exabgp", Wire.BOTH, four, internal, new Asn(1), new Asn(2), List.of(), 65_535, false, false);
            Applied applied = new Applied(table);
            Outcome outcome = new UpdateDecoder(table).decode(golden.message, 0, golden.message.length, context, applied);
            if (golden.file.equals("conf-generic-attribute.ci") && outcome instanceof Outcome.Reset reset) {
                assertEquals(2, reset.notification().subcode(), "it sends an unknown attribute that is marked well-known: RFC 4271 §6.3");
                continue;
            }
            if (golden.json.isEmpty() || !UNICAST.matcher(golden.json).find()) {
                continue;
            }
            assertEquals(Outcome.Ok.OK, outcome, golden.file + " " + Wire.hex(golden.message) + " " + golden.json);
            Set<Prefix> seen = new HashSet<>(applied.announced.keySet());
            seen.addAll(applied.withdrawn);
            Set<Prefix> wanted = unicast(golden.json);
            assertEquals(wanted, seen, golden.file + " " + Wire.hex(golden.message) + " " + applied.errors);
            compared++;
            prefixes += wanted.size();
        }
        System.out.println("ExaBgpGoldenTest: " + compared + " messages, " + prefixes + " prefixes compared");
        assertTrue(compared > 20, compared + " messages compared");
    }

    private static Set<Prefix> unicast(String json) {
        Set<Prefix> prefixes = new HashSet<>();
        Matcher families = UNICAST.matcher(json);
        while (families.find()) {
            int depth = 0;
            int at = families.end() - 1;
            int start = at;
            do {
                char c = json.charAt(at++);
                depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
            } while (depth > 0);
            Matcher nlri = NLRI.matcher(json.substring(start, at));
            while (nlri.find()) {
                Prefix prefix = Prefix.of(tombolo.api.net.IpAddress.parse(nlri.group(1).split("/")[0]), Integer.parseInt(nlri.group(1).split("/")[1]));
                prefixes.add(prefix);
            }
        }
        return prefixes;
    }
}
