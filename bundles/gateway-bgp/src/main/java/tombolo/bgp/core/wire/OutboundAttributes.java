package tombolo.bgp.core.wire;

import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * Turns the set of a selected route into the set that goes to an update group, in two steps with the export filters between them:
 *
 * <pre>
 * Loc-RIB set ── {@link #prepare} ──► what filters see ── filters ──► ── {@link #finish} ──► what is packed
 *                eBGP: a received MED goes (RFC 4271 §5.1.4)          eBGP: private ASes out, our AS before the path (§5.1.2 b), LOCAL_PREF (§5.1.5),
 *                                                                     ORIGINATOR_ID, CLUSTER_LIST (RFC 4456 §8), non-transitive extended communities
 *                                                                     out (RFC 4360 §6), our address as next hop (§5.1.3)
 *                                                                     iBGP: LOCAL_PREF in (§5.1.5), next hop as it is, or ours
 *                                                                 ──► {@link #reflect}, iBGP to iBGP: ORIGINATOR_ID and CLUSTER_LIST in (RFC 4456 §8)
 * </pre>
 *
 * So a filter can set a MED and a next hop that stay, and an AS-path expression sees the path as we received it. One for each update group, memoised by set.
 */
public final class OutboundAttributes {
    /** 64 Ki sets of 16 octets: 1 MiB for each memo of a group. */
    private static final int MEMO = 1 << 16;
    /** What a reflector leaves as it is (RFC 4456 §10); the next hop of both families. */
    private static final int[] UNTOUCHED = {AttributeType.AS_PATH, AttributeType.NEXT_HOP, AttributeType.MED, AttributeType.LOCAL_PREF, AttributeType.MP_REACH_NLRI};

    private final AttributeTable table;
    private final ExportContext context;
    private final AttributeEditor editor;
    private final boolean filtersSetMed;
    private final AttributeMemo prepared;
    private final AttributeMemo own;
    private final AttributeMemo kept;
    /** The reflected form of a set, and for which originator it was made: sets of two clients may be equal. */
    private final AttributeMemo reflected;
    private final AttributeMemo reflectedFor;
    private final AttributeMemo replaced;

    /** For filters that may set a MED: always right. */
    public OutboundAttributes(AttributeTable table, ExportContext context) {
        this(table, context, true);
    }

    /**
     * @param filtersSetMed whether any filter between the two steps sets a MED. Where none does, a received MED is taken out in the second step: then the
     *                      first one makes no set that nobody else holds, and what is remembered stays good for as long as Loc-RIB holds its set
     */
    public OutboundAttributes(AttributeTable table, ExportContext context, boolean filtersSetMed) {
        this.filtersSetMed = filtersSetMed;
        this.table = table;
        this.context = context;
        this.editor = new AttributeEditor(table);
        this.prepared = new AttributeMemo(table, MEMO);
        this.own = new AttributeMemo(table, MEMO);
        this.kept = new AttributeMemo(table, MEMO);
        this.reflected = new AttributeMemo(table, MEMO);
        this.reflectedFor = new AttributeMemo(table, MEMO);
        this.replaced = new AttributeMemo(table, MEMO);
    }

    /** Both steps without filters. @param originated the route is our own: its MED and next hop are ours to send. A reference for the caller, or 0. */
    public int export(int id, boolean originated) {
        int first = prepare(id, originated);
        try {
            return finish(first, first, originated);
        } finally {
            table.release(first);
        }
    }

    /** The set that filters see, with a reference for the caller. */
    public int prepare(int id, boolean originated) {
        if (!filtersSetMed || context.ibgp() || originated || !table.hasMed(id)) {
            table.retain(id);
            return id;
        }
        int known = prepared.getSet(id);
        if (known > 0) {
            table.retain(known);
            return known;
        }
        int made = editor.load(id).removeMed().intern();
        prepared.putSet(id, made);
        return made;
    }

    /**
     * The set to be packed, with a reference for the caller.
     *
     * @param before what the filters saw: where they left the next hop as it was, ours takes its place
     * @return 0 where the route cannot be sent: our own address is needed and there is none of the family, or the set grew too large
     */
    public int finish(int id, int before, boolean originated) {
        boolean ownNextHop = ownNextHop(id, before, originated);
        if (originated) {
            return make(id, ownNextHop, true); // few, and their MED and next hop are ours: nothing to share with what was received
        }
        AttributeMemo memo = ownNextHop ? own : kept;
        int known = memo.getSet(id);
        if (known != AttributeMemo.MISSING) {
            if (known > 0) {
                table.retain(known);
            }
            return known;
        }
        int made = make(id, ownNextHop, false);
        memo.putSet(id, made);
        return made;
    }

    private boolean ownNextHop(int id, int before, boolean originated) {
        if (table.nextHop(id) != table.nextHop(before)) {
            return false; // set by a filter
        }
        int nextHop = table.nextHop(id);
        long hi = table.nextHops().hi(nextHop);
        boolean unspecified = hi == 0 && table.nextHops().lo(nextHop) == 0;
        boolean linkLocal = hi >>> 54 == 0x3fa; // nobody beyond that link can use it
        return unspecified || linkLocal || !originated && switch (context.nextHop()) {
            case AUTO -> !context.ibgp();
            case SELF -> true;
            case KEEP -> false;
        };
    }

    /**
     * The set of a route that is passed on from one internal peer to another (RFC 4456 §8): ORIGINATOR_ID where there is none, our cluster before CLUSTER_LIST.
     * NEXT_HOP, AS_PATH, LOCAL_PREF and MED are those that were received, whatever the filters say (§10); a link-local next hop alone, which nobody else could
     * use, is the exception. A reference for the caller.
     *
     * @param before     what the filters saw
     * @param originator router id of the internal peer that the route came from
     * @return 0 where the route cannot be sent, as {@link #finish}
     */
    public int reflect(int id, int before, int originator) {
        boolean plain = id == before;
        if (plain && reflectedFor.get(id) == originator) {
            int known = reflected.getSet(id);
            if (known != AttributeMemo.MISSING) {
                if (known > 0) {
                    table.retain(known);
                }
                return known;
            }
        }
        editor.load(id);
        if (!plain) {
            for (int type : UNTOUCHED) {
                editor.take(type, before);
            }
        }
        if (table.nextHopAddress(before).isLinkLocal()) {
            if (!setOwnNextHop()) {
                return 0;
            }
        } else if (table.nextHops().linkLocal(table.nextHop(before)).isPresent()) {
            editor.setNextHop(table.nextHopAddress(before)); // RFC 2545 §3
        }
        if (!table.hasLocalPreference(before)) {
            editor.setLocalPreference(context.localPreference());
        }
        if (!table.hasOriginatorId(id)) {
            editor.setOriginatorId(originator);
        }
        int made = editor.prependCluster(context.clusterId()).intern();
        if (plain) {
            reflectedFor.put(id, originator);
            reflected.putSet(id, made);
        }
        return made;
    }

    /** A set that is ready to be sent with our address as next hop, for the peer whose own address it has (RFC 4271 §5.1.3). As {@link #finish}. */
    public int withOwnNextHop(int id) {
        int known = replaced.getSet(id);
        if (known == AttributeMemo.MISSING) {
            editor.load(id);
            known = setOwnNextHop() ? editor.intern() : 0;
            replaced.putSet(id, known);
        } else if (known > 0) {
            table.retain(known);
        }
        return known;
    }

    private boolean setOwnNextHop() {
        AddressFamily family = editor.nextHopFamily();
        Optional<IpAddress> address = context.own(family);
        if (address.isEmpty()) {
            return false;
        }
        if (family == AddressFamily.IPV6 && context.ownLinkLocal().isPresent() && !address.get().isLinkLocal()) {
            editor.setNextHop(address.get(), context.ownLinkLocal().get());
        } else {
            editor.setNextHop(address.get());
        }
        return true;
    }

    private int make(int id, boolean ownNextHop, boolean originated) {
        editor.load(id);
        if (!filtersSetMed && !context.ibgp() && !originated) {
            editor.removeMed();
        }
        if (ownNextHop && !setOwnNextHop()) {
            return 0;
        }
        if (!ownNextHop && table.nextHops().linkLocal(table.nextHop(id)).isPresent()) {
            editor.setNextHop(table.nextHopAddress(id)); // RFC 2545 §3: a link-local address goes only to those on its link
        }
        if (context.ibgp()) {
            if (!table.hasLocalPreference(id)) {
                editor.setLocalPreference(context.localPreference());
            }
            return editor.intern();
        }
        if (context.removePrivateAs()) {
            editor.removePrivateAs((int) context.remoteAs().value());
        }
        if (context.behind().isPresent()) {
            editor.prepend((int) context.behind().get().value(), 1);
        }
        editor.prepend((int) context.localAs().value(), 1);
        editor.removeLocalPreference().removeNonTransitiveExtended();
        editor.remove(AttributeType.ORIGINATOR_ID).remove(AttributeType.CLUSTER_LIST);
        return editor.intern();
    }
}
