package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.route.NextHop;
import tombolo.api.route.NextHopState;
import tombolo.bgp.core.wire.AttributeTable;

/** The numbers of the cases are those of the steps in {@link BestPath}. */
class BestPathTest {
    private static final IpAddress HOP = IpAddress.parse("10.0.0.1");
    private static final IpAddress FAR = IpAddress.parse("10.0.0.9");
    private static final IpAddress GONE = IpAddress.parse("10.0.0.66");

    private final AttributeTable attributes = new AttributeTable(5);
    private final NextHops nextHops = new NextHops(attributes.nextHops());
    private final Peers peers = new Peers();
    private final Options options = new Options();
    private final PathTable paths = new PathTable();
    private final BestPath decision = new BestPath(AddressFamily.IPV4, paths, attributes, nextHops, peers, options);

    /** A path as a table row: defaults are equal in every step but the last. */
    private record Row(int preference, boolean local, int length, int origin, int med, int neighbour, boolean internal, IpAddress hop, boolean stale, int learned,
                       int routerId, int originator, int clusters, String address) {
        static final Row BASE = new Row(100, false, 3, 0, 10, 65010, false, HOP, false, 50, 500, 0, 0, "10.0.1.5");

        Row preference(int value) {
            return new Row(value, local, length, origin, med, neighbour, internal, hop, stale, learned, routerId, originator, clusters, address);
        }

        Row own() {
            return new Row(preference, true, length, origin, med, neighbour, internal, hop, stale, learned, routerId, originator, clusters, address);
        }

        Row length(int value) {
            return new Row(preference, local, value, origin, med, neighbour, internal, hop, stale, learned, routerId, originator, clusters, address);
        }

        Row origin(int value) {
            return new Row(preference, local, length, value, med, neighbour, internal, hop, stale, learned, routerId, originator, clusters, address);
        }

        Row med(int value) {
            return new Row(preference, local, length, origin, value, neighbour, internal, hop, stale, learned, routerId, originator, clusters, address);
        }

        Row neighbour(int value) {
            return new Row(preference, local, length, origin, med, value, internal, hop, stale, learned, routerId, originator, clusters, address);
        }

        Row ibgp() {
            return new Row(preference, local, length, origin, med, neighbour, true, hop, stale, learned, routerId, originator, clusters, address);
        }

        Row hop(IpAddress value) {
            return new Row(preference, local, length, origin, med, neighbour, internal, value, stale, learned, routerId, originator, clusters, address);
        }

        Row old() {
            return new Row(preference, local, length, origin, med, neighbour, internal, hop, true, learned, routerId, originator, clusters, address);
        }

        Row learned(int value) {
            return new Row(preference, local, length, origin, med, neighbour, internal, hop, stale, value, routerId, originator, clusters, address);
        }

        Row routerId(int value) {
            return new Row(preference, local, length, origin, med, neighbour, internal, hop, stale, learned, value, originator, clusters, address);
        }

        Row originator(int value) {
            return new Row(preference, local, length, origin, med, neighbour, internal, hop, stale, learned, routerId, value, clusters, address);
        }

        Row clusters(int value) {
            return new Row(preference, local, length, origin, med, neighbour, internal, hop, stale, learned, routerId, originator, value, address);
        }

        Row address(String value) {
            return new Row(preference, local, length, origin, med, neighbour, internal, hop, stale, learned, routerId, originator, clusters, value);
        }
    }

    static Stream<Arguments> steps() {
        Row base = Row.BASE;
        return Stream.of(
                Arguments.of(1, base.length(9), base.hop(GONE)),
                Arguments.of(2, base.preference(200).length(9), base),
                Arguments.of(3, base.own().length(9).origin(2), base),
                Arguments.of(4, base.length(2).origin(2), base),
                Arguments.of(5, base.origin(0).med(99), base.origin(1)),
                Arguments.of(5, base.origin(1).med(99), base.origin(2)),
                Arguments.of(6, base.med(5).ibgp(), base),
                Arguments.of(6, base.med(-1).ibgp(), base.med(1)),
                Arguments.of(7, base.hop(FAR).routerId(900), base.ibgp()),
                Arguments.of(8, base.routerId(900), base.hop(FAR)),
                Arguments.of(9, base.routerId(900), base.old()),
                Arguments.of(11, base.routerId(400).address("10.0.1.9"), base),
                Arguments.of(11, base.originator(400).clusters(3), base),
                Arguments.of(11, base.routerId(0x7fffffff), base.routerId(0x80000000)),
                Arguments.of(12, base.clusters(1).address("10.0.1.9"), base.clusters(2)),
                Arguments.of(13, base.address("10.0.1.4"), base));
    }

    @ParameterizedTest(name = "step {0}")
    @MethodSource("steps")
    void theBetterPathWinsAtItsStepWhicheverCameFirst(int step, Row better, Row worse) {
        int winner = path(better, 0);
        int head = path(worse, winner);
        assertEquals(winner, decision.best(head));
        assertEquals(step, decision.lostAt(head, head));
        assertEquals(0, decision.lostAt(head, winner));
        int loser = path(worse, 0);
        int first = path(better, loser);
        assertEquals(first, decision.best(first));
        assertEquals(step, decision.lostAt(first, loser));
    }

    @Test
    void step10TheOldestExternalPathWinsOnlyWhereRouterIdsAreNotCompared() {
        int young = path(Row.BASE.learned(60).routerId(1), 0);
        int head = path(Row.BASE.learned(40).routerId(2), young);
        assertEquals(young, decision.best(head));
        options.apply(settings(builder -> builder.compareRouterId = false).bgp());
        assertEquals(head, decision.best(head));
        assertEquals(BestPath.OLDEST, decision.lostAt(head, young));
    }

