package tombolo.bgp.core.rib;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.filter.CompiledFilter;
import tombolo.bgp.core.wire.AttributeEditor;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.ExportContext;
import tombolo.bgp.core.wire.OutboundAttributes;
import tombolo.bgp.core.wire.UpdatePacker;

/** What an update group is told of a prefix, and in which form; the same for all its members. */
final class ExportPolicy {
    static final String DEFERRED = "behind our restart route selection waits for the peers' End-of-RIB or selection-deferral-time (RFC 4724 §4.1)";
    private static final long GRACEFUL_SHUTDOWN = 0xFFFF_0000L; // RFC 8326 §5

    /**
     * What members of a group have in common. Own addresses only as far as the family needs them; the remote AS only where the form depends on it.
     *
     * @param filters        in force, by value: a changed filter makes another group
     * @param defaultFilters what the route of default-originate passes
     * @param client         internal peers that are clients of ours (RFC 4456 §6)
     * @param limit          how much they are told at most; empty: everything
     */
    record Key(AddressFamily family, ExportContext context, boolean fourOctetAs, int maxMessageLength, boolean filtered, List<FilterSettings> filters,
               boolean defaultOriginate, List<FilterSettings> defaultFilters, boolean client, int intervalMillis, Optional<ExportChoice.Limit> limit) {
        static Key of(AddressFamily family, Peer peer, SessionUp up, PeerSettings settings) {
            boolean four = family == AddressFamily.IPV4;
            IpAddress local = up.localAddress();
            Optional<IpAddress> own4 = four ? (local.isIpv4() ? Optional.of(local) : up.localIpv4()) : Optional.empty();
            Optional<IpAddress> own6 = four ? Optional.empty() : !local.isIpv4() && !local.isLinkLocal() ? Optional.of(local)
                    : up.localGlobal().or(up::localLinkLocal).or(() -> local.isIpv4() ? Optional.empty() : Optional.of(local));
            Optional<Asn> behind = settings.localAs().filter(as -> !up.ibgp() && !as.replaceAs() && as.as().equals(up.localAs())).map(as -> new Asn(peer.nodeAs & 0xffff_ffffL));
            ExportContext context = new ExportContext(up.ibgp(), up.localAs(), behind, settings.removePrivateAs() ? up.remoteAs() : up.localAs(), own4, own6,
                    four ? Optional.empty() : up.localLinkLocal(), settings.nextHop(), settings.removePrivateAs(), peer.defaultLocalPreference,
                    up.ibgp() ? peer.clusterId : 0);
            return new Key(family, context, up.fourOctetAs(), up.maxMessageLength(), !settings.exportFilters().isEmpty(), peer.exportChain,
                    settings.defaultOriginate(), peer.defaultChain, up.ibgp() && peer.client, settings.advertisementIntervalMillis(),
                    settings.exportLimit().filter(limit -> limit.most().containsKey(family)).map(limit -> new ExportChoice.Limit(limit.most().get(family), limit.warnPercent(), limit.aggregate(),
                            limit.leastImportant())));
        }
    }

    private final Key key;
    private final @Nullable CompiledFilter filter;
    private final AttributeTable attributes;
    private final RibEvents events;
    private final OutboundAttributes outbound;
    private final AttributeEditor editor;
    /** Only asked whether sets can be sent. */
    private final UpdatePacker sizes;
    private int defaultSet;
    private boolean draining;
    private int source;

    /** @param filter compiled of the key's filters; @param defaultFilter compiled of its defaultFilters; null: none */
    ExportPolicy(Key key, @Nullable CompiledFilter filter, @Nullable CompiledFilter defaultFilter, AttributeTable attributes, RibEvents events, boolean draining) {
        this.key = key;
        this.filter = filter;
        this.attributes = attributes;
        this.events = events;
        this.draining = draining;
        this.outbound = new OutboundAttributes(attributes, key.context(), filter != null && filter.changesMed());
        this.editor = new AttributeEditor(attributes);
        this.sizes = packer();
        if (key.defaultOriginate()) {
            defaultSet = defaultSet(defaultFilter);
        }
    }

    private int defaultSet(@Nullable CompiledFilter through) {
        byte[] canonical = LocalAttributes.canonical(key.family(), Optional.empty(), Optional.empty(), List.of());
        int own = attributes.intern(canonical, 0, canonical.length);
        int passed = own;
        if (through != null) {
            passed = through.of(true).evaluate(key.family(), 0, 0, 0, own);
        } else {
            attributes.retain(own);
        }
        int made = 0;
        if (passed != CompiledFilter.REJECTED) {
            made = outbound.finish(passed, own, true);
            attributes.release(passed);
        }
        attributes.release(own);
        return made;
    }

    Key key() {
        return key;
    }

    UpdatePacker packer() {
        return new UpdatePacker(attributes, key.fourOctetAs(), key.maxMessageLength());
    }

    /** One line of operator text. */
    void log(String line) {
        events.log(line);
    }

    long intervalNanos() {
        return key.intervalMillis() * 1_000_000L;
    }

    /** The index of the peer whose path the last answer of {@link #export} is. */
    int source() {
        return source;
    }

    /** The prefix that this group is told whatever Loc-RIB holds: default-originate. It passes only filters of its own, being asked for by name. */
    Optional<Prefix> originatedPrefix() {
        return defaultSet == 0 ? Optional.empty() : Optional.of(Prefix.of(IpAddress.any(key.family()), 0));
    }

    boolean originates(int prefix, FamilyRib rib) {
        return defaultSet != 0 && rib.prefixes.length(prefix) == 0;
    }

    /** From now on everything is the least preferred (RFC 8326 §4). */
    void drain() {
        draining = true;
    }

