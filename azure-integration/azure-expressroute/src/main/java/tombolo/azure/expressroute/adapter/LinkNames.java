package tombolo.azure.expressroute.adapter;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmCircuits;

/** What a link is called that has no name yet. ARM overwrites what has the name already, and circuits of different customers may be called alike. */
final class LinkNames {
    /** Of ARM's names of connections. */
    private static final int LONGEST = 80;
    private static final int HASH_OCTETS = 4;

    private LinkNames() { }

    static String path(String resourceGroup, String name) {
        return CircuitReader.group(resourceGroup) + "/providers/Microsoft.Network/connections/" + name;
    }

    /**
     * {@code <circuit>-<gateway>}, or where that is the name of something else, with a hash of the circuit's id behind it.
     *
     * @return the path of a connection that is not there, or is the link between these two
     * @throws ExpressRouteException where both names are taken
     */
    static String free(CircuitReader reader, String subscription, String resourceGroup, String gateway, String circuit) {
        List<String> names = List.of(shortened(of(gateway, circuit)), hashed(of(gateway, circuit), circuit));
        StringBuilder taken = new StringBuilder();
        for (String name : names) {
            Optional<Json.Obj> there = reader.get(subscription, path(resourceGroup, name));
            if (there.isEmpty() || ArmCircuits.joins(there.get(), gateway, circuit)) {
                return path(resourceGroup, name);
            }
            taken.append(taken.isEmpty() ? "" : ", and ").append(name).append(" leads from ").append(ArmCircuits.link(there.get()).gateway()).append(" to ")
                    .append(ArmCircuits.peer(there.get()).orElse("no circuit"));
        }
        throw new ExpressRouteException("TMB-ER-245 no name is left for a link from " + gateway + " to " + circuit + ": in resource group " + resourceGroup + " " + taken
                + ". Nothing was changed; delete one of them, or give it another name.");
    }

    private static String of(String gateway, String circuit) {
        return ArmCircuits.nameOf(circuit) + "-" + ArmCircuits.nameOf(gateway);
    }

    /** Two long names that begin alike stay two. */
    static String shortened(String name) {
        return name.length() <= LONGEST ? name : hashed(name, name);
    }

    private static String hashed(String name, String of) {
        String hash = hash(of);
        return name.substring(0, Math.min(name.length(), LONGEST - 1 - hash.length())) + "-" + hash;
    }

    /** Of what is equal in any case. */
    private static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8)), 0, HASH_OCTETS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
