package tombolo.bfd.adapter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tombolo.api.bfd.BfdPath;
import tombolo.api.net.IpAddress;
import tombolo.bfd.core.Session;
import tombolo.runtime.StateKeeper;

/**
 * Sessions between two threads, or two lives of this bundle: whose neighbours have agreed to wait.
 *
 * @param sequences what a new session of the path begins with, where it is not gone on with; however old
 * @param atNanos   when they were left
 */
record KeptSessions(Map<BfdPath, BfdThread.Kept> sessions, Map<BfdPath, Integer> sequences, long atNanos) {
    /** Under this name the {@link StateKeeper} has them. */
    static final String REGION = "gateway-bfd";
    /** Of the arrays below, and of {@link Session#keep}. */
    static final int LAYOUT = 1;
    static final KeptSessions NONE = new KeptSessions(Map.of(), Map.of(), 0);
    /** Neighbours wait for 30 s; what is older than that, less some seconds, is begun anew. */
    static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final String BETWEEN = "\n";
    private static final int FIELDS = 4;

    KeptSessions {
        sessions = Map.copyOf(sessions);
        sequences = Map.copyOf(sequences);
    }

    /** The sessions that can be gone on with. */
    Map<BfdPath, BfdThread.Kept> stillOf(long nowNanos) {
        return nowNanos - atNanos < GOOD_NANOS ? sessions : Map.of();
    }

    StateKeeper.Region region() {
        List<byte[]> paths = new ArrayList<>();
        List<long[]> numbers = new ArrayList<>();
        int[] ports = new int[sessions.size()];
        sessions.forEach((path, kept) -> {
            ports[paths.size()] = kept.port();
            paths.add(octets(path));
            numbers.add(kept.numbers());
        });
        List<byte[]> sequencePaths = new ArrayList<>();
        int[] next = new int[sequences.size()];
        sequences.forEach((path, sequence) -> {
            next[sequencePaths.size()] = sequence;
            sequencePaths.add(octets(path));
        });
        return new StateKeeper.Region(LAYOUT, Map.of("atNanos", atNanos), Map.of("paths", paths.toArray(byte[][]::new), "numbers", numbers.toArray(long[][]::new), "ports", ports,
                "sequence-paths", sequencePaths.toArray(byte[][]::new), "sequences", next));
    }

    static KeptSessions of(StateKeeper.Region region) {
        Map<BfdPath, BfdThread.Kept> sessions = new HashMap<>();
        if (region.tables().get("paths") instanceof byte[][] paths && region.tables().get("numbers") instanceof long[][] numbers && region.tables().get("ports") instanceof int[] ports) {
            for (int i = 0; i < Math.min(paths.length, Math.min(numbers.length, ports.length)); i++) {
                BfdThread.Kept kept = new BfdThread.Kept(numbers[i], ports[i]);
                if (kept.numbers().length == Session.KEPT) {
                    path(paths[i]).ifPresent(path -> sessions.put(path, kept));
                }
            }
        }
        Map<BfdPath, Integer> sequences = new HashMap<>();
        if (region.tables().get("sequence-paths") instanceof byte[][] paths && region.tables().get("sequences") instanceof int[] next) {
            for (int i = 0; i < Math.min(paths.length, next.length); i++) {
                int sequence = next[i];
                path(paths[i]).ifPresent(path -> sequences.put(path, sequence));
            }
        }
        return new KeptSessions(sessions, sequences, region.scalars().getOrDefault("atNanos", 0L));
    }

    private static byte[] octets(BfdPath path) {
        return String.join(BETWEEN, path.remote().toString(), path.local().map(Object::toString).orElse(""), path.interfaceName().orElse(""), Boolean.toString(path.multihop()))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<BfdPath> path(byte[] octets) {
        String[] fields = new String(octets, StandardCharsets.UTF_8).split(BETWEEN, FIELDS);
        return fields.length != FIELDS ? Optional.empty() : Optional.of(new BfdPath(IpAddress.parse(fields[0]), Optional.of(fields[1]).filter(text -> !text.isEmpty()).map(IpAddress::parse),
                Optional.of(fields[2]).filter(text -> !text.isEmpty()), Boolean.parseBoolean(fields[3])));
    }
}
