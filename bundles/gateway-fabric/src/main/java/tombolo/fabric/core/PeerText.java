package tombolo.fabric.core;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Part;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.api.resource.BgpPeer.NextHopMode;
import tombolo.api.resource.BgpPeer.SourceAddress;
import tombolo.api.resource.SecretKeyRef;

/** A peering in the keys of {@code tombolo.bgp.peer-<name>.cfg} (confd: {@code buildPeerFromData} and the templates' sessions). */
final class PeerText {
    /** Calico's sessions may cross any number of routers unless they say otherwise. */
    private static final String FAR = "255";
    /** What {@code ttl-security-hops} takes; one more is any distance. */
    private static final int MAX_TTL_HOPS = 254;
    /** What {@code allow-own-as} takes. */
    private static final int MAX_OWN_AS = 10;
    private static final long DEFAULT_HOLD_SECONDS = 90;
    private static final long MAX_KEEPALIVE_SECONDS = 21_845;
    /** Names of Kubernetes' secrets and of their keys, which become a path: no separator, and no dot at the beginning. */
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,252}");

    private PeerText() { }

    /**
     * @param importFilter name of the filter that it imports by; @param exportFilter likewise
     * @return empty where it must not come up, which is noted
     */
    static Optional<Part> of(Peering peering, Cluster cluster, String importFilter, String exportFilter, Notes notes) {
        Map<String, String> keys = new TreeMap<>();
        Peering.Terms terms = peering.terms();
        Asn own = cluster.as();
        boolean internal = peering.internal(own);
        Optional<IpAddress> node = cluster.me().address(peering.address().family());
        keys.put("description", peering.origin());
        keys.put("remote-address", peering.address().toString());
        keys.put("remote-as", peering.as().toString());
        keys.put("families", peering.address().family() == AddressFamily.IPV4 ? "ipv4" : "ipv6");
        keys.put("import", importFilter);
        keys.put("export", exportFilter);
        peering.port().ifPresent(port -> keys.put("remote-port", Integer.toString(port)));
        if (terms.sourceAddress() == SourceAddress.USE_NODE_IP) {
            node.ifPresent(address -> keys.put("local-address", address.toString()));
        }
        if (waits(peering, node)) {
            keys.put("passive", "true");
        }
        terms.localAs().filter(as -> !as.equals(own)).ifPresent(as -> {
            keys.put("local-as", as.toString());
            keys.put("local-as-no-prepend", "true"); // to the peer this node is in that AS and in no other
            keys.put("local-as-replace-as", "true");
        });
        distance(terms, internal, keys);
        nextHop(terms, internal).ifPresent(mode -> keys.put("next-hop", mode));
        keepalive(peering, keys, notes);
        if (terms.allowedOwnAs() > MAX_OWN_AS) {
            notes.add("TMB-FAB-012 " + peering.origin() + ": numAllowedLocalASNumbers " + terms.allowedOwnAs() + ", the most here is " + MAX_OWN_AS + ", which is used");
        }
        if (terms.allowedOwnAs() > 0) {
            keys.put("allow-own-as", Integer.toString(Math.min(terms.allowedOwnAs(), MAX_OWN_AS)));
        }
        Optional<RouterId> reflector = cluster.me().clusterId();
        if (internal && reflector.isPresent() && !peering.clusterId().equals(reflector)) {
            keys.put("route-reflector-client", "true");
        }
        if (terms.password().isPresent()) {
            Optional<String> file = file(terms.password().get());
            if (file.isEmpty()) {
                notes.add("TMB-FAB-013 " + peering.origin() + ": the secret's name or key cannot be a file's; wanted letters, digits, '-', '_' and '.'. The peer is left"
                        + " out, since it must not come up without its password");
                return Optional.empty();
            }
            keys.put("password-file", file.get());
        }
        return Optional.of(new Part(Kind.PEER, peering.name(), peering.level(), peering.origin(), keys));
    }

    /** One side dials, so that two sessions do not collide: the one whose address is the lesser text. */
    private static boolean waits(Peering peering, Optional<IpAddress> node) {
        return peering.member() && !peering.kind().equals("Node") && node.filter(address -> peering.address().toString().compareTo(address.toString()) > 0).isPresent();
    }

    private static void distance(Peering.Terms terms, boolean internal, Map<String, String> keys) {
        int hops = terms.ttlSecurity().orElse(0);
        if (hops > 0 && hops <= MAX_TTL_HOPS) {
            keys.put("ttl-security-hops", Integer.toString(hops));
        } else if (!internal) {
            keys.put("multihop-ttl", FAR);
        }
    }

    private static Optional<String> nextHop(Peering.Terms terms, boolean internal) {
        if (terms.keepOriginalNextHop() && !internal) {
            return Optional.of("keep");
        }
        return terms.nextHopMode().flatMap(mode -> switch (mode) {
            case NextHopMode.SELF -> Optional.of("self");
            case NextHopMode.KEEP -> Optional.of("keep");
            case NextHopMode.AUTO -> Optional.empty();
        });
    }

    private static void keepalive(Peering peering, Map<String, String> keys, Notes notes) {
        Optional<Duration> wanted = peering.terms().keepaliveTime();
        if (wanted.isEmpty()) {
            return;
        }
        long seconds = seconds(wanted.get());
        if (seconds < 1 || seconds > MAX_KEEPALIVE_SECONDS) {
            notes.add("TMB-FAB-012 " + peering.origin() + ": keepaliveTime " + wanted.get() + ", wanted 1 s to " + MAX_KEEPALIVE_SECONDS + " s; a third of the hold time is used");
            return;
        }
        keys.put("keepalive-time", Long.toString(seconds));
        if (seconds * 3 > DEFAULT_HOLD_SECONDS) {
            keys.put("hold-time", Long.toString(seconds * 3)); // RFC 4271 §4.4: a keepalive is a third of it
        }
    }

    /** As Calico rounds them. */
    static long seconds(Duration time) {
        return Math.round(time.toMillis() / 1000.0);
    }

    /** {@code secrets/<name>/<key>} in etc/. */
    static Optional<String> file(SecretKeyRef secret) {
        return SECRET.matcher(secret.name()).matches() && SECRET.matcher(secret.key()).matches() ? Optional.of("secrets/" + secret.name() + "/" + secret.key()) : Optional.empty();
    }
}
