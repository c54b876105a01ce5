package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.api.datastore.DatastoreStatus;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** The datastore as people see it. */
public final class DatastoreViews {
    private DatastoreViews() { }

    /**
     * @param chosen  the engine by etc/
     * @param status  of the store that is offered
     * @param lock    whether it is locked; empty: it could not be read
     * @param trouble why no store is offered
     * @param engines each with its kind and where its store is
     */
    public record Overview(String chosen, Optional<DatastoreStatus> status, Optional<Lock> lock, Optional<String> trouble, List<Engine> engines) {
        public Overview {
            engines = List.copyOf(engines);
        }
    }

    public record Lock(boolean locked, Optional<String> clusterGuid) { }

    public record Engine(String kind, String location) { }

    /** {@code datastore:status}. */
    public static Document status(Overview overview) {
        Optional<DatastoreStatus> status = overview.status();
        Map<String, Object> json = map("engine", overview.chosen(), "state", state(status), "revision", status.map(DatastoreStatus::revision),
                "compactedRevision", status.map(DatastoreStatus::compactedRevision), "locked", overview.lock().map(Lock::locked), "clusterGUID",
                overview.lock().flatMap(Lock::clusterGuid), "details", status.map(DatastoreStatus::details).orElse(List.of()), "trouble", overview.trouble(),
                "engines", overview.engines().stream().map(engine -> map("kind", engine.kind(), "location", engine.location(), "chosen", engine.kind().equals(overview.chosen())))
                        .toList());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder(Text.facts("Engine", overview.chosen(), "State", state(status), "Revision", status.map(all -> all.revision()
                    + (all.compactedRevision() > 0 ? ", kept from " + all.compactedRevision() : "")).orElse("-"),
                    "Lock", overview.lock().map(lock -> lock.locked() ? "locked: IPAM, CNI and resources write nothing (datastore:unlock)" : "not locked").orElse("unknown"),
                    "Cluster", overview.lock().flatMap(Lock::clusterGuid).orElse("-")));
            overview.trouble().ifPresent(why -> text.append(Table.clean(why)).append('\n'));
            status.ifPresent(all -> all.details().forEach(line -> text.append("  ").append(Table.clean(line)).append('\n')));
            Table table = new Table("ENGINE", "CHOSEN", "WHERE");
            overview.engines().forEach(engine -> table.row(engine.kind(), engine.kind().equals(overview.chosen()) ? new Cell("yes", Tone.GOOD) : new Cell("-", Tone.PLAIN),
                    engine.location()));
            return text.append('\n').append(table.render(screen)).toString();
        });
    }

    /** One line for {@code gateway:status}. */
    static String line(Optional<DatastoreStatus> status) {
        return status.map(all -> all.kind() + ", " + Text.lower(all.state()) + ", revision " + all.revision()
                + (all.state() == DatastoreStatus.State.READY || all.details().isEmpty() ? "" : ": " + all.details().getFirst())).orElse("not running; see datastore:status");
    }

    private static String state(Optional<DatastoreStatus> status) {
        return status.map(all -> Text.lower(all.state())).orElse("not running");
    }

    /** {@code datastore:check}, {@code repair}, {@code backup}, {@code restore}. @param sound what to say where nothing is wrong */
    public static Document report(DatastoreFiles.Report report, String sound) {
        Map<String, Object> json = map("sound", report.sound(), "revision", report.revision(), "findings", report.findings());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder();
            report.findings().forEach(finding -> text.append(Table.clean(finding)).append('\n'));
            return text.append(report.sound() ? sound + " Revision " + report.revision() + ".\n" : "").toString();
        });
    }
}
