package tombolo.resources.adapter;

import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreLock;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.ipam.Ipam;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Resources;
import tombolo.resources.core.Decoder;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Kinds;
import tombolo.resources.core.KubernetesKinds;
import tombolo.runtime.json.JsonText;

/** The resources in a datastore. Any thread but a Loop's: every call may block. */
public final class StoredResources implements Resources {
    /** Tries of a write whose resource changes in between. Each failure is somebody else's success. */
    private static final int MAX_TRIES = 10;
    /** New pools in one transaction of a split: each is a condition and a step, beside those of the old pool and the guard. */
    private static final int PARTS_AT_ONCE = 100;
    /** Of which others may forbid the end, or have to be emptied before. */
    private static final Set<String> RULED = Set.of("IPPool", "Tier");
    /** The resource that is the lock. */
    private static final String LOCK_KIND = "ClusterInformation";
    /** Well within what a transaction may have; what is beyond it has one of its own. */
    private static final long MOST_BYTES_AT_ONCE = Transaction.MAX_BYTES / 2;
    /** In place of the lock where a write does not ask for it. */
    private static final DatastoreLock OPEN = new DatastoreLock(true, Optional.empty(), -1);

    private final Supplier<Optional<Datastore>> datastores;
    private final InstantSource time;
    private final Supplier<UUID> uids;
    private final PoolRules pools;
    private final Subscriptions subscriptions;

    /**
     * @param datastores what there is at this moment
     * @param ipam       gives blocks back when a pool is deleted
     * @param forbidden  what pools must keep out of
     */
    public StoredResources(Supplier<Optional<Datastore>> datastores, Supplier<Optional<Ipam>> ipam, Supplier<List<ForbiddenSpace>> forbidden, InstantSource time,
                           Supplier<UUID> uids) {
        this.datastores = datastores;
        this.time = time;
        this.uids = uids;
        this.pools = new PoolRules(ipam, forbidden);
        this.subscriptions = new Subscriptions(datastores);
    }

    /** Ends all subscriptions. */
    public void close() {
        subscriptions.close();
    }

    /** Another store is there, or none any more. */
    public void datastoreChanged() {
        subscriptions.datastoreChanged();
    }

