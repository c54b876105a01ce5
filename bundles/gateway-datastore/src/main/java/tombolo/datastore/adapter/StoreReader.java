package tombolo.datastore.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.datastore.KeyValue;
import tombolo.datastore.core.FileHeader;
import tombolo.datastore.core.History;
import tombolo.datastore.core.LogScan;
import tombolo.datastore.core.Mutation;
import tombolo.datastore.core.Records;
import tombolo.datastore.core.Records.Part;
import tombolo.datastore.core.StoreState;
import tombolo.datastore.core.Tree;

/**
 * Reads a store's files: the newest checkpoint, then the logs after it, in order. Changes nothing.
 *
 * <pre>
 * checkpoint-S ─► log-(S+1) … ends with a roll to N ─► log-N … ends CLEAN or UNFINISHED: the store goes on there
 *                                                      log-M without a frame, where M is the next sequence: a roll that was not finished; removed
 * </pre>
 */
final class StoreReader {
    static final String LOG = "log-";
    static final String CHECKPOINT = "checkpoint-";

    /** A store that was read. */
    record Recovered(StoreState state, History history, FileHeader logHeader, String log, long position, long nextSequence, boolean unfinished, List<String> unused) { }

    /** Where reading ended, and what there was up to then. */
    sealed interface Outcome {
        /** No store was ever made here. @param unused what a creation that was not finished left */
        record Nothing(List<String> unused) implements Outcome { }

        record Read(Recovered store) implements Outcome { }

        /** @param state as far as it could be read; empty: not even a checkpoint */
        record Damaged(String file, String what, Optional<StoreState> state) implements Outcome { }
    }

    private final Volume volume;
    private final StoreLimits limits;

    StoreReader(Volume volume, StoreLimits limits) {
        this.volume = volume;
        this.limits = limits;
    }

    static String log(long sequence) {
        return LOG + "%016x".formatted(sequence);
    }

    static String checkpoint(long sequence) {
        return CHECKPOINT + "%016x".formatted(sequence);
    }

    static boolean isStoreFile(String name) {
        return name.matches("(log|checkpoint)-[0-9a-f]{16}(\\.part)?");
    }

    /** The checkpoints, newest first. */
    List<String> checkpoints() throws IOException {
        return volume.files().stream().filter(name -> name.matches("checkpoint-[0-9a-f]{16}")).sorted(java.util.Comparator.reverseOrder()).toList();
    }

    List<String> logs() throws IOException {
        return volume.files().stream().filter(name -> name.matches("log-[0-9a-f]{16}")).toList();
    }

    /** From the newest checkpoint. */
    Outcome read() throws IOException {
        List<String> checkpoints = checkpoints();
        if (checkpoints.isEmpty()) {
            for (String log : logs()) {
                ByteBuffer file = volume.read(log);
                FileHeader header = FileHeader.decode(file);
                boolean[] frames = new boolean[1];
                if (header != null && (LogScan.scan(file, header, header.sequence(), (_, _) -> frames[0] = true).end() != LogScan.End.CLEAN || frames[0]) || !logs().equals(List.of(log(1)))) {
                    return new Outcome.Damaged(log, "it has records, and there is no checkpoint to begin from: a file is missing", Optional.empty());
                }
            }
            return new Outcome.Nothing(logs());
        }
        return readFrom(checkpoints.getFirst());
    }

    /** A checkpoint's content, or what is wrong with it. */
    sealed interface Loaded {
        record Good(FileHeader header, StoreState state) implements Loaded { }

        record Bad(String what) implements Loaded { }
    }

    static Loaded load(ByteBuffer file) {
        FileHeader header = FileHeader.decode(file);
        if (header == null || header.kind() != FileHeader.Kind.CHECKPOINT) {
            return new Loaded.Bad("its first sector is not that of a checkpoint");
        }
        List<KeyValue> entries = new ArrayList<>();
        Part.State[] state = new Part.State[1];
        long[] end = {-1};
        LogScan.Verdict verdict = LogScan.scan(file, header, 1, (_, records) -> {
            for (Part part : Records.parts(records)) {
                switch (part) {
                    case Part.State first -> state[0] = first;
                    case Part.Entry entry -> entries.add(entry.entry());
                    case Part.End last -> end[0] = last.entries();
                }
            }
        });
        if (verdict.end() != LogScan.End.CLEAN) {
            return new Loaded.Bad(verdict.what());
        }
        if (state[0] == null || end[0] != entries.size() || verdict.position() != file.limit()) {
            return new Loaded.Bad("it ends at byte " + verdict.position() + " with " + entries.size() + " entries: it has been cut or added to");
        }
        try {
            Map<Long, Duration> leases = new HashMap<>();
            state[0].leases().forEach(lease -> leases.put(lease.id(), lease.timeToLive()));
            return new Loaded.Good(header, new StoreState(state[0].revision(), Tree.of(entries), leases, state[0].nextLease()));
        } catch (IllegalArgumentException e) {
            return new Loaded.Bad(String.valueOf(e.getMessage()));
        }
    }

