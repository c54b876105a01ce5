package tombolo.bfd.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdListener.Change;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdRequest;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.config.SecretRef;
import tombolo.api.net.IpAddress;
import tombolo.runtime.StateKeeper;

/** Both ends of a wire without a kernel, in real time: every wait is for a condition, and only its bound is a time. */
class HeldSessionsTest {
    private static final String A = "192.0.2.1";
    private static final String B = "192.0.2.2";

    private final FakeNet net = new FakeNet();
    private final HeldSessions a = new HeldSessions(1, Optional.empty());
    private final HeldSessions b = new HeldSessions(2, Optional.empty());
    private final LinkedBlockingQueue<Change> told = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private static BfdRequest request(String remote, boolean multihop, Optional<BfdAuthentication> key) {
        return request(remote, multihop, 100_000, key);
    }

    private static BfdRequest request(String remote, boolean multihop, int micros, Optional<BfdAuthentication> key) {
        return new BfdRequest("test", new BfdPath(IpAddress.parse(remote), Optional.empty(), Optional.empty(), multihop), micros, micros, 5, key);
    }

    /** A key with which no number comes twice (RFC 5880 §6.7.4). */
    private Optional<BfdAuthentication> key() throws IOException {
        Path key = folder.resolve("key");
        Files.writeString(key, "secret\n");
        return Optional.of(new BfdAuthentication(BfdAuthentication.Kind.METICULOUS_SHA1, 3, new SecretRef.InFile(key.toString())));
    }

    /** Sessions that are authenticated; b's hold. */
    private Bfd.Hold bothUp(Optional<BfdAuthentication> sha, int micros) {
        a.datagrams(Optional.of(net.host(A)));
        b.datagrams(Optional.of(net.host(B)));
        a.hold(request(B, false, micros, sha), (status, change) -> told.add(change));
        Bfd.Hold other = b.hold(request(A, false, micros, sha), (status, change) -> { });
        awaitTold(Change.UP);
        eventually("up at the other end, timers agreed", () -> only(b).state() == BfdState.UP && only(a).detectionMicros() == 5 * micros && only(b).detectionMicros() == 5 * micros);
        return other;
    }

    private void deafAndDown(HeldSessions which, String address) {
        net.deaf.add(IpAddress.parse(address));
        eventually("down at one end", () -> only(which).state() == BfdState.DOWN);
        awaitTold(Change.LOST);
    }

    private Bfd.Hold hold(HeldSessions where, String remote) {
        return where.hold(request(remote, false, Optional.empty()), (status, change) -> told.add(change));
    }

    private static void eventually(String what, BooleanSupplier question) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!question.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 30 s: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    /** Passes over what is not meant. */
    private void awaitTold(Change wanted) {
        eventually("told " + wanted, () -> told.poll() == wanted);
    }

    private static BfdStatus only(HeldSessions where) {
        List<BfdStatus> all = where.sessions();
        assertEquals(1, all.size());
        return all.getFirst();
    }

    private void bothUp() {
        a.datagrams(Optional.of(net.host(A)));
        b.datagrams(Optional.of(net.host(B)));
        hold(a, B);
        b.hold(request(A, false, Optional.empty()), (status, change) -> { });
        awaitTold(Change.UP);
        eventually("up at the other end", () -> only(b).state() == BfdState.UP);
    }

    @Test
    void bothEndsComeUpAndALossOfTheWireIsTold() {
        bothUp();
        eventually("fast", () -> only(a).transmitMicros() == 100_000);
        assertTrue(net.sourcePorts.values().stream().allMatch(port -> port >= 49_152 && port <= 65_535), "RFC 5881 §4: " + net.sourcePorts);
        net.cut = true;
        awaitTold(Change.LOST);
        assertTrue(only(a).diagnostic().startsWith("1 ") && only(a).downs() == 1, () -> only(a).toString());
        net.cut = false;
        awaitTold(Change.UP);
    }

    @Test
    void whoLetsGoIsNotTakenForAFailure() { // RFC 5882 §3.2
        a.datagrams(Optional.of(net.host(A)));
        b.datagrams(Optional.of(net.host(B)));
        hold(a, B);
        Bfd.Hold other = b.hold(request(A, false, Optional.empty()), (status, change) -> { });
        awaitTold(Change.UP);
        other.close();
        b.hold(request(A, false, Optional.empty()), (status, change) -> { }).close(); // held again in time, and let go for good
        awaitTold(Change.STOPPED);
        assertEquals(1, only(a).downs());
        assertEquals(BfdState.ADMIN_DOWN, only(a).remoteState());
        eventually("forgotten", () -> b.sessions().isEmpty());
    }

