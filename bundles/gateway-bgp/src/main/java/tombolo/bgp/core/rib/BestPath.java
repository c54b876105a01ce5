package tombolo.bgp.core.rib;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * The decision process (RFC 4271 §9.1.2.2 with the usual local steps). Works by elimination, as the RFC words it: what survives a step goes on to the next,
 * so the outcome depends on the set of paths alone and never on the order in which they came (law 5). MED (step 6) removes a path when another survivor
 * <em>from the same neighbouring AS</em> has a lower one, which is deterministic for the same reason.
 *
 * <pre>
 *  1 usable: accepted, next hop reachable      8 lowest interior cost to the next hop   (RFC e)
 *  2 highest LOCAL_PREF                        9 current before stale
 *  3 locally originated                       10 oldest, between eBGP paths, if so configured
 *  4 shortest AS_PATH              (RFC a)    11 lowest router id, or ORIGINATOR_ID      (RFC f, RFC 4456 §9)
 *  5 lowest ORIGIN                 (RFC b)    12 shortest CLUSTER_LIST                   (RFC 4456 §9)
 *  6 lowest MED per neighbouring AS (RFC c)   13 lowest peer address                     (RFC g)
 *  7 eBGP before iBGP              (RFC d)
 * </pre>
 */
final class BestPath {
    static final int UNUSABLE = 1;
    static final int LOCAL_PREFERENCE = 2;
    static final int LOCAL = 3;
    static final int AS_PATH = 4;
    static final int ORIGIN = 5;
    static final int MED = 6;
    static final int EXTERNAL = 7;
    static final int COST = 8;
    static final int STALE = 9;
    static final int OLDEST = 10;
    static final int ROUTER_ID = 11;
    static final int CLUSTER_LIST = 12;
    static final int ADDRESS = 13;
    static final String[] STEP_NAMES = {"", "not usable", "LOCAL_PREF", "locally originated", "AS_PATH length", "ORIGIN", "MED", "eBGP over iBGP",
        "cost to the next hop", "stale", "age", "router id", "CLUSTER_LIST length", "peer address"};

    private final PathTable paths;
    private final AttributeTable attributes;
    private final NextHops nextHops;
    private final Peers peers;
    private final Options options;
    private final tombolo.api.net.AddressFamily family;
    private int[] candidates = new int[16];
    private int count;
    /** How many of {@link #candidates} are left after steps 2-5 and MED. */
    private int survivors;

    BestPath(tombolo.api.net.AddressFamily family, PathTable paths, AttributeTable attributes, NextHops nextHops, Peers peers, Options options) {
        this.family = family;
        this.paths = paths;
        this.attributes = attributes;
        this.nextHops = nextHops;
        this.peers = peers;
        this.options = options;
    }

    /** The best path of a chain, 0 where none is usable. */
    int best(int first) {
        if (first == 0) {
            return 0;
        }
        if (paths.next(first) == 0) {
            return usable(first) ? first : 0;
        }
        eliminate(first);
        int best = 0;
        for (int i = 0; i < survivors; i++) {
            if (best == 0 || late(candidates[i], best) < 0) {
                best = candidates[i];
            }
        }
        return best;
    }

    /**
     * The paths that are used together with the best one, best first.
     *
     * @return how many were written; 1 without multipath, 0 where nothing is usable
     */
    int multipath(int first, int[] into) {
        int best = best(first);
        if (best == 0) {
            return 0;
        }
        into[0] = best;
        int limit = Math.min(into.length, isIbgp(best) ? options.multipathIbgp() : options.multipathEbgp());
        if (limit == 1 || paths.next(first) == 0 || peers.at(paths.peer(best)).isLocal()) {
            return 1;
        }
        int found = 1;
        for (int i = 0; i < survivors; i++) {
            if (candidates[i] != best && equalForwarding(candidates[i], best)) {
                // insertion by the late steps keeps the choice the same whatever the order of arrival
                int at = Math.min(found, limit - 1);
                if (found < limit || late(candidates[i], into[limit - 1]) < 0) {
                    while (at > 1 && late(candidates[i], into[at - 1]) < 0) {
                        into[at] = into[at - 1];
                        at--;
                    }
                    into[at] = candidates[i];
                    found = Math.min(limit, found + 1);
                }
            }
        }
        return found;
    }

