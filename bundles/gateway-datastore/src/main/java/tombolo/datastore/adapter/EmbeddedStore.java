package tombolo.datastore.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.datastore.core.FileHeader;
import tombolo.datastore.core.LogScan;
import tombolo.datastore.core.Records;
import tombolo.datastore.core.StoreState;

/**
 * The store of a directory through its life: opened, or refused and then repaired or restored. Whoever uses the datastore is told when there is one and when it
 * is about to go. One operation at a time.
 */
public final class EmbeddedStore implements DatastoreFiles, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
    /** By so much the revision jumps when a store goes back in time: more writes than can have been lost, so that no revision is ever given twice. */
    static final long REVISION_GAP = 1_000_000;
    /** By so much the sequence of frames jumps: above every frame of the files that are replaced. */
    private static final long SEQUENCE_GAP = 1L << 32;

    private final Volume volume;
    private final StoreLimits limits;
    private final Consumer<Datastore> opened;
    private final Runnable closing;
    private @Nullable EmbeddedDatastore open;
    private volatile Optional<DatastoreException> refusal = Optional.empty();

    EmbeddedStore(Volume volume, StoreLimits limits, Consumer<Datastore> opened, Runnable closing) {
        this.volume = volume;
        this.limits = limits;
        this.opened = opened;
        this.closing = closing;
    }

    /**
     * The store of that directory, which is made where it is not there. Not open yet.
     *
     * @param opened  told of the datastore each time it opens
     * @param closing told before it closes
     */
    public static EmbeddedStore of(Path directory, Consumer<Datastore> opened, Runnable closing) {
        try {
            return new EmbeddedStore(new DirectoryVolume(directory), StoreLimits.DEFAULT, opened, closing);
        } catch (IOException e) {
            throw Texts.unreadable(directory.toString(), e);
        }
    }

    /** Opens the store unless it is open; where it refuses, logs why (once for the same reason) and stays closed. */
    public synchronized void open() {
        Optional<String> before = refusal.map(Throwable::getMessage);
        try {
            openOrThrow();
        } catch (DatastoreException e) {
            if (!before.equals(Optional.ofNullable(e.getMessage()))) {
                LOG.error(e.getMessage());
            }
        }
    }

    /** Opens the store unless it is open. @throws DatastoreException CORRUPT, IN_USE or BROKEN, with what to do */
    public synchronized Datastore openOrThrow() {
        EmbeddedDatastore store = open;
        return store != null ? store : openNow();
    }

    /** Why the store is not open, after the last attempt; empty where it is, or was not tried. */
    public Optional<DatastoreException> refusal() {
        return refusal;
    }

    @Override
    public synchronized void close() {
        EmbeddedDatastore store = open;
        if (store != null) {
            closing.run();
            store.close();
            open = null;
        }
    }

    @Override
    public synchronized Report check() {
        List<String> findings = new ArrayList<>();
        EmbeddedDatastore store = open;
        try {
            StoreReader reader = new StoreReader(volume, limits);
            for (String checkpoint : reader.checkpoints()) {
                if (StoreReader.load(volume.read(checkpoint)) instanceof StoreReader.Loaded.Bad bad) {
                    findings.add("TMB-DST-040 " + checkpoint + ": " + bad.what());
                }
            }
            for (String log : reader.logs()) {
                checkLog(log, findings);
            }
            StoreReader.Outcome outcome = reader.read();
            long revision = switch (outcome) {
                case StoreReader.Outcome.Nothing _ -> 0;
                case StoreReader.Outcome.Read read -> read.store().state().revision();
                case StoreReader.Outcome.Damaged damaged -> {
                    findings.addFirst("TMB-DST-010 " + damaged.file() + ": " + damaged.what());
                    yield damaged.state().map(StoreState::revision).orElse(0L);
                }
            };
            return new Report(findings.isEmpty(), store == null ? revision : store.state().revision(), findings.stream().distinct().toList());
        } catch (IOException e) {
            throw Texts.unreadable(volume.name(), e);
        }
    }

    private void checkLog(String log, List<String> findings) throws IOException {
        ByteBuffer file = volume.read(log);
        FileHeader header = FileHeader.decode(file);
        if (header == null) {
            findings.add("TMB-DST-040 " + log + ": its first sector is not that of a log");
            return;
        }
        LogScan.Verdict verdict = LogScan.scan(file, header, header.sequence(), (_, records) -> Records.mutations(records));
        if (verdict.end() == LogScan.End.DAMAGED) {
            findings.add("TMB-DST-040 " + log + ": " + verdict.what());
        }
    }

    @Override
    public synchronized Report repair() {
        EmbeddedDatastore running = open;
        if (running != null) {
            return new Report(true, running.state().revision(), List.of("the store is open: nothing to repair"));
        }
        List<String> findings = new ArrayList<>();
        try (Closeable _ = volume.lock()) {
            StoreReader reader = new StoreReader(volume, limits);
            if (!(reader.read() instanceof StoreReader.Outcome.Damaged damaged)) {
                findings.add("nothing was wrong");
            } else {
                findings.add(damaged.file() + ": " + damaged.what());
                Optional<StoreState> best = best(reader);
                if (best.isEmpty()) {
                    return new Report(false, 0, List.of("TMB-DST-042 " + volume.name() + ": no checkpoint can be read and no log from the beginning: nothing was changed. Restore a backup"
                            + " (datastore:restore).", findings.getFirst()));
                }
                StoreState state = best.get();
                findings.add("went back to revision " + state.revision() + " with " + state.tree().size() + " keys; what was written after it is lost");
                findings.add("the damaged files are in " + install(reader, state, state.revision() + REVISION_GAP));
            }
        } catch (Volume.StoreInUseException e) {
            throw Texts.inUse(volume.name());
        } catch (IOException e) {
            throw Texts.unreadable(volume.name(), e);
        }
        EmbeddedDatastore store = openNow();
        findings.add("the store is open at revision " + store.state().revision());
        return new Report(true, store.state().revision(), findings);
    }

    /** Of all states that can be read, the newest. */
    private static Optional<StoreState> best(StoreReader reader) throws IOException {
        List<Optional<StoreState>> states = new ArrayList<>();
        for (String checkpoint : reader.checkpoints()) {
            states.add(stateOf(reader.readFrom(checkpoint)));
        }
        // without a checkpoint, an empty beginning is a guess that only records make good
        states.add(stateOf(reader.readFromTheFirstLog()).filter(state -> state.revision() > StoreState.EMPTY.revision()));
        return states.stream().flatMap(Optional::stream).max(java.util.Comparator.comparingLong(StoreState::revision));
    }

    private static Optional<StoreState> stateOf(StoreReader.Outcome outcome) {
        return switch (outcome) {
            case StoreReader.Outcome.Read read -> Optional.of(read.store().state());
            case StoreReader.Outcome.Damaged damaged -> damaged.state();
            case StoreReader.Outcome.Nothing _ -> Optional.empty();
        };
    }

    @Override
    public synchronized Report backup(Path file) {
        EmbeddedDatastore store = open;
        if (store == null) {
            throw Texts.closed(volume.name());
        }
        if (Files.exists(file)) {
            throw new IllegalArgumentException("TMB-DST-043 " + file + " exists: a backup goes into a new file");
        }
        StoreState state = store.state();
        try {
            Path absolute = file.toAbsolutePath();
            Path folder = absolute.getParent();
            Path name = absolute.getFileName();
            if (folder == null || name == null || !Files.isDirectory(folder)) {
                throw new IllegalArgumentException("TMB-DST-044 " + file + ": its folder does not exist");
            }
            Checkpoints.write(new DirectoryVolume(folder), name.toString(), new FileHeader(FileHeader.Kind.CHECKPOINT, limits.unit(), 0, 0, 0), state);
        } catch (IOException e) {
            throw new DatastoreException(Reason.BROKEN, Applied.NO, "TMB-DST-045 " + file + ": the backup was not written: " + e + ". The store is not touched.", e);
        }
        return new Report(true, state.revision(), List.of(state.tree().size() + " keys at revision " + state.revision() + " in " + file));
    }

    @Override
    public synchronized Report restore(Path file) {
        StoreState backup;
        try {
            switch (StoreReader.load(DirectoryVolume.map(file))) {
                case StoreReader.Loaded.Bad bad -> throw new DatastoreException(Reason.CORRUPT, Applied.NO, "TMB-DST-046 " + file + ": it is no whole backup: " + bad.what()
                        + ". The store is not touched; take another backup.");
                case StoreReader.Loaded.Good good -> backup = good.state();
            }
        } catch (IOException e) {
            throw new DatastoreException(Reason.BROKEN, Applied.NO, "TMB-DST-047 " + file + ": the backup cannot be read: " + e + ". The store is not touched.", e);
        }
        EmbeddedDatastore old = open;
        long reached = old == null ? check().revision() : old.state().revision();
        close();
        String aside;
        try (Closeable _ = volume.lock()) {
            aside = install(new StoreReader(volume, limits), backup, Math.max(reached, backup.revision()) + REVISION_GAP);
        } catch (Volume.StoreInUseException e) {
            throw Texts.inUse(volume.name());
        } catch (IOException e) {
            open();
            throw new DatastoreException(Reason.BROKEN, Applied.NO, "TMB-DST-048 " + volume.name() + ": the backup was not put in place: " + e + ". The store is as it was.", e);
        }
        EmbeddedDatastore store = openNow();
        return new Report(true, store.state().revision(), List.of(backup.tree().size() + " keys of revision " + backup.revision() + " restored; the store goes on at revision "
                + store.state().revision(), "the files that were replaced are in " + aside));
    }

    /** Makes the state the store's, at a later revision, then moves all older files aside. @return where they are */
    private String install(StoreReader reader, StoreState state, long revision) throws IOException {
        List<String> old = new ArrayList<>(reader.logs());
        old.addAll(reader.checkpoints());
        long sequence = 0;
        for (String name : old) {
            sequence = Math.max(sequence, Long.parseUnsignedLong(name.substring(name.indexOf('-') + 1), 16));
        }
        StoreFiles.create(volume, limits, sequence + SEQUENCE_GAP, new StoreState(revision, state.tree(), state.leases(), state.nextLease() + REVISION_GAP));
        String aside = volume.setAside("replaced-at-" + "%016x".formatted(revision), old);
        volume.syncDirectory();
        return aside;
    }

    private EmbeddedDatastore openNow() {
        try {
            EmbeddedDatastore store = EmbeddedDatastore.open(volume, limits, System::nanoTime);
            open = store;
            refusal = Optional.empty();
            opened.accept(store);
            return store;
        } catch (DatastoreException e) {
            refusal = Optional.of(e);
            throw e;
        }
    }
}
