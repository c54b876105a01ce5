package tombolo.ipam.adapter;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.ipam.Ipam.SplitOutcome;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Resource;
import tombolo.api.resource.Resources;
import tombolo.ipam.core.Ordinals;

/** {@code ipam:split}: the same range as several pools. */
final class PoolSplit {
    private static final int MAX_PARTS = 1024;
    private static final int MAX_NAME = 253;

    private final Resources resources;
    private final ClusterView view;

    PoolSplit(Resources resources, ClusterView view) {
        this.resources = resources;
        this.view = view;
    }

    SplitOutcome split(int parts, String pool) {
        if (parts < 2 || parts > MAX_PARTS || Integer.bitCount(parts) != 1) {
            return refused(Reason.INVALID, "TMB-IPM-070 number to split CIDR into is not a valid power of 2: " + parts + " (2 to " + MAX_PARTS + ").");
        }
        if (!view.cluster().locked()) {
            return refused(Reason.INVALID, "TMB-IPM-071 datastore is not locked. Run the datastore:lock command in order to split the IP pools.");
        }
        Optional<Resource> found = resources.list("IPPool", Optional.empty()).stream()
                .filter(resource -> resource.id().name().equals(pool) || resource.spec() instanceof IpPool spec && spec.cidr().toString().equals(pool)).findFirst();
        if (found.isEmpty() || !(found.get().spec() instanceof IpPool old)) {
            return refused(Reason.NOT_FOUND, "TMB-IPM-072 unable to find IP pool " + pool + ".");
        }
        int length = old.cidr().length() + Integer.numberOfTrailingZeros(parts);
        if (length > old.blockSize()) {
            return refused(Reason.INVALID, "TMB-IPM-073 the CIDR " + old.cidr() + " is not large enough to be split into " + parts + " parts: each must hold a block of /" + old.blockSize() + ".");
        }
        Resource before = found.get();
        List<SplitOutcome.Part> made = new ArrayList<>();
        List<Json.Obj> documents = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            Prefix cidr = Ordinals.block(old.cidr(), length, BigInteger.valueOf(i));
            String stem = before.id().name().length() > MAX_NAME - 8 ? before.id().name().substring(0, MAX_NAME - 8) : before.id().name();
            String name = "split-" + stem + "-" + i;
            Json.Obj metadata = before.tree().object("metadata").orElse(Json.Obj.EMPTY).without("uid").without("resourceVersion").without("creationTimestamp").without("generation")
                    .with("name", name);
            Json.Obj spec = before.tree().object("spec").orElse(Json.Obj.EMPTY).with("cidr", cidr.toString()).with("disabled", false);
            documents.add(before.tree().with("metadata", metadata).with("spec", spec).without("status"));
            made.add(new SplitOutcome.Part(name, cidr));
        }
        // the blocks keep their owners, which deleting the pool would take from them
        if (resources.split(before.id(), before.revision(), documents) instanceof Resources.WriteOutcome.Refused(List<Resources.Problem> problems)) {
            return refused(Reason.CHANGED, "TMB-IPM-074 error splitting the IP pool " + before.id().name() + ": " + problems.getFirst().message());
        }
        return new SplitOutcome.Split(before.id().name(), made);
    }

    private static SplitOutcome refused(Reason reason, String why) {
        return new SplitOutcome.Refused(new Refusal(reason, why));
    }
}
