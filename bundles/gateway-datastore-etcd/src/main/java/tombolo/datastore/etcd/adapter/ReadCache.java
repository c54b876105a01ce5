package tombolo.datastore.etcd.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;

/**
 * What is answered while etcd is away: each prefix that somebody watches, as long as somebody does. It costs the memory of its keys and values (bounded as a
 * whole), one more watch for each such prefix, and a listing at each comparison.
 */
final class ReadCache {
    /** Prefixes; as many kinds as are watched, with room. */
    static final int MAX_PREFIXES = 128;

    private final Follower.Source source;
    private final long maxBytes;
    private final Duration relist;
    private final Duration grace;
    private final BiConsumer<KeyPrefix, Long> eventsLost;
    private final Map<KeyPrefix, Follower> followers = new ConcurrentHashMap<>();
    private final Map<KeyPrefix, Integer> watchers = new HashMap<>(); // guarded by this

    /** @param maxBytes 0: nothing is kept */
    ReadCache(Follower.Source source, long maxBytes, Duration relist, Duration grace, BiConsumer<KeyPrefix, Long> eventsLost) {
        this.source = source;
        this.maxBytes = maxBytes;
        this.relist = relist;
        this.grace = grace;
        this.eventsLost = eventsLost;
    }

    synchronized void watched(KeyPrefix prefix, long afterRevision) {
        watchers.merge(prefix, 1, Integer::sum);
        if (maxBytes > 0 && !followers.containsKey(prefix) && followers.size() < MAX_PREFIXES) {
            Follower follower = new Follower(prefix, source, relist, grace, () -> bytes() <= maxBytes, at -> eventsLost.accept(prefix, at));
            followers.put(prefix, follower);
            follower.hears(afterRevision);
            follower.start();
        } else {
            follower(prefix).ifPresent(known -> known.hears(afterRevision));
        }
    }

    /** What a watch on the prefix was told. */
    void told(KeyPrefix prefix, List<Change> changes, long revision) {
        follower(prefix).ifPresent(known -> known.told(changes, revision));
    }

    synchronized void unwatched(KeyPrefix prefix) {
        if (watchers.merge(prefix, -1, Integer::sum) <= 0) {
            watchers.remove(prefix);
            Follower follower = followers.remove(prefix);
            if (follower != null) {
                follower.close();
            }
        }
    }

    synchronized void close() {
        watchers.clear();
        followers.values().forEach(Follower::close);
        followers.clear();
    }

    /** A key that this node has written or deleted at that revision. */
    void wrote(Key key, long revision) {
        followers.values().stream().filter(follower -> key.startsWith(follower.prefix())).forEach(follower -> follower.wrote(revision));
    }

    /** What is known of a key. @param entry empty: that it does not exist */
    record Known(Optional<KeyValue> entry) { }

    /** Empty where nothing is known. */
    Optional<Known> get(Key key) {
        return holding(key::startsWith).map(follower -> new Known(follower.get(key)));
    }

    /** Empty where not all of it is known. */
    Optional<ListResult> list(ListRequest request) {
        return holding(prefix -> request.prefix().text().startsWith(prefix.text())).map(follower -> follower.list(request));
    }

    private Optional<Follower> holding(Predicate<KeyPrefix> covers) {
        Stream<Follower> able = followers.values().stream().filter(follower -> covers.test(follower.prefix())).filter(Follower::answers);
        return able.min(Comparator.comparingInt(follower -> -follower.prefix().text().length())); // the same one for each page of a listing
    }

    long bytes() {
        return followers.values().stream().mapToLong(Follower::bytes).sum();
    }

    /** Lines for the status. */
    List<String> state() {
        List<String> lines = new ArrayList<>();
        lines.add(maxBytes == 0 ? "no cache: etcd-cache-size is 0" : "cache of " + followers.size() + " prefixes, " + bytes() + " bytes, at most " + maxBytes);
        followers.values().stream().map(Follower::state).sorted().forEach(lines::add);
        return lines;
    }

    Optional<Follower> follower(KeyPrefix prefix) {
        return Optional.ofNullable(followers.get(prefix));
    }
}
