package tombolo.cni.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.Endpoint.State;
import tombolo.api.kernel.Link.InterfaceAddress;

/**
 * Addresses that were given here to another main plugin, whose list ends with us: the record of the last plugin takes the place of the one about the addresses, and
 * remembers them, so that the GC of either gives them back. They stand among its arguments. A DEL leaves them to the main plugin's own.
 */
final class Lent {
    private static final String LENT = "tombolo.io/lent-addresses";

    private Lent() { }

    /** @param source whose the addresses are, as in {@link Endpoint#source} */
    static Endpoint with(Endpoint one, String source) {
        Map<String, String> arguments = new TreeMap<>(one.arguments());
        arguments.put(LENT, "1");
        return copy(one, arguments, source);
    }

    static Endpoint without(Endpoint one) {
        if (!is(one)) {
            return one;
        }
        Map<String, String> arguments = new TreeMap<>(one.arguments());
        arguments.remove(LENT);
        return copy(one, arguments, one.source());
    }

    /** Whether addresses are held for another plugin under the handle of this record. */
    static boolean is(Endpoint one) {
        return one.mode().equals(Attachments.POLICY_ONLY) && one.arguments().containsKey(LENT);
    }

    /**
     * The record of addresses alone, of a container that asks for them anew. Where the last plugin had told the cluster of it already, that is remembered until the
     * last plugin comes again, or the addresses go back.
     */
    static Endpoint again(Endpoint known, String netns, List<InterfaceAddress> addresses, long millis) {
        return new Endpoint(known.id(), known.network(), Attachments.ADDRESSES_ONLY, netns, "", Optional.empty(), 0, addresses, known.arguments(), State.READY, millis, known.source());
    }

    /** Whether the cluster may know an endpoint of this record. */
    static boolean isTold(Endpoint one) {
        return !one.mode().equals(Attachments.ADDRESSES_ONLY) || one.arguments().containsKey(LENT);
    }

    private static Endpoint copy(Endpoint one, Map<String, String> arguments, String source) {
        return new Endpoint(one.id(), one.network(), one.mode(), one.netns(), one.hostInterface(), one.mac(), one.mtu(), one.addresses(), arguments, one.state(), one.addedMillis(), source);
    }
}
