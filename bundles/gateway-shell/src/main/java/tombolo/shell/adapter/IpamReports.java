package tombolo.shell.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Failure;

/** Reports of {@code ipam:check} as files of the node. */
public final class IpamReports {
    private IpamReports() { }

    public static void write(Path file, Json.Obj report) {
        try {
            Files.writeString(file, JsonText.pretty(report) + "\n");
        } catch (IOException e) {
            throw new Failure("TMB-SHL-046 the report cannot be written to " + file + ": " + e + ". Name a file in a folder that the node may write to.");
        }
    }

    /** @param names separated by commas */
    public static List<Json.Obj> read(String names) {
        List<Json.Obj> reports = new ArrayList<>();
        for (String name : names.split(",")) {
            try {
                if (!(JsonText.parse(Files.readAllBytes(Path.of(name.strip()))) instanceof Json.Obj report)) {
                    throw new Failure("TMB-SHL-047 " + name + " is no report: wanted a JSON object as ipam:check -o writes it.");
                }
                reports.add(report);
            } catch (IOException e) {
                throw new Failure("TMB-SHL-048 the report " + name + " cannot be read: " + e + ".");
            } catch (JsonText.Malformed e) {
                throw new Failure("TMB-SHL-047 " + name + ":" + e.line() + ":" + e.column() + " is no report: " + e.getMessage() + ".");
            }
        }
        return reports;
    }
}
