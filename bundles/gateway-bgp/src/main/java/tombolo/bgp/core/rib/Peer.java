package tombolo.bgp.core.rib;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.bgp.core.filter.CompiledFilter;
import tombolo.bgp.core.wire.AttributeMemo;
import tombolo.bgp.core.wire.DecodeContext;

/** What the tables know of one source of paths: a configured neighbour, or the node itself (index {@link #LOCAL}). Lives as long as the peer is configured. */
final class Peer {
    /** The index of the node itself, source of network statements. */
    static final int LOCAL = 1;
    /** Indexes fit a {@link ShortColumn} with room; a node with more neighbours is not what this is built for. */
    static final int MAX_INDEX = 4095;

    final int index;
    final String name;
    @Nullable PeerSettings settings;
    @Nullable BgpSession session;
    /** What was negotiated, while established. */
    @Nullable SessionUp up;
    @Nullable DecodeContext decodeContext;
    /** The import filters in force, compiled for the session; null: none configured. */
    @Nullable CompiledFilter importFilter;
    List<FilterSettings> importChain = List.of();
    List<FilterSettings> exportChain = List.of();
    /** Messages taken from the inbox and not read to the end, and how far they are read. */
    SessionInput.@Nullable Messages unread;
    int unreadAt;
    long upNanos;
    long lastUpdateNanos;
    /** Our AS numbers: the node's and the one shown to this peer. */
    int nodeAs;
    int shownAs;
    long defaultLocalPreference = 100;
    /** A route reflector client of ours (RFC 4456 §6). */
    boolean client;
    /** Our cluster, where any peer is a client of ours; 0: we reflect nothing, and no CLUSTER_LIST is a loop. */
    int clusterId;
    /** What the peer's default-originate passes. */
    List<FilterSettings> defaultChain = List.of();
    /** What local-as makes of received sets (RFC 7705 §3.1), remembered; null: of none so far. */
    @Nullable AttributeMemo prepended;
    final Map<AddressFamily, PeerFamily> families = new EnumMap<>(AddressFamily.class);
    final Map<String, Long> attributeErrors = new TreeMap<>();
    final ErrorLog errors = new ErrorLog();
    long updatesIn;
    long updatesOut;
    long withdrawalsIn;
    /** Comparison keys, copied from the session so that the decision touches no object graph; kept while stale paths remain. */
    boolean ibgp;
    int routerId;
    @Nullable IpAddress address;
    /** The interface of a directly connected peer, for link-local next hops. */
    @Nullable String interfaceName;
    /** An external peer on a shared link: its next hops lie on one of our links too (RFC 4271 §5.1.3, §6.3). */
    boolean onLink;
    /** The session whose routes were adopted from the former bundle, until it shows itself; 0: none. */
    long adoptedSession;
    /** Since a rebuild began the peer has told everything again. */
    boolean refreshed;
    /** Not read any more until the session's end is seen: an error has ended it. */
    boolean ended;

    Peer(int index, String name) {
        this.index = index;
        this.name = name;
        for (AddressFamily family : AddressFamily.values()) {
            families.put(family, new PeerFamily());
        }
    }

    /**
     * Takes what the settings say of it.
     *
     * @param cluster ours, 0 where we reflect nothing
     * @return whether what it has told may now be taken otherwise
     */
    boolean configure(PeerSettings wanted, Settings all, int cluster) {
        PeerSettings before = settings;
        List<FilterSettings> wantedImport = Policies.chain(all, wanted.importFilters());
        boolean importChanged = !wantedImport.equals(importChain) || before != null && before.allowOwnAs() != wanted.allowOwnAs()
                || before != null && !before.localAs().equals(wanted.localAs()) || clusterId != cluster && ibgp;
        settings = wanted;
        importChain = wantedImport;
        exportChain = Policies.chain(all, wanted.exportFilters());
        defaultChain = Policies.chain(all, wanted.defaultOriginateFilters());
        client = wanted.routeReflectorClient();
        clusterId = cluster;
        prepended = null; // made with another local-as
        nodeAs = all.bgp().as().map(as -> (int) as.value()).orElse(0);
        defaultLocalPreference = all.bgp().localPreference();
        return importChanged;
    }

    PeerFamily family(AddressFamily family) {
        PeerFamily found = families.get(family);
        if (found == null) {
            throw new IllegalStateException("every family has an entry");
        }
        return found;
    }

    boolean isLocal() {
        return index == LOCAL;
    }

    /** The AS that is put before what this peer sends (RFC 7705 §3.1), 0: none. */
    int inboundAs() {
        PeerSettings current = settings;
        return current == null || ibgp ? 0 : current.localAs().filter(local -> !local.noPrepend()).map(local -> (int) local.as().value()).orElse(0);
    }

    boolean carries(AddressFamily family) {
        return up != null && up.families().contains(family);
    }
}
