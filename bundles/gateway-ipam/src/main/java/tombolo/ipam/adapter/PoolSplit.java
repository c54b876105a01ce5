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
        // no two pools may overlap at any time: the old one goes first. What stands between the two writes is kept in the names of the new ones
        Resource before = found.get();
        if (resources.delete(before.id(), Optional.of(before.revision())) instanceof Resources.WriteOutcome.Refused(List<Resources.Problem> problems)) {
            return refused(Reason.CHANGED, "TMB-IPM-074 error removing the IP pool " + before.id().name() + ": " + problems.getFirst().message());
        }
        List<SplitOutcome.Part> made = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            Prefix cidr = Ordinals.block(old.cidr(), length, BigInteger.valueOf(i));
            String stem = before.id().name().length() > MAX_NAME - 8 ? before.id().name().substring(0, MAX_NAME - 8) : before.id().name();
            String name = "split-" + stem + "-" + i;
            Json.Obj metadata = before.tree().object("metadata").orElse(Json.Obj.EMPTY).without("uid").without("resourceVersion").without("creationTimestamp").without("generation")
                    .with("name", name);
            Json.Obj spec = before.tree().object("spec").orElse(Json.Obj.EMPTY).with("cidr", cidr.toString()).with("disabled", false);
            Json.Obj document = before.tree().with("metadata", metadata).with("spec", spec).without("status");
            if (resources.write(Resources.Verb.CREATE, document) instanceof Resources.WriteOutcome.Refused(List<Resources.Problem> problems)) {
                return refused(Reason.INVALID, "TMB-IPM-075 pool " + before.id().name() + " (" + old.cidr() + ") is removed, and " + made.size() + " of " + parts + " parts are made; "
                        + name + " with CIDR " + cidr + " was refused: " + problems.getFirst().message() + ". Create the missing ones by hand before unlocking.");
            }
            made.add(new SplitOutcome.Part(name, cidr));
        }
        return new SplitOutcome.Split(before.id().name(), made);
    }

    private static SplitOutcome refused(Reason reason, String why) {
        return new SplitOutcome.Refused(new Refusal(reason, why));
    }
}
