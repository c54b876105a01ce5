package tombolo.datastore.adapter;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.datastore.adapter.Volume.BlockFile;
import tombolo.datastore.core.FileHeader;
import tombolo.datastore.core.FrameWriter;
import tombolo.datastore.core.Records.Part;
import tombolo.datastore.core.StoreState;

/** Writes a state as a checkpoint: into a file of another name, synced, then renamed. */
final class Checkpoints {
    private static final int FRAME_BYTES = 1 << 18;
    static final String PART = ".part";

    private Checkpoints() { }

    /** Durable when it returns; on failure nothing of it is left that would be taken for one. */
    static void write(Volume volume, String name, FileHeader header, StoreState state) throws IOException {
        String part = name + PART;
        try (BlockFile file = volume.open(part, true)) {
            write(file, header, state);
            file.force(true);
        } catch (IOException | RuntimeException e) {
            try {
                volume.delete(part);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
        volume.rename(part, name);
        volume.syncDirectory();
    }

    static void write(BlockFile file, FileHeader header, StoreState state) throws IOException {
        file.write(header.encode(), 0);
        FrameWriter frames = new FrameWriter(header, 1);
        List<Part.Lease> leases = new ArrayList<>();
        state.leases().forEach((id, timeToLive) -> leases.add(new Part.Lease(id, timeToLive)));
        leases.sort(java.util.Comparator.comparingLong(Part.Lease::id));
        frames.add(new Part.State(state.revision(), state.nextLease(), leases));
        IOException[] problem = new IOException[1];
        state.tree().forEach(KeyPrefix.ALL, (KeyValue entry) -> {
            frames.add(new Part.Entry(entry));
            if (frames.size() >= FRAME_BYTES) {
                problem[0] = flush(file, frames);
            }
            return problem[0] == null;
        });
        if (problem[0] == null) {
            frames.add(new Part.End(state.tree().size()));
            problem[0] = flush(file, frames);
        }
        if (problem[0] != null) {
            throw problem[0];
        }
    }

    private static @org.jspecify.annotations.Nullable IOException flush(BlockFile file, FrameWriter frames) {
        try {
            file.write(frames.frame(), frames.start());
            frames.written();
            return null;
        } catch (IOException e) {
            return e;
        }
    }
}
