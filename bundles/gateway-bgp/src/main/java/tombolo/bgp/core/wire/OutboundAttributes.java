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
 * </pre>
 *
 * So a filter can set a MED and a next hop that stay, and an AS-path expression sees the path as we received it. One for each update group, memoised by set.
 */
public final class OutboundAttributes {
    /** 64 Ki sets of 16 octets: 1 MiB for each memo of a group. */
    private static final int MEMO = 1 << 16;

    private final AttributeTable table;
    private final ExportContext context;
    private final AttributeEditor editor;
    private final boolean filtersSetMed;
    private final AttributeMemo prepared;
    private final AttributeMemo own;
    private final AttributeMemo kept;

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
        return unspecified || linkLocal || (!context.ibgp() || context.nextHopSelf()) && !originated;
    }

    private int make(int id, boolean ownNextHop, boolean originated) {
        editor.load(id);
        if (!filtersSetMed && !context.ibgp() && !originated) {
            editor.removeMed();
        }
        if (ownNextHop) {
            AddressFamily family = editor.nextHopFamily();
            Optional<IpAddress> address = context.own(family);
            if (address.isEmpty()) {
                return 0;
            }
            if (family == AddressFamily.IPV6 && context.ownLinkLocal().isPresent() && !address.get().isLinkLocal()) {
                editor.setNextHop(address.get(), context.ownLinkLocal().get());
            } else {
                editor.setNextHop(address.get());
            }
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
        editor.prepend((int) context.localAs().value(), 1);
        editor.removeLocalPreference().removeNonTransitiveExtended();
        editor.remove(AttributeType.ORIGINATOR_ID).remove(AttributeType.CLUSTER_LIST);
        return editor.intern();
    }
}