    /** RFC 4271 §9.1.2.2 c: only between paths from the same neighbouring AS. */
    @Test
    void step6MedIsComparedBetweenNeighboursOnlyWhereConfigured() {
        int cheap = path(Row.BASE.med(1).neighbour(65020).routerId(900), 0);
        int head = path(Row.BASE.med(100).routerId(400), cheap);
        assertEquals(head, decision.best(head));
        options.apply(settings(builder -> builder.alwaysCompareMed = true).bgp());
        assertEquals(cheap, decision.best(head));
    }

    /** The classic case in which comparing two by two depends on the order of arrival. */
    @Test
    void step6MedGivesOneAnswerWhateverTheOrderOfThreePaths() {
        List<Row> rows = List.of(Row.BASE.neighbour(65020).routerId(2), Row.BASE.med(5).routerId(3), Row.BASE.med(50).routerId(1));
        for (int turn = 0; turn < 3; turn++) {
            List<Row> order = new ArrayList<>(rows);
            Collections.rotate(order, turn);
            assertEquals(rows.get(0), winner(order));
        }
    }

    @Test
    void theAnswerDoesNotDependOnTheOrderOfArrival() {
        for (long seed = 1; seed <= 400; seed++) {
            Random random = new Random(seed);
            options.apply(settings(builder -> builder.alwaysCompareMed = random.nextBoolean()).bgp());
            List<Row> rows = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(6); i++) {
                Row row = Row.BASE.preference(100 + random.nextInt(2)).length(2 + random.nextInt(2)).origin(random.nextInt(2)).med(random.nextInt(4) - 1)
                        .neighbour(65010 + random.nextInt(3)).routerId(random.nextInt(3) + 1).clusters(random.nextInt(2)).hop(random.nextInt(4) == 0 ? FAR : HOP)
                        .address("10.0.1." + (10 + i));
                rows.add(random.nextBoolean() ? row : random.nextBoolean() ? row.ibgp() : row.old());
            }
            Row expected = winner(rows);
            for (int i = 0; i < 6; i++) {
                List<Row> shuffled = new ArrayList<>(rows);
                Collections.shuffle(shuffled, random);
                assertEquals(expected, winner(shuffled), "seed " + seed);
            }
        }
    }

    @Test
    void multipathTakesEqualPathsOfTheSameNeighbourUpToTheLimit() {
        options.apply(settings(builder -> builder.multipathEbgp = 2).bgp());
        int third = path(Row.BASE.routerId(3), 0);
        int other = path(Row.BASE.neighbour(65020).routerId(9), third);
        int longer = path(Row.BASE.length(4).routerId(1), other);
        int second = path(Row.BASE.routerId(2), longer);
        int head = path(Row.BASE.routerId(1), second);
        int[] used = new int[2];
        assertEquals(2, decision.multipath(head, used));
        assertEquals(List.of(head, second), List.of(used[0], used[1]));
    }

    private Row winner(List<Row> rows) {
        int head = 0;
        List<Integer> ids = new ArrayList<>();
        for (Row row : rows) {
            head = path(row, head);
            ids.add(head);
        }
        Row best = rows.get(ids.indexOf(decision.best(head)));
        ids.forEach(path -> peers.forget(peers.at(paths.peer(path))));
        return best;
    }

    private Settings settings(java.util.function.Consumer<FakeSettings> change) {
        FakeSettings settings = new FakeSettings();
        change.accept(settings);
        return settings.build();
    }

    private int peerCount;

    private int path(Row row, int next) {
        if (peerCount == 0) {
            nextHops.tracked(true);
        }
        Peer peer = row.local ? peers.local() : peers.add("p" + peerCount++);
        peer.ibgp = row.internal;
        peer.routerId = row.routerId;
        peer.address = IpAddress.parse(row.address);
        PeerFamily share = peer.family(AddressFamily.IPV4);
        share.epoch = row.stale ? 1 : 0;
        share.keepStale = row.stale;
        int[] path = new int[row.length];
        java.util.Arrays.setAll(path, i -> i == 0 ? row.neighbour : 64900 + i);
        byte[] canonical = Sets.canonical(AddressFamily.IPV4, row.hop, row.med, 0, row.preference, path);
        canonical[3] = (byte) row.origin;
        byte[] whole = canonical;
        if (row.originator != 0 || row.clusters > 0) {
            java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
            out.writeBytes(canonical);
            if (row.originator != 0) {
                out.writeBytes(new byte[] {(byte) 0x80, 9, 4});
                out.writeBytes(IpAddress.v4(row.originator).toBytes());
            }
            if (row.clusters > 0) {
                out.writeBytes(new byte[] {(byte) 0x80, 10, (byte) (4 * row.clusters)});
                out.writeBytes(new byte[4 * row.clusters]);
            }
            whole = out.toByteArray();
        }
        int id = paths.allocate(peer.index, next, row.learned);
        int set = attributes.intern(whole, 0, whole.length);
        paths.received(id, set);
        attributes.retain(set);
        paths.accepted(id, set);
        nextHops.reachable(attributes.nextHop(set), peer); // it is now watched
        nextHops.answered(List.of(new NextHopState(HOP, true, true, Optional.of(NextHop.via(HOP)), 0),
                new NextHopState(FAR, true, false, Optional.of(NextHop.via(HOP)), 30), new NextHopState(GONE, false, false, Optional.empty(), 0)));
        return id;
    }
}
