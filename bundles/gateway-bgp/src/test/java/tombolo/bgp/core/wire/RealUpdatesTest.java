package tombolo.bgp.core.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;

/** Real UPDATEs of RIPE RIS, RouteViews and PCH. */
class RealUpdatesTest {
    private static final Set<AddressFamily> BOTH = Set.of(AddressFamily.IPV4, AddressFamily.IPV6);

    static DecodeContext context(MrtFile.Message message) {
        boolean ibgp = message.peerAs() == message.localAs();
        return new DecodeContext("collector", BOTH, message.asOctets() == 4, ibgp, new Asn(Math.max(1, message.localAs())), new Asn(Math.max(1, message.peerAs())),
                List.of(), 65_535, false, false);
    }

    @Test
    void everyRealUpdateSurvivesDecodePackDecodeWithTheSameSets() throws IOException {
        for (Path file : MrtFile.all()) {
            AttributeTable table = new AttributeTable(7);
            UpdateDecoder decoder = new UpdateDecoder(table);
            UpdatePacker packer = new UpdatePacker(table, true, 65_535);
            int read = 0;
            int resets = 0;
            int prefixes = 0;
            Map<String, Integer> errors = new TreeMap<>();
            for (MrtFile.Message message : MrtFile.updates(file)) {
                if (message.addPath()) {
                    continue;
                }
                read++;
                DecodeContext context = context(message);
                Map<Prefix, Integer> ids = new TreeMap<>();
                Applied first = new Applied(table) {
                    @Override
                    public void announce(AddressFamily family, long hi, long lo, int length, int attributeId) {
                        super.announce(family, hi, lo, length, attributeId);
                        table.retain(attributeId);
                        Integer before = ids.put(prefix(family, hi, lo, length), attributeId);
                        if (before != null) {
                            table.release(before);
                        }
                    }
                };
                if (decoder.decode(message.bytes(), 0, message.bytes().length, context, first) instanceof Outcome.Reset) {
                    resets++;
                }
                first.errors.forEach(error -> errors.merge(error.counter(), 1, Integer::sum));
                prefixes += first.announced.size();
                ids.forEach((prefix, id) -> assertTrue(packer.add(prefix.family(), id, prefix.address().hi(), prefix.address().lo(), prefix.length())));
                first.withdrawn.forEach(prefix -> packer.withdraw(prefix.family(), prefix.address().hi(), prefix.address().lo(), prefix.length()));
                byte[] packed = packer.take();
                Applied second = new Applied(table);
                // An iBGP context: the sets are as they were, whatever they hold.
                DecodeContext again = new DecodeContext("again", BOTH, true, context.ibgp(), new Asn(1), new Asn(2), List.of(), 65_535, false, false);
                for (int at = 0; at < packed.length; at += Octets.u16(packed, at + 16)) {
                    Outcome outcome = decoder.decode(packed, at, Octets.u16(packed, at + 16), again, second);
                    assertInstanceOf(Outcome.Ok.class, outcome, () -> file + " " + outcome);
                }
                assertEquals(List.of(), second.errors);
                assertEquals(first.announced, second.announced);
                assertEquals(first.withdrawn, second.withdrawn);
                ids.values().forEach(table::release);
            }
            assertEquals(0, table.size(), "every reference was given back");
            if (file.endsWith("bgpdump/updates.et-header.2015.gz")) { // its known size: a reader that loses messages shows here
                assertEquals(List.of(89_679, 577_733, 0), List.of(read, prefixes, resets));
            }
            System.out.println(file.getFileName() + ": " + read + " UPDATEs, " + prefixes + " prefixes, " + resets + " resets, faults " + errors);
        }
    }
}
