package tombolo.ipam.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.WriteResult;
import tombolo.api.ipam.Ipam.ReportRelease;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.ipam.core.Keys;

/** {@code ipam:release --from-report}: only what leaked in every report, and only as it was then (calicoctl's ReleaseFromReports). */
final class LeakedRelease {
    private final Datastore store;
    private final Resources resources;
    private final ClusterView view;
    private final Allocator allocator;
    private final List<String> lines = new ArrayList<>();

    LeakedRelease(Datastore store, Resources resources, ClusterView view, Allocator allocator) {
        this.store = store;
        this.resources = resources;
        this.view = view;
        this.allocator = allocator;
    }

    ReportRelease release(List<Json.Obj> reports, boolean force) {
        String guid = view.information().clusterGuid().orElse("");
        long revision = resources.get(ResourceId.of("ClusterInformation", "default")).map(Resource::revision).orElse(0L);
        boolean current = false;
        for (Json.Obj report : reports) {
            if (!report.text("clusterGUID").orElse("").equals(guid)) {
                return refused("TMB-IPM-060 cluster does not match the provided report: mismatched cluster GUID. Refusing to release.");
            }
            if (!report.text("version").orElse("").equals(Report.VERSION)) {
                if (!force) {
                    return refused("TMB-IPM-061 the provided report was produced using a different version (" + report.text("version").orElse("none") + "). Refusing to release; --force releases.");
                }
                lines.add("WARNING: Report was produced using a different version. Ignoring due to --force option");
            }
            current |= report.text("clusterInformationRevision").orElse("").equals(Long.toString(revision));
        }
        if (!current) {
            return refused("TMB-IPM-062 the provided reports are all stale - at least one should be up-to-date. Generate a new report while the data store is locked and try again.");
        }
        if (!view.cluster().locked()) {
            if (!force) {
                return refused("TMB-IPM-063 data store is not locked. Either lock the data store, or re-run with --force.");
            }
            lines.add("WARNING: Data store is not locked. Ignoring due to --force option");
        }
        addresses(reports);
        handles(reports);
        lines.add("You may now unlock the data store.");
        return new ReportRelease.Done(lines);
    }

    private static ReportRelease refused(String why) {
        return new ReportRelease.Refused(new Refusal(Reason.INVALID, why));
    }

    private void addresses(List<Json.Obj> reports) {
        Map<String, Release> leaked = new HashMap<>();
        for (int i = 0; i < reports.size(); i++) {
            Map<String, Release> these = new HashMap<>();
            for (Json list : reports.get(i).object("allocations").orElse(Json.Obj.EMPTY).members().values()) {
                for (Json each : list instanceof Json.Arr(List<Json> items) ? items : List.<Json>of()) {
                    if (each instanceof Json.Obj allocation && !allocation.bool("inUse").orElse(true)) {
                        these.put(allocation.text("ip").orElse(""), wanted(allocation));
                    }
                }
            }
            if (i == 0) {
                leaked.putAll(these);
            } else {
                // the newest word counts, for what every report names
                leaked.keySet().retainAll(these.keySet());
                leaked.replaceAll((address, _) -> these.get(address));
            }
        }
        if (leaked.isEmpty()) {
            lines.add("Report didn't contain any leaked IPs to clean up.");
            return;
        }
        lines.add("Releasing " + leaked.size() + " old IPs...");
        switch (allocator.release(List.copyOf(leaked.values()))) {
            case ReleaseOutcome.Released done -> {
                lines.add("Released " + done.released().size() + " IPs successfully");
                if (!done.notHeld().isEmpty()) {
                    lines.add(done.notHeld().size() + " addresses marked as leaked in the report had already been cleaned up.");
                }
            }
            case ReleaseOutcome.Refused(Refusal why, List<IpAddress> released) -> lines.add("An error occurred while releasing some IPs: " + why.message() + "  Released " + released.size()
                    + ". Problems are often caused by an out-of-date IPAM report.  Try regenerating the IPAM report and retry.");
        }
    }

    private static Release wanted(Json.Obj allocation) {
        OptionalLong number = allocation.get("sequenceNumber").filter(value -> value instanceof Json.Num).map(value -> OptionalLong.of(Long.parseUnsignedLong(((Json.Num) value).literal())))
                .orElse(OptionalLong.empty());
        return new Release(IpAddress.parse(allocation.text("ip").orElse("")), allocation.text("handle"), number);
    }

    private void handles(List<Json.Obj> reports) {
        Map<String, String> idle = new HashMap<>();
        for (int i = 0; i < reports.size(); i++) {
            Map<String, String> these = new HashMap<>();
            for (Json each : reports.get(i).array("leakedHandles")) {
                if (each instanceof Json.Obj handle) {
                    these.put(handle.text("ID").orElse(""), handle.text("Revision").orElse(""));
                }
            }
            if (i == 0) {
                idle.putAll(these);
            } else {
                idle.entrySet().retainAll(these.entrySet());
            }
        }
        if (idle.isEmpty()) {
            lines.add("Report didn't contain any handles to clean up.");
            return;
        }
        int deleted = 0;
        int skipped = 0;
        for (Map.Entry<String, String> each : idle.entrySet()) {
            Optional<KeyValue> entry = store.get(Keys.handle(each.getKey())).filter(stored -> Long.toString(stored.modRevision()).equals(each.getValue()));
            boolean gone = entry.isPresent() && store.delete(entry.get().key(), entry.get().modRevision()) instanceof WriteResult.Written;
            deleted += gone ? 1 : 0;
            skipped += gone ? 0 : 1;
        }
        lines.add("Released " + deleted + " handles; " + skipped + " skipped; 0 errors.");
    }
}