    /** From the named checkpoint on through all logs after it. */
    Outcome readFrom(String checkpoint) throws IOException {
        return switch (load(volume.read(checkpoint))) {
            case Loaded.Bad bad -> new Outcome.Damaged(checkpoint, bad.what(), Optional.empty());
            case Loaded.Good good when !checkpoint.equals(checkpoint(good.header().sequence())) ->
                    new Outcome.Damaged(checkpoint, "it is the one of sequence " + good.header().sequence() + ": it was renamed", Optional.empty());
            case Loaded.Good good -> follow(good);
        };
    }

    /** From an empty store through all logs: what is left to try where no checkpoint can be read. */
    Outcome readFromTheFirstLog() throws IOException {
        String first = log(1);
        FileHeader header = logs().contains(first) ? FileHeader.decode(volume.read(first)) : null;
        if (header == null) {
            return new Outcome.Damaged(first, "it is missing, or its first sector is not that of a log", Optional.empty());
        }
        return follow(new Loaded.Good(new FileHeader(FileHeader.Kind.CHECKPOINT, header.unit(), header.storeHigh(), header.storeLow(), 0), StoreState.EMPTY));
    }

    private Outcome follow(Loaded.Good start) throws IOException {
        Replay replay = new Replay(start.state());
        long sequence = start.header().sequence() + 1;
        List<String> logs = logs();
        while (true) {
            String name = log(sequence);
            if (!logs.contains(name)) {
                return damaged(name, "it is missing", replay);
            }
            ByteBuffer file = volume.read(name);
            FileHeader header = FileHeader.decode(file);
            if (header == null || header.kind() != FileHeader.Kind.LOG || header.sequence() != sequence) {
                return damaged(name, "its first sector is not that of this log", replay);
            }
            if (header.storeHigh() != start.header().storeHigh() || header.storeLow() != start.header().storeLow()) {
                return damaged(name, "it belongs to another store", replay);
            }
            replay.rolledTo = 0;
            LogScan.Verdict verdict = LogScan.scan(file, header, sequence, replay);
            if (verdict.end() == LogScan.End.DAMAGED || replay.rolledTo != 0 && verdict.end() != LogScan.End.CLEAN) {
                return damaged(name, verdict.what(), replay);
            }
            if (replay.rolledTo == 0) {
                List<String> unused = logs.stream().filter(log -> log.compareTo(name) > 0).toList();
                if (!unused.isEmpty() && !(unused.equals(List.of(log(verdict.nextSequence() + 1))) && isEmpty(unused.getFirst()))) {
                    return damaged(unused.getLast(), "it follows on a log that says it is the last one", replay);
                }
                return new Outcome.Read(new Recovered(replay.state, replay.history, header, name, verdict.position(), verdict.nextSequence(), verdict.end() == LogScan.End.UNFINISHED, unused));
            }
            sequence = replay.rolledTo;
            if (sequence != verdict.nextSequence()) {
                return damaged(name, "it rolls to " + sequence + " after frame " + (verdict.nextSequence() - 1), replay);
            }
        }
    }

    private boolean isEmpty(String log) throws IOException {
        ByteBuffer file = volume.read(log);
        FileHeader header = FileHeader.decode(file);
        return header == null || LogScan.scan(file, header, header.sequence(), (_, _) -> { }).nextSequence() == header.sequence();
    }

    private static Outcome damaged(String file, String what, Replay replay) {
        return new Outcome.Damaged(file, what, Optional.of(replay.state));
    }

    private final class Replay implements LogScan.Visitor {
        private StoreState state;
        private final History history;
        private long rolledTo;

        Replay(StoreState start) {
            state = start;
            history = new History(limits.historyRevisions(), limits.historyBytes(), start);
        }

        @Override
        public void frame(long sequence, ByteBuffer records) throws Records.MalformedException {
            List<StoreState.Next> steps = new ArrayList<>();
            StoreState working = state;
            @Nullable Long roll = null;
            for (Mutation mutation : Records.mutations(records)) {
                if (rolledTo != 0 || roll != null) {
                    throw new IllegalArgumentException("records after the one that ends the log");
                }
                if (mutation instanceof Mutation.Roll to) {
                    roll = to.nextSequence();
                }
                StoreState.Next next = working.apply(mutation);
                steps.add(next);
                working = next.state();
            }
            // all of the frame or nothing of it
            steps.forEach(history::append);
            state = working;
            rolledTo = roll == null ? rolledTo : roll;
        }
    }
}