    @Test
    void theEndOfTheBundleIsToldToTheNeighbourAndQuick() {
        bothUp();
        long before = System.nanoTime();
        b.close();
        awaitTold(Change.STOPPED);
        assertTrue(System.nanoTime() - before < TimeUnit.SECONDS.toNanos(3));
        assertThrows(IllegalStateException.class, () -> hold(b, A));
    }

    @Test
    void whileTheSocketsMakerIsReplacedTheNeighbourWaits() { // RFC 5882 §4.3.2.2.2
        bothUp();
        Optional<Integer> port = Optional.ofNullable(net.sourcePorts.get(IpAddress.parse(B)));
        b.datagrams(Optional.empty());
        assertTrue(only(b).detail().contains("gateway-linux"), () -> only(b).detail());
        assertEquals(30_000_000, only(a).detectionMicros());
        b.datagrams(Optional.of(net.host(B)));
        eventually("as before", () -> only(a).detectionMicros() == 500_000 && only(b).state() == BfdState.UP);
        assertEquals(port, Optional.ofNullable(net.sourcePorts.get(IpAddress.parse(B))), "RFC 5881 §4: one port for the whole session");
        assertEquals(0, only(a).downs());
        net.cut = true;
        awaitTold(Change.LOST);
    }

    @Test
    void aSuccessorOfTheBundleGoesOnWithWhatWasAgreed() throws IOException {
        Optional<BfdAuthentication> sha = key();
        a.datagrams(Optional.of(net.host(A)));
        b.datagrams(Optional.of(net.host(B)));
        a.hold(request(B, true, sha), (status, change) -> told.add(change));
        Bfd.Hold other = b.hold(request(A, true, sha), (status, change) -> { });
        awaitTold(Change.UP);
        eventually("up at the other end", () -> only(b).state() == BfdState.UP);
        int discriminator = only(b).localDiscriminator();
        other.close(); // as users do when a service goes
        StateKeeper.Region left = b.leave();
        try (HeldSessions successor = new HeldSessions(3, Optional.of(left))) {
            LinkedBlockingQueue<Change> toSuccessor = new LinkedBlockingQueue<>();
            successor.datagrams(Optional.of(net.host(B)));
            successor.hold(request(A, true, sha), (status, change) -> toSuccessor.add(change));
            eventually("up at once", () -> toSuccessor.poll() == Change.UP);
            assertEquals(discriminator, only(successor).localDiscriminator());
            eventually("as before", () -> only(a).detectionMicros() == 500_000 && only(successor).state() == BfdState.UP);
            assertEquals(0, only(a).downs() + only(successor).downs());
        }
        awaitTold(Change.STOPPED);
    }

    /** The neighbour waits for 30 s and takes no other number as long (RFC 5880 §6.7.3): who ends the session instead and begins another is not heard. */
    @Test
    void aSuccessorGoesOnAlsoWhereTheAnswerOfTheNeighbourWasNotHeard() throws IOException {
        Optional<BfdAuthentication> sha = key();
        bothUp(sha, 1_000_000); // so slow that no silence counts while b ends
        net.deaf.add(IpAddress.parse(B));
        StateKeeper.Region left = b.leave();
        eventually("the neighbour has agreed to wait", () -> only(a).detectionMicros() == 30_000_000);
        net.deaf.clear();
        try (HeldSessions successor = new HeldSessions(3, Optional.of(left))) {
            successor.datagrams(Optional.of(net.host(B)));
            successor.hold(request(A, false, 1_000_000, sha), (status, change) -> { });
            eventually("as before", () -> only(a).detectionMicros() == 5_000_000 && only(successor).state() == BfdState.UP);
            assertEquals(0, only(a).downs() + only(a).packetsRefused() + only(successor).downs());
        }
    }

    /** The neighbour goes on sending, and counting, while nobody listens. */
    @Test
    void aSuccessorThatIsLateHearsTheNeighbourWhoseNumbersHaveGoneOn() throws IOException { // RFC 5880 §6.7.3, §6.8.1
        Optional<BfdAuthentication> sha = key();
        bothUp(sha, 100_000);
        StateKeeper.Region left = b.leave();
        long sent = only(a).packetsOut();
        eventually("more packets than three times the multiplier", () -> only(a).packetsOut() > sent + 3 * 5);
        try (HeldSessions successor = new HeldSessions(3, Optional.of(left))) {
            successor.datagrams(Optional.of(net.host(B)));
            successor.hold(request(A, false, sha), (status, change) -> { });
            eventually("as before", () -> only(a).detectionMicros() == 500_000 && only(successor).state() == BfdState.UP);
            assertEquals(0, only(a).downs() + only(successor).packetsRefused() + only(successor).downs());
        }
    }

