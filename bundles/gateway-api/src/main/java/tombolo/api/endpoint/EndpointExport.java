package tombolo.api.endpoint;

import java.util.List;
import tombolo.api.json.Json;

/** The endpoints in another plugin's words: whiteboard service, found by the name of that plugin. Pure; any thread. */
public interface EndpointExport {
    /** The plugin's name, under which a runtime or an agent executes it: {@code azure-vnet}. */
    String plugin();

    /** @param uplink the interface to the outside; "" where there is none; @param nowMillis since 1970 */
    Json.Obj export(List<Endpoint> endpoints, String uplink, long nowMillis);
}
