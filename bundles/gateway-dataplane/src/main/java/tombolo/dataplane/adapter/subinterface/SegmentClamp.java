package tombolo.dataplane.adapter.subinterface;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.subinterface.Subinterface;
import tombolo.dataplane.core.subinterface.SegmentRules;

/** Keeps {@link SegmentRules} in force by whatever writer of nftables is there. One thread; a refusal is told from the writer's. */
final class SegmentClamp {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentClamp.class);

    private Optional<Nftables> writer = Optional.empty();
    private Optional<Change> said = Optional.empty();
    /** Set from the writer's thread: what was said is not in force. */
    private volatile boolean again;

    void came(Nftables service) {
        writer = Optional.of(service);
        said = Optional.empty();
    }

    void went(Nftables service) {
        writer = writer.filter(current -> current != service);
    }

    /** @param wanted of each owner */
    void say(Collection<List<Subinterface>> wanted) {
        Change change = SegmentRules.of(wanted.stream().flatMap(List::stream).toList());
        if (writer.isEmpty() || said.equals(Optional.of(change)) && !again) {
            return;
        }
        said = Optional.of(change);
        again = false;
        writer.get().change(Owner.SEGMENTS, change).thenAccept(outcome -> {
            if (outcome instanceof Nftables.Outcome.Refused(String reason, boolean later)) {
                again = later;
                LOG.warn("TMB-LNK-030 TCP's segments over circuits are not lowered: {}. {}", reason, later ? "Trying again" : "Report this with gateway:diag");
            }
        });
    }
}
