package tombolo.bgp.core.rib;

import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.filter.CompiledFilter;
import tombolo.bgp.core.wire.AttributeEditor;
import tombolo.bgp.core.wire.AttributeMemo;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * What becomes of a received route before the decision: loop detection (RFC 4271 §9.1.2, RFC 4456 §8), the peer's import filters, default deny on eBGP
 * (RFC 8212 §3), GRACEFUL_SHUTDOWN (RFC 8326 §4: LOCAL_PREF 0 at the receiver). The first AS of an eBGP path was checked by the decoder. local-as is put
 * before the path behind the loop detection and before the filters (RFC 7705 §3.1).
 */
final class ImportPolicy {
    /** 16 Ki sets, 256 KiB for a peer with local-as. */
    private static final int MEMO = 1 << 14;

    private final AttributeTable attributes;
    private final AttributeEditor editor;
    private int flags;
    /** The loop check depends on the attribute set alone: its last answer, for the many prefixes of one message. */
    private int checkedSet;
    private @Nullable Peer checkedPeer;
    private boolean checkedLoop;

    ImportPolicy(AttributeTable attributes) {
        this.attributes = attributes;
        this.editor = new AttributeEditor(attributes);
    }

    /** Forgets the last answer: attribute numbers may mean other sets from here on. To be called before each message. */
    void begin() {
        checkedSet = 0;
    }

    /** The path flags that belong to the last answer. */
    int flags() {
        return flags;
    }

    /** The attribute set as accepted, with one reference for the caller; 0: rejected, see {@link #flags}. */
    int evaluate(Peer peer, AddressFamily family, long hi, long lo, int length, int set) {
        flags = 0;
        if (peer.isLocal()) {
            attributes.retain(set);
            return set;
        }
        if (loops(peer, set)) {
            flags = PathTable.LOOP;
            return 0;
        }
        CompiledFilter filter = peer.importFilter;
        if (filter == null && !peer.ibgp) {
            flags = PathTable.FILTERED;
            return 0;
        }
        int result = prepared(peer, set);
        if (filter != null && result != 0) {
            int passed = filter.evaluate(family, hi, lo, length, result);
            attributes.release(result);
            result = passed;
        }
        if (result <= 0) {
            flags = PathTable.FILTERED;
            return 0;
        }
        if (!peer.ibgp && attributes.gracefulShutdown(result)) {
            editor.load(result);
            editor.setLocalPreference(0);
            int lowered = editor.intern();
            attributes.release(result);
            return lowered;
        }
        return result;
    }

    /** What the peer's filters see of a received set, with a reference for the caller; 0 where local-as makes it too large. */
    int prepared(Peer peer, int set) {
        int as = peer.inboundAs();
        if (as == 0) {
            attributes.retain(set);
            return set;
        }
        AttributeMemo memo = peer.prepended;
        if (memo == null) {
            memo = new AttributeMemo(attributes, MEMO);
            peer.prepended = memo;
        }
        int known = memo.getSet(set);
        if (known == AttributeMemo.MISSING) {
            known = editor.load(set).prepend(as, 1).intern();
            memo.putSet(set, known);
        } else if (known > 0) {
            attributes.retain(known);
        }
        return known;
    }

    private boolean loops(Peer peer, int set) {
        if (set != checkedSet || peer != checkedPeer) {
            checkedSet = set;
            checkedPeer = peer;
            checkedLoop = hasLoop(peer, set);
        }
        return checkedLoop;
    }

    private boolean hasLoop(Peer peer, int set) {
        return hasOwnAs(peer, set) || hasOwnOrigin(peer, set) || hasOwnCluster(peer, set);
    }

    private boolean hasOwnAs(Peer peer, int set) {
        PeerSettings settings = peer.settings;
        int allowed = settings == null ? 0 : settings.allowOwnAs();
        return attributes.countAs(set, peer.nodeAs) > allowed || peer.shownAs != peer.nodeAs && attributes.countAs(set, peer.shownAs) > allowed;
    }

    /** RFC 4456 §8: a route that we brought into the AS ourselves. */
    private boolean hasOwnOrigin(Peer peer, int set) {
        SessionUp up = peer.up;
        return peer.ibgp && up != null && attributes.hasOriginatorId(set) && attributes.originatorId(set) == up.localId().bits();
    }

    /** RFC 4456 §8: a route that our cluster has reflected already. */
    private boolean hasOwnCluster(Peer peer, int set) {
        return peer.ibgp && peer.clusterId != 0 && attributes.hasCluster(set, peer.clusterId);
    }

    /** Which loop it is, for people. */
    String loop(Peer peer, int set) {
        if (hasOwnAs(peer, set)) {
            return "our own AS stands in its AS_PATH (RFC 4271 §9.1.2); allow-own-as would accept it";
        }
        return hasOwnOrigin(peer, set) ? "its ORIGINATOR_ID is our router id: it came from us (RFC 4456 §8)"
                : hasOwnCluster(peer, set) ? "our cluster id " + tombolo.api.net.IpAddress.v4(peer.clusterId) + " stands in its CLUSTER_LIST: it was reflected here already (RFC 4456 §8)"
                : "it was a loop when it came, and is none by what is known now: it is looked at again with the next change";
    }
}