    @Test
    void aSuccessorOfASessionThatWasNotUpIsHeardByTheNeighbourAtOnce() throws IOException { // RFC 5880 §6.7.3
        Optional<BfdAuthentication> sha = key();
        bothUp(sha, 100_000);
        deafAndDown(b, B);
        StateKeeper.Region left = b.leave();
        net.deaf.clear();
        try (HeldSessions successor = new HeldSessions(3, Optional.of(left))) {
            successor.datagrams(Optional.of(net.host(B)));
            successor.hold(request(A, false, sha), (status, change) -> { });
            awaitTold(Change.UP);
            assertEquals(0, only(a).packetsRefused());
        }
    }

    @Test
    void aSessionThatWasNotUpIsHeardAtOnceBehindOtherSockets() throws IOException { // RFC 5880 §6.7.3
        bothUp(key(), 100_000);
        deafAndDown(b, B);
        b.datagrams(Optional.empty());
        net.deaf.clear();
        b.datagrams(Optional.of(net.host(B)));
        awaitTold(Change.UP);
        assertEquals(0, only(a).packetsRefused());
    }

    @Test
    void aSuccessorThatComesTooLateToGoOnIsHeardByTheNeighbourAtOnce() throws IOException { // RFC 5880 §6.7.3
        Optional<BfdAuthentication> sha = key();
        bothUp(sha, 100_000);
        StateKeeper.Region left = b.leave();
        StateKeeper.Region old = new StateKeeper.Region(left.layoutVersion(), Map.of("atNanos", left.scalars().get("atNanos") - KeptSessions.GOOD_NANOS), left.tables());
        try (HeldSessions successor = new HeldSessions(3, Optional.of(old))) {
            successor.datagrams(Optional.of(net.host(B)));
            successor.hold(request(A, false, sha), (status, change) -> { });
            awaitTold(Change.LOST);
            awaitTold(Change.UP);
            assertEquals(0, only(a).packetsRefused());
        }
    }

    @Test
    void whoHoldsAgainWhatHadEndedIsHeardByTheNeighbourAtOnce() throws IOException { // RFC 5880 §6.7.3
        Optional<BfdAuthentication> sha = key();
        bothUp(sha, 100_000).close();
        awaitTold(Change.STOPPED);
        b.hold(request(A, false, sha), (status, change) -> { });
        awaitTold(Change.UP);
        assertEquals(0, only(a).packetsRefused());
    }

    /** Held before the node knew the interface, and after: to the neighbour, which goes on with the discriminators it has, the session is the same. */
    @ParameterizedTest
    @CsvSource({"'', there", "there, ''", "there, there"})
    void aSuccessorGoesOnAlsoWhereTheInterfaceIsKnownOnlySinceOrNotYet(String before, String after) throws IOException {
        Optional<BfdAuthentication> sha = key();
        a.datagrams(Optional.of(net.host(A)));
        b.datagrams(Optional.of(net.host(B)));
        a.hold(request(B, false, sha), (status, change) -> told.add(change));
        b.hold(by(before, sha), (status, change) -> { });
        awaitTold(Change.UP);
        eventually("up at the other end", () -> only(b).state() == BfdState.UP);
        int discriminator = only(b).localDiscriminator();
        StateKeeper.Region left = b.leave();
        try (HeldSessions successor = new HeldSessions(3, Optional.of(left))) {
            successor.datagrams(Optional.of(net.host(B)));
            Bfd.Hold first = successor.hold(by(after, sha), (status, change) -> { });
            eventually("as before", () -> only(a).detectionMicros() == 500_000 && only(successor).state() == BfdState.UP);
            assertEquals(discriminator, only(successor).localDiscriminator());
            first.close(); // as when the bundle of who holds it is replaced
            successor.hold(by(before, sha), (status, change) -> { });
            eventually("held again", () -> only(successor).path().equals(by(before, sha).path()) && only(successor).state() == BfdState.UP);
            assertEquals(discriminator, only(successor).localDiscriminator());
            assertEquals(0, only(a).downs() + only(successor).downs());
        }
    }

    private static BfdRequest by(String name, Optional<BfdAuthentication> key) {
        BfdRequest any = request(A, false, key);
        return new BfdRequest(any.who(), new BfdPath(any.path().remote(), Optional.empty(), Optional.of(name).filter(one -> !one.isEmpty()), false), any.transmitMicros(), any.receiveMicros(),
                any.multiplier(), key);
    }

