package tombolo.bgp.session.adapter;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.bgp.session.core.Cause;
import tombolo.bgp.session.core.FsmOutput;
import tombolo.bgp.session.core.NotificationCodec;
import tombolo.bgp.session.core.OperatorText;
import tombolo.bgp.session.core.PeerPlan;

/** How a peer's connections ended: the last ten, and the log lines about them. Event loop only. */
final class Ends {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");
    private static final int KEPT = 10;
    /** The same trouble again is said so often at most: a peer that is gone for a week must not fill the log. */
    private static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final ArrayDeque<PeerStatus.Reset> resets = new ArrayDeque<>();
    private String lastLogged = "";
    private long lastLoggedAt;
    private long repeated;

    /** Notes and logs an end; answers with the operator's line. */
    String add(FsmOutput.Ended ended, PeerPlan plan, OptionalLong retryMillis) {
        remember(new PeerStatus.Reset(System.currentTimeMillis(), ended.state(), ended.why(), ended.notification(), ended.sent()));
        String line = OperatorText.line(ended.cause(), plan, ended.why(), ended.sent() ? Optional.empty() : ended.notification(), retryMillis);
        log(ended, line);
        return line;
    }

    /** The end of a session is not forgotten for attempts that failed after it: of those, each trouble in a row is kept once. */
    private void remember(PeerStatus.Reset reset) {
        PeerStatus.Reset newest = resets.peekFirst();
        if (newest != null && reset.state() != PeerStatus.State.ESTABLISHED && newest.state() == reset.state() && newest.cause().equals(reset.cause())) {
            resets.removeFirst();
        }
        resets.addFirst(reset);
        if (resets.size() > KEPT) {
            Optional<PeerStatus.Reset> attempt = resets.reversed().stream().filter(old -> old.state() != PeerStatus.State.ESTABLISHED && old != reset).findFirst();
            attempt.ifPresentOrElse(resets::remove, resets::removeLast);
        }
    }

    /** All is well again: the next trouble is news. */
    void forget() {
        lastLogged = "";
    }

    /** Newest first. */
    List<PeerStatus.Reset> resets() {
        return List.copyOf(resets);
    }

    private void log(FsmOutput.Ended ended, String line) {
        boolean collision = ended.cause() == Cause.COLLISION || ended.state() != PeerStatus.State.ESTABLISHED
                && ended.notification().filter(n -> n.code() == Notification.CEASE && n.subcode() == NotificationCodec.COLLISION).isPresent();
        if (collision) {
            LOG.debug("{}", line); // both sides connected at once: nothing is wrong
            return;
        }
        String key = ended.cause() + ended.why();
        long now = System.nanoTime();
        if (key.equals(lastLogged) && now - lastLoggedAt < REPEAT_NANOS) {
            repeated++;
            return;
        }
        LOG.warn("{}{}", line, repeated > 0 ? " (" + repeated + " more like the one before)" : "");
        repeated = 0;
        lastLogged = key;
        lastLoggedAt = now;
    }
}
