package tombolo.bench.ipam;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tombolo.api.json.Json;

/** Blocks as Calico's nodes write them, made by hand. */
final class Blocks {
    private Blocks() { }

    static Json.Obj json(String cidr, String node, int inUse, Random random) {
        List<Json> allocations = new ArrayList<>();
        List<Json> unallocated = new ArrayList<>();
        List<Json> attributes = new ArrayList<>();
        Map<String, Json> sequences = new LinkedHashMap<>();
        long sequence = 1_767_323_045_000_000_000L;
        for (int ordinal = 0; ordinal < 64; ordinal++) {
            if (ordinal < inUse) {
                allocations.add(Json.Num.of(ordinal));
                sequences.put(Integer.toString(ordinal), Json.Num.of(sequence + ordinal));
                Json.Obj secondary = Json.Obj.of("namespace", new Json.Text("default")).with("node", node).with("pod", "web-" + Integer.toHexString(random.nextInt()))
                        .with("timestamp", "2026-01-02 03:04:05 +0000 UTC");
                attributes.add(Json.Obj.of("handle_id", new Json.Text("k8s-pod-network." + Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong()))).with("secondary", secondary));
            } else {
                allocations.add(Json.Null.NULL);
                unallocated.add(Json.Num.of(ordinal));
            }
        }
        return Json.Obj.of("cidr", new Json.Text(cidr)).with("affinity", "host:" + node).with("affinity_claim_time", "2026-01-02T03:04:05Z").with("allocations", new Json.Arr(allocations))
                .with("unallocated", new Json.Arr(unallocated)).with("attributes", new Json.Arr(attributes)).with("sequenceNumber", sequence + 100)
                .with("sequenceNumberForAllocation", new Json.Obj(sequences)).with("deleted", false);
    }
}