    @Test
    void ofTwoNeighboursOfOneAddressNoneIsTakenForTheOtherWhereTheInterfaceIsNotKnown() {
        BfdPath unknown = new BfdPath(IpAddress.parse("fe80::1"), Optional.empty(), Optional.empty(), false);
        BfdPath first = new BfdPath(unknown.remote(), Optional.empty(), Optional.of("eth1"), false);
        BfdPath second = new BfdPath(unknown.remote(), Optional.empty(), Optional.of("eth2"), false);
        assertEquals(Optional.of(first), BfdThread.sameNeighbour(List.of(second, first), first));
        assertEquals(Optional.empty(), BfdThread.sameNeighbour(List.of(second), first));
        assertEquals(Optional.empty(), BfdThread.sameNeighbour(List.of(second, first), unknown));
        assertEquals(Optional.of(first), BfdThread.sameNeighbour(List.of(first), unknown));
        assertEquals(Optional.of(unknown), BfdThread.sameNeighbour(List.of(unknown), first));
    }

    /** A number must not come twice (RFC 5880 §6.7.3): an older line of the same path under its other name would be gone on with. */
    @Test
    void ofOnePathWithAndWithoutItsInterfaceTheLaterNumberIsRemembered() {
        BfdPath unknown = new BfdPath(IpAddress.parse("192.0.2.1"), Optional.empty(), Optional.empty(), false);
        BfdPath known = new BfdPath(unknown.remote(), unknown.local(), Optional.of("eth1"), false);
        BfdPath other = new BfdPath(IpAddress.parse("192.0.2.9"), Optional.empty(), Optional.empty(), false);
        Map<BfdPath, Integer> sequences = new LinkedHashMap<>();
        BfdThread.remember(sequences, unknown, 7);
        BfdThread.remember(sequences, other, 1);
        BfdThread.remember(sequences, known, 9_000);
        assertEquals(Map.of(other, 1, known, 9_000), sequences);
        BfdThread.remember(sequences, unknown, 9_100);
        assertEquals(Map.of(other, 1, unknown, 9_100), sequences);
    }

    @Test
    void holdersOfOnePathShareASessionAndTheShortestIntervalCounts() {
        bothUp();
        BfdRequest slower = new BfdRequest("another", request(B, false, Optional.empty()).path(), 700_000, 100_000, 9, Optional.empty());
        Bfd.Hold second = a.hold(slower, (status, change) -> told.add(change));
        eventually("two holders", () -> only(a).holders().equals(List.of("another", "test")));
        assertEquals(5, only(a).multiplier());
        second.close();
        eventually("one holder", () -> only(a).holders().equals(List.of("test")));
        assertEquals(BfdState.UP, only(a).state());
    }

    @Test
    void aKeyThatCannotBeReadIsSaidAndTriedAgain() throws IOException {
        Path key = folder.resolve("key");
        Optional<BfdAuthentication> sha = Optional.of(new BfdAuthentication(BfdAuthentication.Kind.METICULOUS_SHA1, 3, new SecretRef.InFile(key.toString())));
        a.datagrams(Optional.of(net.host(A)));
        b.datagrams(Optional.of(net.host(B)));
        a.hold(request(B, true, sha), (status, change) -> told.add(change));
        assertTrue(only(a).detail().contains("no such file"), () -> only(a).detail());
        Files.writeString(key, "secret\n");
        b.hold(request(A, true, sha), (status, change) -> { });
        awaitTold(Change.UP);
        assertEquals(Optional.of(BfdAuthentication.Kind.METICULOUS_SHA1), only(a).authentication());
    }

    @Test
    void aPortOfAnotherProgramIsSaid() {
        net.taken = 3784;
        a.datagrams(Optional.of(net.host(A)));
        hold(a, B);
        eventually("said", () -> a.health().trouble().startsWith("TMB-BFD-010 "));
        eventually("said of the session too", () -> only(a).detail().contains("EADDRINUSE")); // the health is told first
        net.taken = 0;
        eventually("mended", () -> a.health().trouble().isEmpty());
    }

    @Test
    void anInterfaceThatIsNotThereIsSaid() {
        a.datagrams(Optional.of(net.host(A)));
        a.hold(new BfdRequest("test", new BfdPath(IpAddress.parse(B), Optional.empty(), Optional.of("gone"), false), 100_000, 100_000, 3, Optional.empty()), (status, change) -> { });
        eventually("said", () -> only(a).detail().equals("there is no interface gone"));
    }
}
