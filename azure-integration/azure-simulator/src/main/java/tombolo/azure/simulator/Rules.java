package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Rules that several types share. */
final class Rules {
    /** Regions that the simulated cloud has. */
    static final List<String> REGIONS = List.of("westeurope", "northeurope", "germanywestcentral", "uksouth", "eastus", "westus");

    private Rules() { }

    /** The ARM location in its short spelling ({@code West Europe} is taken too). */
    static String location(ObjectNode wish) {
        String written = Text.text(wish, "location").orElseThrow(() -> ArmFault.badRequest("LocationRequired", "The location property is required for this definition."));
        String location = written.replace(" ", "").toLowerCase(Locale.ROOT);
        if (!REGIONS.contains(location)) {
            throw ArmFault.badRequest("LocationNotAvailableForResourceType", "The provided location '" + written + "' is not available for resource type. List of available regions is '"
                    + String.join(",", REGIONS) + "'.");
        }
        return location;
    }

    /** What a client may write at the top of a resource; never what is ARM's own. */
    static ObjectNode copy(ObjectNode wish) {
        ObjectNode copy = Text.object();
        for (String member : List.of("location", "tags", "sku", "zones", "extendedLocation", "properties")) {
            if (wish.hasNonNull(member)) {
                copy.set(member, wish.get(member).deepCopy());
            }
        }
        if (copy.has("location")) {
            copy.put("location", location(wish));
        }
        ObjectNode properties = copy.withObjectProperty("properties");
        properties.remove("provisioningState");
        return copy;
    }

    /** Required text. */
    static String need(ObjectNode wish, String path) {
        return Text.text(wish, path).filter(value -> !value.isBlank()).orElseThrow(() -> missing(path));
    }

    static ArmFault missing(String path) {
        return ArmFault.badRequest("InvalidRequestFormat", "Cannot parse the request: the required property '" + path + "' is missing.");
    }
}