    private boolean equalForwarding(int path, int best) {
        int a = paths.accepted(path);
        int b = paths.accepted(best);
        return isIbgp(path) == isIbgp(best) && cost(path) == cost(best)
                && (options.multipathRelax() || attributes.neighborAs(a) == attributes.neighborAs(b) && (!isIbgp(best) || attributes.originAs(a) == attributes.originAs(b)));
    }

    /** The step at which a path of the chain lost, 0 for the best one. */
    int lostAt(int first, int path) {
        int best = best(first);
        if (path == best) {
            return 0;
        }
        if (!usable(path)) {
            return UNUSABLE;
        }
        int early = early(best, path);
        if (early != 0) {
            return Math.abs(early);
        }
        for (int i = 0; i < survivors; i++) {
            if (candidates[i] == path) {
                return Math.abs(late(best, path));
            }
        }
        return MED;
    }

    boolean usable(int path) {
        int accepted = paths.accepted(path);
        if (accepted == 0) {
            return false;
        }
        Peer peer = peers.at(paths.peer(path));
        if (peer.isLocal()) {
            return true;
        }
        PeerFamily share = peer.family(family);
        return ((paths.flags(path) & PathTable.EPOCH_MASK) == share.epoch || share.keepStale) && nextHops.reachable(attributes.nextHop(accepted), peer);
    }

    private void eliminate(int first) {
        count = 0;
        for (int path = first; path != 0; path = paths.next(path)) {
            if (usable(path)) {
                int order = count == 0 ? 0 : early(path, candidates[0]);
                if (order < 0) {
                    count = 0; // better than everything kept so far: steps 2-5 are a total order
                }
                if (order <= 0) {
                    if (count == candidates.length) {
                        candidates = Arrays.copyOf(candidates, count * 2);
                    }
                    candidates[count++] = path;
                }
            }
        }
        survivors = count;
        if (count > 1) {
            eliminateByMed();
        }
    }

