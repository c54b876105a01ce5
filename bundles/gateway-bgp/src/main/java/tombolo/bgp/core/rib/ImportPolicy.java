package tombolo.bgp.core.rib;

import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.filter.CompiledFilter;
import tombolo.bgp.core.wire.AttributeEditor;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * What becomes of a received route before the decision: loop detection (RFC 4271 §9.1.2, RFC 4456 §8), the peer's import filters, default deny on eBGP
 * (RFC 8212 §3), GRACEFUL_SHUTDOWN (RFC 8326 §4: LOCAL_PREF 0 at the receiver). The first AS of an eBGP path was checked by the decoder.
 */
final class ImportPolicy {
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
        int result = set;
        if (filter != null) {
            result = filter.evaluate(family, hi, lo, length, set);
            if (result == CompiledFilter.REJECTED) {
                flags = PathTable.FILTERED;
                return 0;
            }
        } else if (peer.ibgp) {
            attributes.retain(set);
        } else {
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

    private boolean loops(Peer peer, int set) {
        if (set != checkedSet || peer != checkedPeer) {
            checkedSet = set;
            checkedPeer = peer;
            checkedLoop = hasLoop(peer, set);
        }
        return checkedLoop;
    }

    private boolean hasLoop(Peer peer, int set) {
        PeerSettings settings = peer.settings;
        SessionUp up = peer.up;
        int allowed = settings == null ? 0 : settings.allowOwnAs();
        if (attributes.countAs(set, peer.nodeAs) > allowed || peer.shownAs != peer.nodeAs && attributes.countAs(set, peer.shownAs) > allowed) {
            return true;
        }
        return peer.ibgp && up != null && attributes.originatorId(set) == up.localId().bits();
    }
}
