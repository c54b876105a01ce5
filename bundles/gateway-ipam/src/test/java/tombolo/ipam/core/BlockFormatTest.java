package tombolo.ipam.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

class BlockFormatTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.5Z");
    private static final long START = 1_767_323_045_000_000_000L;

    private static Block fresh() {
        return Block.fresh(Prefix.parse("10.0.0.0/30"), BlockOwner.host("a"), NOW, START, Optional.empty());
    }

    private static String text(Block block) {
        return BlockJson.text(block);
    }

    private static String member(Block block, String name) throws Exception {
        return JsonText.line(((Json.Obj) JsonText.parse(text(block))).get(name).orElseThrow());
    }

    private static Block read(String text) throws Exception {
        return BlockJson.read(JsonText.parse(text));
    }

    /** The members and their order are those of Calico's model.AllocationBlock. */
    @Test
    void aBlockIsWrittenAsCalicoWritesIt() {
        Block block = fresh().take(2, Optional.of("net.c1"), Map.of("node", "a"), Reservations.NONE).block().next();
        assertEquals("{\"cidr\":\"10.0.0.0/30\",\"affinity\":\"host:a\",\"affinity_claim_time\":\"2026-01-02T03:04:05Z\",\"allocations\":[0,0,null,null],\"unallocated\":[2,3],"
                + "\"attributes\":[{\"handle_id\":\"net.c1\",\"secondary\":{\"node\":\"a\"}}],\"sequenceNumber\":" + (START + 1) + ",\"sequenceNumberForAllocation\":{\"0\":" + START + ",\"1\":"
                + START + "},\"deleted\":false}", text(block));
    }

    @Test
    void whatNobodyHereKnowsSurvivesReadingChangingAndWriting() throws Exception {
        String stored = "{\"cidr\":\"10.0.0.0/30\",\"affinity\":null,\"future\":{\"x\":[1.50]},\"allocations\":[0,null,null,null],\"unallocated\":[3,1,2],"
                + "\"attributes\":[{\"handle_id\":\"h\",\"secondary\":null,\"alternateOwnerAttrs\":{\"pod\":\"p\"}}],\"sequenceNumber\":18446744073709551615,"
                + "\"sequenceNumberForAllocation\":{\"0\":18446744073709551615},\"deleted\":false}";
        Block block = read(stored);
        assertEquals(stored, text(block));
        Block.Taken taken = block.take(1, Optional.of("h"), Map.of(), Reservations.NONE);
        assertEquals("10.0.0.3", taken.addresses().getFirst().address().toString(), "the longest idle");
        String changed = text(taken.block());
        assertTrue(changed.contains("\"future\":{\"x\":[1.50]}") && changed.contains("{\"handle_id\":\"h\",\"secondary\":null,\"alternateOwnerAttrs\":{\"pod\":\"p\"}},{\"handle_id\":\"h\""), changed);
    }

    @Test
    void textsThatNeedEscapingSurvive() throws Exception {
        Map<String, String> odd = Map.of("pod", "a\"\\b\n\u0001ü\ud83d\ude00", "q\"", "");
        Block block = fresh().take(1, Optional.of("h\"\\"), odd, Reservations.NONE).block().take(1, Optional.empty(), Map.of(), Reservations.NONE).block();
        Block again = read(text(block));
        assertEquals(text(block), text(again));
        assertEquals(Optional.of("h\"\\"), again.holder(0).orElseThrow().handle());
        assertEquals(odd, again.holder(0).orElseThrow().attributes());
        assertEquals(Optional.empty(), again.holder(1).orElseThrow().handle());
    }

    @Test
    void attributesAreSharedAndGoWithTheirLastAddress() throws Exception {
        Block block = fresh().take(1, Optional.of("x"), Map.of(), Reservations.NONE).block();
        block = block.take(1, Optional.of("y"), Map.of(), Reservations.NONE).block().take(1, Optional.of("x"), Map.of(), Reservations.NONE).block();
        assertEquals(2, block.attributes.size());
        block = block.release(List.of(0), Optional.empty());
        assertEquals(2, block.attributes.size());
        block = block.release(List.of(2), Optional.empty());
        assertEquals(1, block.attributes.size());
        assertEquals(Optional.of("y"), block.holder(1).orElseThrow().handle());
        assertEquals("[3,0,2]", member(block, "unallocated"));
    }

    @Test
    void aContradictoryBlockIsRefused() {
        for (String bad : List.of(
                "{\"cidr\":\"10.0.0.0/30\",\"allocations\":[null,null,null],\"unallocated\":[0,1,2]}",
                "{\"cidr\":\"10.0.0.0/30\",\"allocations\":[null,null,null,null],\"unallocated\":[0,1,2]}",
                "{\"cidr\":\"10.0.0.0/30\",\"allocations\":[null,null,null,null],\"unallocated\":[0,1,2,2]}",
                "{\"cidr\":\"10.0.0.0/30\",\"allocations\":[0,null,null,null],\"unallocated\":[1,2,3]}",
                "{\"cidr\":\"10.0.0.0/8\",\"allocations\":[],\"unallocated\":[]}",
                "[]")) {
            assertThrows(Malformed.class, () -> read(bad), bad);
        }
    }

    @Test
    void aCoolingAddressIsFreeAtTheTailOnceItsTimeIsOver() throws Exception {
        Block block = fresh().take(4, Optional.of("h"), Map.of(), Reservations.NONE).block();
        block = block.release(List.of(2), Optional.of(NOW.plusSeconds(5))).release(List.of(1), Optional.of(NOW));
        assertEquals(2, block.cooling());
        assertEquals(0, block.free(Reservations.NONE));
        assertEquals(block, block.cooled(NOW.plusSeconds(59), Duration.ofSeconds(60)));
        assertEquals("[1]", member(block.cooled(NOW.plusSeconds(60), Duration.ofSeconds(60)), "unallocated"));
        assertEquals("[1,2]", member(block.cooled(NOW.plusSeconds(99), Duration.ofSeconds(60)), "unallocated"));
    }

    /** The quick pass over the bytes says what the careful reader says, or nothing. */
    @Test
    void theScanAgreesWithTheReaderOnRandomBlocks() throws Exception {
        long seed = System.nanoTime();
        System.out.println("BlockFormatTest seed " + seed);
        Random random = new Random(seed);
        int scanned = 0;
        for (int round = 0; round < 500; round++) {
            Block block = Block.fresh(Prefix.parse(random.nextBoolean() ? "10.0.0.0/28" : "2001:db8::/124"), random.nextBoolean() ? BlockOwner.host("n" + random.nextInt(9)) : BlockOwner.LOAD_BALANCER,
                    NOW, START, Optional.empty());
            for (int i = random.nextInt(12); i > 0; i--) {
                block = block.take(random.nextInt(3), Optional.of("h" + random.nextInt(4)), Map.of("pod", random.nextInt(5) == 0 ? "a\"[{\\" : "b"), Reservations.NONE).block().next();
                List<Integer> held = block.held().stream().map(each -> (int) (each.address().lo() & 15)).toList();
                if (!held.isEmpty() && random.nextInt(3) == 0) {
                    block = block.release(held.subList(0, 1 + random.nextInt(held.size())), random.nextInt(4) == 0 ? Optional.of(NOW) : Optional.empty());
                }
            }
            if (random.nextInt(4) == 0) {
                block = block.orphaned();
            }
            Json.Obj tree = (Json.Obj) JsonText.parse(text(block));
            byte[] text = (random.nextBoolean() ? JsonText.line(tree) : JsonText.pretty(tree)).getBytes(StandardCharsets.UTF_8);
            Optional<BlockTable.Summary> summary = BlockScan.summary(text, 7);
            Block careful = BlockJson.read(JsonText.parse(text));
            if (summary.isPresent()) {
                scanned++;
                assertEquals(new BlockTable.Summary(careful.affinity().flatMap(BlockOwner::parse), careful.unallocated.length, careful.cooling(), careful.empty(), careful.claimed(),
                        careful.sequenceNumber(), 7), summary.get(), new String(text, StandardCharsets.UTF_8));
            }
        }
        assertTrue(scanned > 100, "only " + scanned + " were scanned");
        for (String strange : List.of("", "{", "[]", "{\"cidr\":", "{\"allocations\":[\"x\"]}", "{\"allocations\":[0,1", "null")) {
            assertEquals(Optional.empty(), BlockScan.summary(strange.getBytes(StandardCharsets.UTF_8), 1));
        }
    }

    /** Test vectors of FNV-1, 32 bits (draft-eastlake-fnv). */
    @Test
    void theSeedIsFnv1() {
        assertEquals(0x811c9dc5L, BlockWalk.fnv32(""));
        assertEquals(0x050c5d7eL, BlockWalk.fnv32("a"));
        assertEquals(0x31f0b262L, BlockWalk.fnv32("foobar"));
    }

    @Test
    void theWalkVisitsEachBlockOnceAndEqualNamesStartAtOnePlace() {
        Cluster.Pool pool = new Cluster.Pool("p", new tombolo.api.resource.IpPool(Prefix.parse("2001:db8::/116"), tombolo.api.resource.IpPool.Encapsulation.NEVER,
                tombolo.api.resource.IpPool.Encapsulation.NEVER, false, false, false, 122, "all()", Optional.empty(), java.util.Set.of(), tombolo.api.resource.IpPool.AssignmentMode.AUTOMATIC));
        java.util.Set<Prefix> seen = new java.util.LinkedHashSet<>();
        BlockWalk walk = BlockWalk.of(pool, "node", 1);
        BlockWalk again = BlockWalk.of(pool, "node", 2);
        while (walk.hasNext()) {
            Prefix block = walk.next();
            assertTrue(pool.cidr().covers(block) && block.length() == 122);
            assertEquals(seen.size(), again.distance(block).intValue());
            seen.add(block);
        }
        assertEquals(64, seen.size());
    }
}
