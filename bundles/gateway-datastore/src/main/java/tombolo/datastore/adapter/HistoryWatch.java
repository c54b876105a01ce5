package tombolo.datastore.adapter;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.ChangeBatch;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;
import tombolo.datastore.core.History;

/** A watch: a revision that follows the history on a virtual thread. What it has not read yet is kept by the history alone, so a slow listener holds nothing up. */
final class HistoryWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(HistoryWatch.class);
    /** How far one step goes at most: it bounds the work under the history's lock to some hundred microseconds. */
    private static final int STEP = 1000;

    private final WatchRequest request;
    private final WatchListener listener;
    private final Published published;
    private final Duration bookmark;
    private final Runnable whenOver;
    private final Thread thread;
    private volatile boolean closed;

    HistoryWatch(WatchRequest request, WatchListener listener, Published published, Duration bookmark, Runnable whenOver) {
        this.request = request;
        this.listener = listener;
        this.published = published;
        this.bookmark = bookmark;
        this.whenOver = whenOver;
        this.thread = Thread.ofVirtual().name("tombolo-watch " + request.prefix()).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        published.wake(); // no interrupt: the listener may be in the middle of work of its own
    }

    private void run() {
        try {
            follow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the listener's own doing: it ends its watch
            end(new WatchEnd.Failed("TMB-DST-030 the listener of the watch on " + request.prefix() + " interrupted its thread"));
        } catch (RuntimeException | Error e) {
            LOG.error("TMB-DST-030 the listener of the watch on {} failed; its watch is over", request.prefix(), e);
            end(new WatchEnd.Failed("TMB-DST-030 the listener of the watch on " + request.prefix() + " failed: " + e));
        } finally {
            whenOver.run();
        }
    }

    private void follow() throws InterruptedException {
        long cursor = request.afterRevision();
        long told = cursor;
        long tellAt = System.nanoTime() + bookmark.toNanos();
        while (!closed) {
            History.Answer answer = published.after(cursor, request.prefix(), STEP, bookmark, () -> closed);
            if (closed) {
                return;
            }
            if (published.isClosed()) {
                end(new WatchEnd.Closed());
                return;
            }
            switch (answer) {
                case History.Answer.Compacted compacted -> {
                    end(new WatchEnd.Compacted(compacted.oldest()));
                    return;
                }
                case History.Answer.Changes changes -> {
                    cursor = changes.revision();
                    boolean due = System.nanoTime() - tellAt >= 0;
                    if (!changes.changes().isEmpty()) {
                        listener.changed(new ChangeBatch(cursor, changes.changes()));
                        told = cursor;
                    } else if (cursor > told && due) {
                        listener.bookmark(cursor);
                        told = cursor;
                    }
                    if (due) {
                        tellAt = System.nanoTime() + bookmark.toNanos();
                    }
                }
            }
        }
    }

    private void end(WatchEnd how) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            listener.ended(how);
        } catch (RuntimeException | Error e) {
            LOG.error("TMB-DST-031 the listener of the watch on {} failed when told of its end {}", request.prefix(), how, e);
        }
    }
}