    private void eliminateByMed() {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            boolean beaten = false;
            for (int j = 0; j < count && !beaten; j++) {
                beaten = j != i && med(candidates[j], candidates[i]) < 0;
            }
            if (!beaten) {
                // swap, not overwrite: the later comparisons of this loop need every candidate
                int path = candidates[i];
                System.arraycopy(candidates, kept, candidates, kept + 1, i - kept);
                candidates[kept++] = path;
            }
        }
        survivors = kept;
    }

    /** Steps 2-5: ∓ the number of the first step that tells the two apart, negative where {@code a} is better; 0 where none does. */
    private int early(int a, int b) {
        int x = paths.accepted(a);
        int y = paths.accepted(b);
        int order = Integer.compareUnsigned(localPreference(y), localPreference(x));
        if (order != 0) {
            return order < 0 ? -LOCAL_PREFERENCE : LOCAL_PREFERENCE;
        }
        boolean localA = peers.at(paths.peer(a)).isLocal();
        if (localA != peers.at(paths.peer(b)).isLocal()) {
            return localA ? -LOCAL : LOCAL;
        }
        order = attributes.asPathLength(x) - attributes.asPathLength(y);
        if (order != 0) {
            return order < 0 ? -AS_PATH : AS_PATH;
        }
        order = attributes.origin(x) - attributes.origin(y);
        return order == 0 ? 0 : order < 0 ? -ORIGIN : ORIGIN;
    }

    /** A missing MED is the lowest one (RFC 4271 §9.1.2.2 c). */
    private int med(int a, int b) {
        int x = paths.accepted(a);
        int y = paths.accepted(b);
        if (!options.alwaysCompareMed() && attributes.neighborAs(x) != attributes.neighborAs(y)) {
            return 0;
        }
        return Integer.compareUnsigned(attributes.hasMed(x) ? attributes.med(x) : 0, attributes.hasMed(y) ? attributes.med(y) : 0);
    }

    /** Steps 7-13: as {@link #early}; never 0 for paths of different peers. */
    private int late(int a, int b) {
        boolean internalA = isIbgp(a);
        boolean internalB = isIbgp(b);
        if (internalA != internalB) {
            return internalA ? EXTERNAL : -EXTERNAL;
        }
        int order = Long.compare(cost(a), cost(b));
        if (order != 0) {
            return order < 0 ? -COST : COST;
        }
        order = Boolean.compare(isStale(a), isStale(b));
        if (order != 0) {
            return order < 0 ? -STALE : STALE;
        }
        if (!options.compareRouterId() && !internalA) {
            order = Integer.compare(paths.learned(a), paths.learned(b));
            if (order != 0) {
                return order < 0 ? -OLDEST : OLDEST;
            }
        }
        int x = paths.accepted(a);
        int y = paths.accepted(b);
        order = Integer.compareUnsigned(routerId(a, x), routerId(b, y));
        if (order != 0) {
            return order < 0 ? -ROUTER_ID : ROUTER_ID;
        }
        order = attributes.clusterListLength(x) - attributes.clusterListLength(y);
        if (order != 0) {
            return order < 0 ? -CLUSTER_LIST : CLUSTER_LIST;
        }
        order = compareAddresses(peers.at(paths.peer(a)), peers.at(paths.peer(b)));
        return order == 0 ? 0 : order < 0 ? -ADDRESS : ADDRESS;
    }

    private static int compareAddresses(Peer a, Peer b) {
        tombolo.api.net.@Nullable IpAddress x = a.address;
        tombolo.api.net.@Nullable IpAddress y = b.address;
        int order = x == null || y == null ? 0 : x.compareTo(y);
        return order != 0 ? order : a.index - b.index; // one link-local address on two interfaces: still a total order
    }

    boolean isStale(int path) {
        Peer peer = peers.at(paths.peer(path));
        // what waits to be told again between BoRR and EoRR is as good as before: a refresh moves no traffic (RFC 7313 §4)
        return !peer.isLocal() && !peer.family(family).refreshing && (paths.flags(path) & PathTable.EPOCH_MASK) != peer.family(family).epoch;
    }

    private boolean isIbgp(int path) {
        return peers.at(paths.peer(path)).ibgp;
    }

    private long cost(int path) {
        return peers.at(paths.peer(path)).isLocal() ? 0 : nextHops.metric(attributes.nextHop(paths.accepted(path)));
    }

    int localPreference(int attributeId) {
        return attributes.hasLocalPreference(attributeId) ? attributes.localPreference(attributeId) : options.localPreference();
    }

    private int routerId(int path, int attributeId) {
        int originator = attributes.originatorId(attributeId);
        return originator != 0 ? originator : peers.at(paths.peer(path)).routerId;
    }

    /** What both paths have at a step, for people: "4 instead of 2". */
    String contrast(int step, int path, int best) {
        int x = paths.accepted(path);
        int y = paths.accepted(best);
        return switch (step) {
            case LOCAL_PREFERENCE -> Integer.toUnsignedString(localPreference(x)) + " instead of " + Integer.toUnsignedString(localPreference(y));
            case AS_PATH -> attributes.asPathLength(x) + " instead of " + attributes.asPathLength(y);
            case ORIGIN -> originName(attributes.origin(x)) + " instead of " + originName(attributes.origin(y));
            case MED -> "a path from the same neighbouring AS has a lower one than " + (attributes.hasMed(x) ? Integer.toUnsignedString(attributes.med(x)) : "0 (none)");
            case COST -> cost(path) + " instead of " + cost(best);
            case OLDEST -> "learned later";
            case ROUTER_ID -> tombolo.api.net.IpAddress.v4(routerId(path, x)) + " instead of " + tombolo.api.net.IpAddress.v4(routerId(best, y));
            case CLUSTER_LIST -> attributes.clusterListLength(x) + " instead of " + attributes.clusterListLength(y);
            case ADDRESS -> peers.at(paths.peer(path)).address + " instead of " + peers.at(paths.peer(best)).address;
            default -> "";
        };
    }

    static String originName(int origin) {
        return switch (origin) {
            case 0 -> "IGP";
            case 1 -> "EGP";
            default -> "incomplete";
        };
    }
}