    Datastore store() {
        return datastores.get().orElseThrow(() -> new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.NO,
                "TMB-DST-090 no datastore is running: neither gateway-datastore nor gateway-datastore-etcd offers one. See etc/tombolo.datastore.cfg and gateway:status."));
    }

    // ---------------------------------------------------------------- reading

    @Override
    public Optional<Resource> get(ResourceId id) {
        Kind kind = kindOf(id.kind());
        if (kind.home() == Kind.Home.IPAM) {
            return list(id.kind(), Optional.empty()).stream().filter(each -> each.id().name().equals(id.name())).findFirst();
        }
        return find(kind, id).map(entry -> Stored.read(kind, entry).resource());
    }

    private Optional<KeyValue> find(Kind kind, ResourceId id) {
        return kind.key(id.namespace(), id.name()).flatMap(key -> store().get(Key.of(key)));
    }

    private static Kind kindOf(String name) {
        return Kinds.named(name).orElseGet(() -> Kinds.unknown(name));
    }

    @Override
    public List<Resource> list(String name, Optional<String> namespace) {
        Kind kind = kindOf(name);
        String prefix = kind.prefix() + (kind.namespaced() ? namespace.map(each -> each + "/").orElse("") : "");
        List<Resource> resources = new ArrayList<>();
        List<KeyValue> entries = new ArrayList<>(store().list(KeyPrefix.of(prefix)).entries());
        if (name.equals("BlockAffinity")) {
            entries.addAll(store().list(KeyPrefix.of(IpamTrees.VIRTUAL_PREFIX)).entries());
        }
        for (KeyValue entry : entries) {
            if (kind.home() != Kind.Home.IPAM || isOf(kind, entry.key().text())) {
                resources.add(Stored.read(kind, entry).resource());
            }
        }
        resources.sort((one, other) -> one.id().compareTo(other.id()));
        return resources;
    }

    private static boolean isOf(Kind kind, String key) {
        return kind.name().equals("IPAMHandle") || key.contains("/block/");
    }

    // ---------------------------------------------------------------- writing

    /** The lock, and what it does to a write. The resource that is the lock can be written: how else would it be opened. */
    private DatastoreLock lock(Kind kind) {
        return kind.name().equals(LOCK_KIND) ? OPEN : DatastoreLock.read(store(), JsonText::parse);
    }

    private static Optional<Compare> stillOpen(DatastoreLock lock) {
        return lock.equals(OPEN) ? Optional.empty() : Optional.of(lock.unchanged());
    }

    /** @throws DatastoreException where the store is locked: nothing is wrong with what was to be written, and it may be written later */
    private static void checkOpen(DatastoreLock lock, Object what) {
        if (!lock.ready()) {
            throw DatastoreLock.locked(what + " is not written");
        }
    }

    @Override
    public Optional<Resource> preview(Json.Obj document) {
        return Decoder.decode(document, 0) instanceof Decoder.Decoded.Good good ? Optional.of(good.resource()) : Optional.empty();
    }

    @Override
    public WriteOutcome write(Verb verb, Json.Obj document) {
        return write(verb, document, false);
    }

    /** @param dryRun checks everything and writes nothing; {@code changed} then says whether it would have */
    WriteOutcome write(Verb verb, Json.Obj given, boolean dryRun) {
        Json.Obj document = KubernetesKinds.known(given.text("apiVersion").orElse(""), given.text("kind").orElse("")) ? KubernetesKinds.convert(given).document() : given;
        if (Kinds.named(document.text("kind").orElse("")).isEmpty() && document.text("apiVersion").filter(Kinds.API::equals).isPresent()) {
            Optional<WriteOutcome> kept = writeUnknown(verb, document, dryRun);
            if (kept.isPresent()) {
                return kept.get();
            }
        }
        return switch (Decoder.decode(document, 0)) {
            case Decoder.Decoded.Bad bad -> new WriteOutcome.Refused(bad.problems());
            case Decoder.Decoded.Good good -> write(verb, good.resource(), dryRun);
        };
    }

    private WriteOutcome write(Verb verb, Resource wanted, boolean dryRun) {
        Kind kind = kindOf(wanted.id().kind());
        if (kind.home() == Kind.Home.IPAM) {
            return refused("TMB-RES-015", "kind", kind.name() + " is kept by IPAM alone: see ipam:show and ipam:release");
        }
        for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
            DatastoreLock lock = lock(kind);
            switch (prepare(verb, kind, wanted, find(kind, wanted.id()))) {
                case Prepared.Settled(WriteOutcome end) -> {
                    return end;
                }
                case Prepared.Ready ready -> {
                    if (dryRun) {
                        return done(kind, ready.key(), ready.tree(), ready.before(), true);
                    }
                    checkOpen(lock, wanted.id());
                    TransactionResult result = commit(List.of(ready), stillOpen(lock));
                    if (result.succeeded()) {
                        return ready.done(result.revision());
                    }
                }
            }
        }
        return refused("TMB-RES-014", "", wanted.id() + " was changed by others " + MAX_TRIES + " times while this was written; try again");
    }

    /** One write, up to the transaction. */
    private sealed interface Prepared {
        /** @param revision of the transaction; empty: it did not come about. Empty: the write is still to be done */
        Optional<WriteOutcome> outcome(OptionalLong revision);

        /** Nothing is to be written. */
        record Settled(WriteOutcome end) implements Prepared {
            @Override
            public Optional<WriteOutcome> outcome(OptionalLong revision) {
                return Optional.of(end);
            }
        }

        /** @param before the revision that is to be overwritten; 0: none */
        record Ready(Kind kind, Resource wanted, Key key, Json.Obj tree, Bytes value, long before, PoolRules.Checked checked) implements Prepared {
            @Override
            public Optional<WriteOutcome> outcome(OptionalLong revision) {
                return revision.isPresent() ? Optional.of(done(revision.getAsLong())) : Optional.empty();
            }

            private WriteOutcome done(long revision) {
                return before == 0 && kind.home() == Kind.Home.RESOURCES ? created(kind, wanted, tree, revision) : StoredResources.done(kind, key, tree, revision, true);
            }
        }
    }

    private Prepared prepare(Verb verb, Kind kind, Resource wanted, Optional<KeyValue> there) {
        Optional<Resource> stored = there.map(entry -> Stored.read(kind, entry).resource());
        Optional<WriteOutcome> refusal = refusal(verb, wanted, stored, Stored.text(wanted.tree(), "metadata", "resourceVersion"));
        if (refusal.isPresent()) {
            return new Prepared.Settled(refusal.get());
        }
        Json.Obj tree = stored.isPresent() ? Merged.update(verb, stored.get().tree(), wanted.tree()) : created(wanted.tree());
        Bytes value = Stored.value(kind, tree);
        if (value.size() > Operation.MAX_VALUE_BYTES) {
            return new Prepared.Settled(refused("TMB-RES-017", "", wanted.id() + " has " + value.size() + " bytes as JSON; the most is " + Operation.MAX_VALUE_BYTES));
        }
        if (there.isPresent() && value.equals(there.get().value())) {
            return new Prepared.Settled(done(kind, there.get().key(), tree, there.get().modRevision(), false));
        }
        PoolRules.Checked checked = pools.check(store(), wanted, stored);
        if (!checked.problems().isEmpty()) {
            return new Prepared.Settled(new WriteOutcome.Refused(checked.problems()));
        }
        return new Prepared.Ready(kind, wanted, Key.of(kind.key(wanted.id().namespace(), wanted.id().name()).orElseThrow()), tree, value,
                there.map(KeyValue::modRevision).orElse(0L), checked);
    }

    private TransactionResult commit(List<Prepared.Ready> writes, Optional<Compare> open) {
        List<Compare> conditions = new ArrayList<>();
        List<Operation> steps = new ArrayList<>();
        open.ifPresent(conditions::add);
        for (Prepared.Ready each : writes) {
            conditions.addAll(each.checked().conditions());
            conditions.add(Compare.unchanged(each.key(), each.before()));
            steps.addAll(each.checked().steps());
            steps.add(new Operation.Put(each.key(), each.value()));
        }
        return store().commit(new Transaction(conditions, steps, List.of()));
    }

    /**
     * At first as if nothing were there yet, which asks the store nothing before the transaction that finds it out; then over what is there. Those of kinds with rules of
     * their own, a second one of the same resource, and all of them where somebody is in between, go one by one, behind the others and in their order.
     */
    @Override
    public List<WriteOutcome> writeAll(Verb verb, List<Json.Obj> documents) {
        if (documents.size() > MOST_AT_ONCE) {
            throw new IllegalArgumentException(documents.size() + " documents at once; the most is " + MOST_AT_ONCE);
        }
        Set<ResourceId> seen = new HashSet<>();
        List<Optional<Resource>> plain = documents.stream().map(document -> plain(document).filter(wanted -> seen.add(wanted.id()))).toList();
        List<Optional<Prepared>> prepared = plain.stream().map(_ -> Optional.<Prepared>empty()).toList();
        OptionalLong revision = OptionalLong.empty();
        if (!seen.isEmpty()) {
            DatastoreLock lock = lock(kindOf(seen.iterator().next().kind()));
            for (boolean blind : verb == Verb.REPLACE ? new boolean[] {false} : new boolean[] {true, false}) {
                prepared = prepareAll(verb, plain, blind);
                List<Prepared.Ready> together = prepared.stream().flatMap(Optional::stream).filter(Prepared.Ready.class::isInstance).map(Prepared.Ready.class::cast).toList();
                if (together.isEmpty()) {
                    break;
                }
                checkOpen(lock, together.getFirst().wanted().id());
                TransactionResult result = commit(together, stillOpen(lock));
                if (result.succeeded()) {
                    revision = OptionalLong.of(result.revision());
                    break;
                }
            }
        }
        List<WriteOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            Optional<WriteOutcome> outcome = prepared.get(i).isEmpty() ? Optional.empty() : prepared.get(i).get().outcome(revision);
            outcomes.add(outcome.isPresent() ? outcome.get() : alone(verb, documents.get(i), revision.isPresent() || i > 0));
        }
        return outcomes;
    }

    /** @param blind whether nothing is taken to be there, unread. Empty is what goes alone */
    private List<Optional<Prepared>> prepareAll(Verb verb, List<Optional<Resource>> wanted, boolean blind) {
        List<Optional<Prepared>> all = new ArrayList<>();
        long bytes = 0;
        for (Optional<Resource> each : wanted) {
            if (each.isEmpty()) {
                all.add(Optional.empty());
                continue;
            }
            Kind kind = kindOf(each.get().id().kind());
            Prepared prepared = prepare(verb, kind, each.get(), blind ? Optional.empty() : find(kind, each.get().id()));
            bytes += prepared instanceof Prepared.Ready ready ? ready.key().text().length() + ready.value().size() : 0;
            all.add(bytes <= MOST_BYTES_AT_ONCE ? Optional.of(prepared) : Optional.empty());
        }
        return all;
    }

    /** @param behind whether others of the same call may be written already */
    private WriteOutcome alone(Verb verb, Json.Obj document, boolean behind) {
        try {
            return write(verb, document);
        } catch (DatastoreException e) {
            throw behind ? new DatastoreException(e.reason(), DatastoreException.Applied.UNKNOWN, String.valueOf(e.getMessage()), e) : e;
        }
    }

    /** What nothing but its own key decides about; empty also where it would be refused. */
    private static Optional<Resource> plain(Json.Obj document) {
        String name = document.text("kind").orElse("");
        boolean ruled = RULED.contains(name) || name.equals(LOCK_KIND) || KubernetesKinds.known(document.text("apiVersion").orElse(""), name);
        return !ruled && Kinds.named(name).filter(kind -> kind.home() == Kind.Home.RESOURCES).isPresent() && Decoder.decode(document, 0) instanceof Decoder.Decoded.Good good
                ? Optional.of(good.resource()) : Optional.empty();
    }

    private static Optional<WriteOutcome> refusal(Verb verb, Resource wanted, Optional<Resource> stored, Optional<String> version) {
        ResourceId id = wanted.id();
        if (verb == Verb.CREATE && version.isPresent()) {
            return Optional.of(refused("TMB-RES-006", "metadata.resourceVersion", "metadata.resourceVersion is '" + version.get() + "': must be left out where a resource is created"));
        }
        if (verb == Verb.CREATE && stored.isPresent()) {
            return Optional.of(refused(EXISTS, "", "resource already exists: " + id));
        }
        if (verb == Verb.REPLACE && stored.isEmpty()) {
            return Optional.of(refused(ABSENT, "", "resource does not exist: " + id));
        }
        if (stored.isPresent() && version.isPresent() && !version.get().equals(Long.toString(stored.get().revision()))) {
            return Optional.of(refused("TMB-RES-014", "metadata.resourceVersion", "update conflict: " + id + ": resource version '" + version.get() + "' is out of date (latest: "
                    + stored.get().revision() + "). Read it again, and make the change there"));
        }
        return Optional.empty();
    }

    static final String EXISTS = "TMB-RES-012";
    static final String ABSENT = "TMB-RES-013";

    static WriteOutcome.Refused refused(String code, String field, String text) {
        return new WriteOutcome.Refused(List.of(new Problem(field, code + " " + text + ".")));
    }

    /** As {@link #done}, of a document that was read just now: its metadata alone has changed since. */
    private static WriteOutcome.Done created(Kind kind, Resource wanted, Json.Obj tree, long revision) {
        return new WriteOutcome.Done(new Resource(wanted.id(), wanted.labels(), wanted.spec(), Stored.withVersion(kind, tree, revision), revision), true);
    }

    private static WriteOutcome.Done done(Kind kind, Key key, Json.Obj tree, long revision, boolean changed) {
        KeyValue entry = new KeyValue(key, Stored.value(kind, tree), Math.max(1, revision), Math.max(1, revision), 1, OptionalLong.empty());
        Resource resource = Stored.read(kind, entry).resource();
        return new WriteOutcome.Done(new Resource(resource.id(), resource.labels(), resource.spec(), resource.tree(), revision), changed);
    }

    /** Only what calicoctl lets through is taken from the document; the rest is ours to say. */
    private Json.Obj created(Json.Obj tree) {
        Json.Obj metadata = Merged.ownMetadata(tree);
        metadata = metadata.with("uid", uids.get().toString()).with("creationTimestamp", time.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        return tree.with("metadata", metadata);
    }

    /** A kind that nobody here knows is written only over what is stored, and as it is. */
    private Optional<WriteOutcome> writeUnknown(Verb verb, Json.Obj document, boolean dryRun) {
        Kind kind = kindOf(document.text("kind").orElse(""));
        Optional<String> name = Stored.text(document, "metadata", "name");
        if (verb == Verb.CREATE || name.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> namespace = Stored.text(document, "metadata", "namespace");
        Key key = Key.of(kind.prefix() + namespace.map(each -> each + "/").orElse("") + name.get());
        Optional<KeyValue> there = store().get(key);
        if (there.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> version = Stored.text(document, "metadata", "resourceVersion");
        if (version.isPresent() && !version.get().equals(Long.toString(there.get().modRevision()))) {
            return Optional.of(refused("TMB-RES-014", "metadata.resourceVersion", "update conflict: " + Decoder.title(document) + ": resource version '" + version.get()
                    + "' is out of date (latest: " + there.get().modRevision() + ")"));
        }
        Bytes value = Stored.value(kind, document);
        boolean changed = !value.equals(there.get().value());
        long revision = there.get().modRevision();
        if (changed && !dryRun) {
            DatastoreLock lock = lock(kind);
            checkOpen(lock, Decoder.title(document));
            TransactionResult result = store().commit(new Transaction(List.of(Compare.unchanged(key, revision), lock.unchanged()), List.of(new Operation.Put(key, value)), List.of()));
            if (!result.succeeded()) {
                return Optional.of(refused("TMB-RES-014", "", Decoder.title(document) + " was changed meanwhile; read it again"));
            }
            revision = result.revision();
        }
        Resource resource = new Resource(new ResourceId(kind.name(), namespace, name.get()), Map.of(), new ResourceSpec.Unknown(), document, revision);
        return Optional.of(new WriteOutcome.Done(resource, changed));
    }

    // ---------------------------------------------------------------- deleting

    @Override
    public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
        return delete(id, revision, false);
    }

    WriteOutcome delete(ResourceId id, Optional<Long> revision, boolean dryRun) {
        Kind kind = kindOf(id.kind());
        if (kind.home() == Kind.Home.IPAM) {
            return refused("TMB-RES-015", "kind", kind.name() + " is kept by IPAM alone: see ipam:show and ipam:release");
        }
        Optional<Problem> kept = TierRules.kept(this, id);
        if (kept.isPresent()) {
            return new WriteOutcome.Refused(List.of(kept.get()));
        }
        for (int attempt = 0; attempt < MAX_TRIES; attempt++) {
            Optional<KeyValue> there = find(kind, id);
            if (there.isEmpty()) {
                return refused(ABSENT, "", "resource does not exist: " + id);
            }
            Resource stored = Stored.read(kind, there.get()).resource();
            if (revision.isPresent() && revision.get() != stored.revision()) {
                return refused("TMB-RES-014", "metadata.resourceVersion", "update conflict: " + id + ": resource version '" + revision.get() + "' is out of date (latest: " + stored.revision() + ")");
            }
            if (dryRun) {
                return new WriteOutcome.Done(stored, true);
            }
            DatastoreLock lock = lock(kind);
            checkOpen(lock, id);
            PoolRules.Emptied emptied = pools.empty(store(), kind, there.get(), stored);
            switch (emptied) {
                case PoolRules.Emptied.Refused refused -> {
                    return new WriteOutcome.Refused(List.of(refused.problem()));
                }
                case PoolRules.Emptied.Retry _ -> { }
                case PoolRules.Emptied.Ready(long now) -> {
                    List<Compare> conditions = new ArrayList<>(List.of(Compare.unchanged(there.get().key(), now)));
                    stillOpen(lock).ifPresent(conditions::add);
                    Transaction deletion = new Transaction(conditions, List.of(new Operation.Delete(there.get().key())), List.of());
                    if (store().commit(deletion).succeeded()) {
                        return new WriteOutcome.Done(stored, true);
                    }
                }
            }
        }
        return refused("TMB-RES-014", "", id + " was changed by others " + MAX_TRIES + " times while it was deleted; try again");
    }

    @Override
    public boolean withdraw(ResourceId id, long revision) {
        Kind kind = kindOf(id.kind());
        Optional<String> key = RULED.contains(kind.name()) || kind.home() != Kind.Home.RESOURCES ? Optional.empty() : kind.key(id.namespace(), id.name());
        if (key.isEmpty()) {
            return false;
        }
        DatastoreLock lock = lock(kind);
        checkOpen(lock, id);
        List<Compare> conditions = new ArrayList<>(List.of(Compare.unchanged(Key.of(key.get()), revision)));
        stillOpen(lock).ifPresent(conditions::add);
        return store().commit(new Transaction(conditions, List.of(new Operation.Delete(Key.of(key.get()))), List.of())).succeeded();
    }

    /** The one write that is for a locked store: nothing may be allocated from the pool meanwhile. */
    @Override
    public WriteOutcome split(ResourceId pool, long revision, List<Json.Obj> parts) {
        Kind kind = kindOf("IPPool");
        Optional<KeyValue> there = pool.kind().equals(kind.name()) ? find(kind, pool) : Optional.empty();
        if (there.isEmpty() || there.get().modRevision() != revision) {
            return refused(there.isEmpty() ? ABSENT : "TMB-RES-014", "", there.isEmpty() ? "resource does not exist: " + pool : "update conflict: " + pool + " has changed; read it again");
        }
        List<Resource> wanted = new ArrayList<>();
        for (Json.Obj part : parts) {
            switch (Decoder.decode(part, 0)) {
                case Decoder.Decoded.Bad bad -> {
                    return new WriteOutcome.Refused(bad.problems());
                }
                case Decoder.Decoded.Good good -> wanted.add(good.resource());
            }
        }
        Optional<Problem> wrong = PoolRules.split(Stored.read(kind, there.get()).resource(), wanted);
        return wrong.isPresent() ? new WriteOutcome.Refused(List.of(wrong.get())) : split(kind, there.get(), wanted);
    }

    private WriteOutcome split(Kind kind, KeyValue old, List<Resource> wanted) {
        WriteOutcome outcome = refused("TMB-RES-006", "", "a pool is split into at least one part");
        for (int from = 0; from < wanted.size(); from += PARTS_AT_ONCE) {
            List<Compare> conditions = new ArrayList<>();
            List<Operation> steps = new ArrayList<>();
            if (from == 0) {
                long guard = store().get(PoolRules.GUARD).map(KeyValue::modRevision).orElse(0L);
                conditions.addAll(List.of(Compare.unchanged(old.key(), old.modRevision()), Compare.unchanged(PoolRules.GUARD, guard)));
                steps.addAll(List.of(new Operation.Delete(old.key()), new Operation.Put(PoolRules.GUARD, Bytes.utf8(old.key().text()))));
            }
            Key last = old.key();
            Json.Obj tree = Json.Obj.EMPTY;
            for (Resource part : wanted.subList(from, Math.min(wanted.size(), from + PARTS_AT_ONCE))) {
                last = Key.of(kind.key(Optional.empty(), part.id().name()).orElseThrow());
                tree = created(part.tree());
                conditions.add(Compare.absent(last));
                steps.add(new Operation.Put(last, Stored.value(kind, tree)));
            }
            TransactionResult result = store().commit(new Transaction(conditions, steps, List.of()));
            if (!result.succeeded()) {
                return refused("TMB-RES-014", "", from == 0 ? "nothing was split: a pool changed, or one of the new names is taken; look with get ippool and try again"
                        : "the pool is split into its first " + from + " parts of " + wanted.size() + "; a name of the others is taken. Create those from " + wanted.get(from).id() + " on by hand");
            }
            outcome = done(kind, last, tree, result.revision(), true);
        }
        return outcome;
    }

    // ---------------------------------------------------------------- watching

    @Override
    public Subscription subscribe(Set<String> kinds, ResourceListener listener) {
        return subscriptions.subscribe(kinds.stream().map(StoredResources::kindOf).toList(), listener);
    }
}
