package tombolo.azure.cni.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.config.AzureCniSettings.Source;
import tombolo.api.endpoint.ContainerAddresses.Ask;
import tombolo.api.endpoint.ContainerAddresses.Outcome;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;

/** A process that gives addresses out and takes some back, and says so, until it is killed: {@code AssignForever <folder> <interfaces file>}. */
final class AssignForever {
    private AssignForever() { }

    static AzureCniSettings settings(Path interfaces) {
        AzureCniSettings d = AzureCniSettings.DEFAULT;
        return new AzureCniSettings(Mode.IN_AZURE, Source.FILE, d.wireserverUrl(), d.imdsUrl(), interfaces.toString(), d.cnsUrl(), Duration.ofHours(1), Duration.ofSeconds(5), List.of(),
                d.bridge(), Optional.empty());
    }

    static Ask ask(String handle) {
        return new Ask(handle, new EndpointId("c", "eth0"), Map.of(), Json.Obj.EMPTY, true, false, List.of());
    }

    public static void main(String[] arguments) throws IOException {
        VnetAddresses addresses = new VnetAddresses(Path.of(arguments[0]), new VnetDocument(new HttpEdge()), "b1", System::nanoTime);
        addresses.settings(settings(Path.of(arguments[1])));
        for (int i = 0; ; i++) {
            String handle = "n.c" + i;
            if (addresses.assign(ask(handle)) instanceof Outcome.Assigned given) {
                System.out.println("+ " + handle + " " + given.addresses().getFirst().address());
            }
            if (i % 3 != 0) {
                System.out.println("? " + handle); // from here on it may be held or not
                addresses.release(handle);
                System.out.println("- " + handle);
            }
        }
    }
}