    /** The set to send, with one reference for the caller; 0: nothing. */
    int export(int prefix, FamilyRib rib) {
        if (originates(prefix, rib)) {
            source = Peer.LOCAL;
            attributes.retain(defaultSet);
            return defaultSet;
        }
        int best = rib.best(prefix);
        if (best == 0) {
            return 0;
        }
        Peer from = rib.peers.at(rib.paths.peer(best));
        int set = rib.paths.accepted(best);
        source = from.index;
        if (withheld(from, set) != null) {
            return 0;
        }
        boolean originated = from.isLocal();
        int prepared = outbound.prepare(set, originated);
        int passed = prepared;
        if (filter != null) {
            passed = filter.of(originated).evaluate(key.family(), rib.prefixes.hi(prefix), rib.prefixes.lo(prefix), rib.prefixes.length(prefix), prepared);
            if (passed == CompiledFilter.REJECTED) {
                attributes.release(prepared);
                return 0;
            }
        } else {
            attributes.retain(prepared);
        }
        boolean reflected = isReflected(from);
        int finished = reflected ? outbound.reflect(passed, prepared, from.routerId) : outbound.finish(passed, prepared, originated);
        attributes.release(passed);
        attributes.release(prepared);
        // a reflected route leads past us, and keeps its LOCAL_PREF (RFC 4456 §10)
        return sendable(prefix, rib, draining && !reflected && finished != 0 ? leastPreferred(finished) : finished);
    }

    private boolean isReflected(Peer from) {
        return from.ibgp && key.context().ibgp() && !from.isLocal();
    }

    /** The form of a set for the peer whose own address is its next hop (RFC 4271 §5.1.3), with a reference for the caller; 0: it cannot be told. */
    int withOwnNextHop(int set) {
        int made = outbound.withOwnNextHop(set);
        sizes.reset();
        if (made != 0 && !sizes.canSend(key.family(), made)) {
            attributes.release(made);
            return 0;
        }
        return made;
    }

    /** Attributes that do not fit a message to these peers are never cut: the route is not told, or withdrawn, and the operator is told. */
    private int sendable(int prefix, FamilyRib rib, int set) {
        if (set == 0) {
            return 0;
        }
        sizes.reset(); // numbers are used again
        if (sizes.canSend(key.family(), set)) {
            return set;
        }
        attributes.release(set);
        events.log("TMB-BGP-340 " + rib.prefixes.prefix(prefix) + " is not advertised: its attributes do not fit a message of " + key.maxMessageLength()
                + " octets. Enable extended-messages on both sides, or shorten them by an export filter.");
        return 0;
    }

    private int leastPreferred(int set) {
        editor.load(set).addCommunity(AttributeEditor.STANDARD, 0, GRACEFUL_SHUTDOWN);
        if (key.context().ibgp()) {
            editor.setLocalPreference(0);
        }
        int lowered = editor.intern();
        attributes.release(set);
        return lowered;
    }

    /** Why a route is not told whatever the filters say; null: it may be. */
    private @Nullable String withheld(Peer from, int set) {
        if (isReflected(from) && !from.client && !key.client()) {
            return key.context().clusterId() == 0 ? "learned by iBGP and not passed on by iBGP (RFC 4271 §9.2)"
                    : "learned from " + from.name + " by iBGP, and neither it nor this peer is a route reflector client (RFC 4456 §6)";
        }
        // RFC 1997 speaks of routes received with these; our own carry them for the peer to obey
        if (!from.isLocal() && attributes.noAdvertise(set)) {
            return "it carries NO_ADVERTISE (RFC 1997)";
        }
        if (!from.isLocal() && !key.context().ibgp() && (attributes.noExport(set) || attributes.noExportSubconfed(set))) {
            return "it carries NO_EXPORT (RFC 1997)";
        }
        return !key.context().ibgp() && filter == null ? "no export filter on an eBGP peer: nothing is advertised (RFC 8212)" : null;
    }

    /** Why the prefix is, or is not, told to the member. */
    String explain(int prefix, FamilyRib rib, Peer member) {
        if (originates(prefix, rib)) {
            return "advertised: default-originate" + (key.defaultFilters().isEmpty() ? "" : ", through " + String.join(", ",
                    key.defaultFilters().stream().map(FilterSettings::name).toList()));
        }
        int best = rib.best(prefix);
        if (best == 0) {
            return rib.selectionHeld() ? "not advertised: " + DEFERRED : "not advertised: no usable path";
        }
        Peer from = rib.peers.at(rib.paths.peer(best));
        if (from == member) {
            return "not advertised: learned from this peer";
        }
        int set = rib.paths.accepted(best);
        String reason = withheld(from, set);
        if (reason != null) {
            return "not advertised: " + reason;
        }
        int prepared = outbound.prepare(set, from.isLocal());
        String trace = filter == null ? "" : filter.of(from.isLocal()).explain(key.family(), rib.prefixes.hi(prefix), rib.prefixes.lo(prefix), rib.prefixes.length(prefix), prepared).decision();
        attributes.release(prepared);
        int sent = export(prefix, rib);
        if (sent != 0) {
            attributes.release(sent);
            String reflected = isReflected(from) ? ", reflected " + (from.client ? "from client " + from.name : "to this client from " + from.name)
                    + " with cluster id " + IpAddress.v4(key.context().clusterId()) + " (RFC 4456 §6)" : "";
            return "advertised" + reflected + (trace.isEmpty() ? "" : ": " + trace);
        }
        return "not advertised: " + (trace.isEmpty() || trace.startsWith("accepted") ? "no own address of the family to send as next hop, or attributes too large" : trace);
    }

    void close() {
        if (defaultSet != 0) {
            attributes.release(defaultSet);
            defaultSet = 0;
        }
    }
}
