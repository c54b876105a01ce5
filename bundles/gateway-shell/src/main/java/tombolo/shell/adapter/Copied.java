package tombolo.shell.adapter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.shell.core.Failure;

/** A key and its value, as a copy carries them: revisions are each store's own. @param leased it ends with a lease: its owner writes it anew, nobody copies it */
record Copied(Key key, Bytes value, boolean leased) {
    /** The entries below some prefixes, sorted, each prefix at one revision, page by page. */
    static Iterator<Copied> of(Datastore store, Iterable<KeyPrefix> prefixes) {
        return new Pages(store, prefixes.iterator());
    }

    private static final class Pages implements Iterator<Copied> {
        private final Datastore store;
        private final Iterator<KeyPrefix> prefixes;
        private final Deque<Copied> ready = new ArrayDeque<>();
        private Optional<ListRequest> next = Optional.empty();

        Pages(Datastore store, Iterator<KeyPrefix> prefixes) {
            this.store = store;
            this.prefixes = prefixes;
        }

        @Override
        public boolean hasNext() {
            while (ready.isEmpty() && (next.isPresent() || prefixes.hasNext())) {
                ListRequest request = next.orElseGet(() -> ListRequest.of(prefixes.next()));
                switch (store.list(request)) {
                    case ListResult.Page page -> {
                        page.entries().forEach(entry -> ready.add(copied(entry)));
                        next = page.next();
                    }
                    case ListResult.Compacted _ -> throw new Failure("TMB-DST-066 " + request.prefix() + ": the store forgot the revision that was being read: it is compacted faster than it is "
                            + "read. Try again; what was copied stays and is not copied twice.");
                }
            }
            return !ready.isEmpty();
        }

        private static Copied copied(KeyValue entry) {
            return new Copied(entry.key(), entry.value(), entry.lease().isPresent());
        }

        @Override
        public Copied next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return ready.remove();
        }
    }
}
