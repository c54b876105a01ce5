package tombolo.bgp.session.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus.State;

/** The transitions of RFC 4271 §8.2.2, collisions (§6.8), and what RFC 4724, 6608, 8538 and 9687 add. */
class FsmTest {
    /** A machine that remembers the outputs of its last step. */
    private static final class Machine {
        private final PeerPlan plan;
        private FsmState state = FsmState.INITIAL;
        private List<FsmOutput> outputs = List.of();

        private Machine(PeerPlan plan) {
            this.plan = plan;
        }

        private Machine feed(FsmEvent... events) {
            for (FsmEvent event : events) {
                Fsm.Step step = Fsm.step(state, event, plan, 1.0);
                state = step.state();
                outputs = step.outputs();
            }
            return this;
        }

        private State state() {
            return state.state();
        }

        private <T extends FsmOutput> List<T> of(Class<T> kind) {
            return outputs.stream().filter(kind::isInstance).map(kind::cast).toList();
        }

        private Optional<Notification> sent() {
            return of(FsmOutput.SendNotification.class).stream().map(FsmOutput.SendNotification::notification).findFirst();
        }

        private boolean starts(TimerKind timer, long millis) {
            return of(FsmOutput.StartTimer.class).stream().anyMatch(start -> start.timer() == timer && start.millis() == millis);
        }
    }

    private static final FsmEvent START = new FsmEvent.Start();
    private static final FsmEvent CONNECTED = new FsmEvent.Connected();
    private static final FsmEvent ACCEPTED = new FsmEvent.Accepted();

    private static FsmEvent opened(Slot slot) {
        return new FsmEvent.Opened(slot, Plans.open());
    }

    private static FsmEvent keepalive(Slot slot) {
        return new FsmEvent.Received(slot, MessageHeader.KEEPALIVE);
    }

    private static FsmEvent closed(Slot slot) {
        return new FsmEvent.Closed(slot, Cause.CLOSED_BY_PEER, "closed");
    }

    private static FsmEvent expired(TimerKind timer, Slot slot) {
        return new FsmEvent.TimerExpired(timer, slot);
    }

    private static Machine idle() {
        return new Machine(Plans.EBGP);
    }

    private static Machine connecting() {
        return idle().feed(START);
    }

    private static Machine openSent() {
        return connecting().feed(CONNECTED);
    }

    private static Machine openConfirm() {
        return openSent().feed(opened(Slot.OUTGOING));
    }

    private static Machine established() {
        return openConfirm().feed(keepalive(Slot.OUTGOING));
    }

    private static Machine establishedWith(OpenMessage open) {
        return openSent().feed(new FsmEvent.Opened(Slot.OUTGOING, open), keepalive(Slot.OUTGOING));
    }

    // ---- Idle ----

    @Test
    void startInIdleConnectsAndStartsTheConnectRetryTimer() { // §8.2.2 Idle, events 1 and 3
        Machine machine = connecting();
        assertEquals(State.CONNECT, machine.state());
        assertEquals(1, machine.of(FsmOutput.Connect.class).size());
        assertTrue(machine.starts(TimerKind.CONNECT_RETRY, 30_000));
    }

    @Test
    void passiveStartWaitsInActiveWithoutConnecting() { // events 4 and 5
        Machine machine = new Machine(Plans.passive()).feed(START);
        assertEquals(State.ACTIVE, machine.state());
        assertTrue(machine.of(FsmOutput.Connect.class).isEmpty());
    }

    @Test
    void idleRefusesConnectionsOfThePeer() { // "refuses all incoming BGP connections for this peer"
        Machine machine = idle().feed(ACCEPTED);
        assertEquals(State.IDLE, machine.state());
        assertEquals(1, machine.of(FsmOutput.Refuse.class).size());
    }

    @Test
    void stopAndTimersInIdleAreIgnored() { // events 2, 9-12, 15-28
        for (FsmEvent event : List.of(new FsmEvent.Stop(Optional.empty(), false, Cause.ADMINISTRATIVE, "x"), expired(TimerKind.CONNECT_RETRY, Slot.UP),
                expired(TimerKind.HOLD, Slot.UP), CONNECTED, opened(Slot.OUTGOING), keepalive(Slot.UP), closed(Slot.OUTGOING))) {
            Machine machine = idle().feed(event);
            assertEquals(FsmState.INITIAL, machine.state);
            assertTrue(machine.outputs.isEmpty(), event.toString());
        }
    }

    @Test
    void startIsIgnoredInEveryOtherState() {
        for (Machine machine : List.of(connecting(), openSent(), openConfirm(), established())) {
            FsmState before = machine.state;
            machine.feed(START);
            assertEquals(before, machine.state);
            assertTrue(machine.outputs.isEmpty());
        }
    }

    // ---- Connect and Active ----

    @Test
    void connectionInConnectSendsOpenAndStartsTheLargeHoldTimer() { // events 16, 17
        Machine machine = openSent();
        assertEquals(State.OPEN_SENT, machine.state());
        assertEquals(List.of(new FsmOutput.SendOpen(Slot.OUTGOING, false)), machine.of(FsmOutput.SendOpen.class));
        assertTrue(machine.starts(TimerKind.HOLD, 240_000));
    }

    @Test
    void connectRetryExpiryInConnectDropsTheAttemptAndTriesAgain() { // event 9
        Machine machine = connecting().feed(expired(TimerKind.CONNECT_RETRY, Slot.UP));
        assertEquals(List.of(new FsmOutput.Close(Slot.OUTGOING)), machine.of(FsmOutput.Close.class));
        assertEquals(1, machine.of(FsmOutput.Connect.class).size());
        assertEquals(State.CONNECT, machine.state());
    }

    @Test
    void failedAttemptGoesToActiveAndWaitsForConnectRetry() { // event 18
        Machine machine = connecting().feed(closed(Slot.OUTGOING));
        assertEquals(State.ACTIVE, machine.state());
        assertTrue(machine.starts(TimerKind.CONNECT_RETRY, 30_000));
        machine.feed(expired(TimerKind.CONNECT_RETRY, Slot.UP));
        assertEquals(State.CONNECT, machine.state());
    }

    @Test
    void acceptedConnectionInActiveSendsOpen() { // event 17
        Machine machine = new Machine(Plans.passive()).feed(START, ACCEPTED);
        assertEquals(State.OPEN_SENT, machine.state());
        assertEquals(List.of(new FsmOutput.SendOpen(Slot.INCOMING, false)), machine.of(FsmOutput.SendOpen.class));
    }

    @Test
    void stopInConnectClosesAndGoesIdle() { // event 2
        Machine machine = connecting().feed(new FsmEvent.Stop(Optional.of(NotificationCodec.cease(2, "bye")), false, Cause.ADMINISTRATIVE, "x"));
        assertEquals(State.IDLE, machine.state());
        assertEquals(1, machine.of(FsmOutput.Close.class).size());
        assertTrue(machine.sent().isEmpty());
    }

    // ---- OpenSent ----

    @Test
    void holdTimerExpiryInOpenSentSendsNotification4AndGoesIdle() { // event 10
        Machine machine = openSent().feed(expired(TimerKind.HOLD, Slot.OUTGOING));
        assertEquals(Optional.of(new Notification(4, 0)), machine.sent());
        assertEquals(State.IDLE, machine.state());
        assertTrue(machine.starts(TimerKind.IDLE_HOLD, 1_000));
    }

    @Test
    void closeInOpenSentGoesToActive() { // event 18
        Machine machine = openSent().feed(closed(Slot.OUTGOING));
        assertEquals(State.ACTIVE, machine.state());
        assertTrue(machine.starts(TimerKind.CONNECT_RETRY, 30_000));
    }

    @Test
    void goodOpenInOpenSentSendsKeepaliveAndTakesTheSmallerHoldTime() { // event 19; §4.2
        Machine machine = openConfirm();
        assertEquals(State.OPEN_CONFIRM, machine.state());
        assertEquals(List.of(new FsmOutput.SendKeepalive(Slot.OUTGOING)), machine.of(FsmOutput.SendKeepalive.class));
        assertTrue(machine.starts(TimerKind.HOLD, 90_000));
        assertTrue(machine.starts(TimerKind.KEEPALIVE, 30_000));
    }

    @Test
    void holdTimeZeroStopsTheHoldTimerAndSendsNoKeepalives() { // §4.2, §8.2.2 OpenSent
        Machine machine = openSent().feed(new FsmEvent.Opened(Slot.OUTGOING, Plans.open(0, "10.0.0.9")));
        assertEquals(State.OPEN_CONFIRM, machine.state());
        assertTrue(machine.of(FsmOutput.StartTimer.class).isEmpty());
        assertTrue(machine.of(FsmOutput.StopTimer.class).contains(new FsmOutput.StopTimer(TimerKind.HOLD, Slot.OUTGOING)));
        machine.feed(keepalive(Slot.OUTGOING));
        assertFalse(machine.of(FsmOutput.StartTimer.class).stream().anyMatch(start -> start.timer() == TimerKind.SEND_HOLD)); // RFC 9687 §4.2
    }

    @Test
    void badOpenInOpenSentSendsItsCodeAndRests() { // events 21, 22
        Machine machine = openSent().feed(new FsmEvent.Opened(Slot.OUTGOING, Plans.open(2, "10.0.0.9")));
        assertEquals(Optional.of(new Notification(2, 6)), machine.sent());
        assertEquals(State.IDLE, machine.state());
    }

    @Test
    void unexpectedMessagesGetTheSubcodeOfTheirStateAndTheType() { // RFC 6608 §3
        assertEquals(Optional.of(new Notification(5, 1, new byte[] {4})), openSent().feed(keepalive(Slot.OUTGOING)).sent());
        assertEquals(Optional.of(new Notification(5, 1, new byte[] {2})), openSent().feed(new FsmEvent.Received(Slot.OUTGOING, 2)).sent());
        assertEquals(Optional.of(new Notification(5, 2, new byte[] {2})), openConfirm().feed(new FsmEvent.Received(Slot.OUTGOING, 2)).sent());
        assertEquals(Optional.of(new Notification(5, 2, new byte[] {1})), openConfirm().feed(opened(Slot.OUTGOING)).sent());
        assertEquals(Optional.of(new Notification(5, 3, new byte[] {1})), established().feed(opened(Slot.UP)).sent());
    }

    @Test
    void stopInEveryOpenStateSendsCease() { // event 2
        FsmEvent stop = new FsmEvent.Stop(Optional.of(NotificationCodec.cease(2, "")), false, Cause.ADMINISTRATIVE, "x");
        for (Machine machine : List.of(openSent(), openConfirm(), established())) {
            machine.feed(stop);
            assertEquals(Optional.of(new Notification(6, 2)), machine.sent());
            assertEquals(State.IDLE, machine.state());
        }
    }

    // ---- OpenConfirm ----

    @Test
    void keepaliveInOpenConfirmEstablishes() { // event 26
        Machine machine = established();
        assertEquals(State.ESTABLISHED, machine.state());
        assertEquals(1, machine.of(FsmOutput.Established.class).size());
        assertTrue(machine.starts(TimerKind.HOLD, 90_000));
        assertTrue(machine.starts(TimerKind.SEND_HOLD, 480_000)); // RFC 9687 §6
    }

    @Test
    void holdExpiryAndNotificationAndCloseInOpenConfirmRest() { // events 10, 25, 18
        Machine hold = openConfirm().feed(expired(TimerKind.HOLD, Slot.OUTGOING));
        assertEquals(Optional.of(new Notification(4, 0)), hold.sent());
        assertEquals(State.IDLE, hold.state());
        Machine notified = openConfirm().feed(new FsmEvent.Notified(Slot.OUTGOING, new Notification(6, 2)));
        assertTrue(notified.sent().isEmpty());
        assertEquals(State.IDLE, notified.state());
        assertEquals(State.IDLE, openConfirm().feed(closed(Slot.OUTGOING)).state());
    }

    @Test
    void keepaliveTimerSendsKeepaliveInOpenConfirmAndEstablished() { // event 11
        assertEquals(1, openConfirm().feed(expired(TimerKind.KEEPALIVE, Slot.OUTGOING)).of(FsmOutput.SendKeepalive.class).size());
        Machine machine = established().feed(expired(TimerKind.KEEPALIVE, Slot.UP));
        assertEquals(1, machine.of(FsmOutput.SendKeepalive.class).size());
        assertTrue(machine.starts(TimerKind.KEEPALIVE, 30_000));
    }

    // ---- Established ----

    @Test
    void keepaliveAndUpdateInEstablishedRestartTheHoldTimer() { // events 26, 27
        for (int type : new int[] {MessageHeader.UPDATE, MessageHeader.KEEPALIVE, MessageHeader.ROUTE_REFRESH}) {
            Machine machine = established().feed(new FsmEvent.Received(Slot.UP, type));
            assertEquals(State.ESTABLISHED, machine.state());
            assertTrue(machine.starts(TimerKind.HOLD, 90_000));
        }
    }

    @Test
    void holdExpiryInEstablishedSendsNotification4AndIsDown() { // event 10
        Machine machine = established().feed(expired(TimerKind.HOLD, Slot.UP));
        assertEquals(Optional.of(new Notification(4, 0)), machine.sent());
        assertFalse(machine.of(FsmOutput.Down.class).getFirst().graceful());
    }

    @Test
    void sendHoldExpirySendsCode8AndIsDown() { // RFC 9687 §4.3
        Machine machine = established().feed(expired(TimerKind.SEND_HOLD, Slot.UP));
        assertEquals(Optional.of(new Notification(8, 0)), machine.sent());
        assertEquals(1, machine.of(FsmOutput.Down.class).size());
        assertEquals(State.IDLE, machine.state());
    }

    @Test
    void updateErrorOfTheRouteBundleEndsTheSessionAndRestsAsAsked() { // event 28
        Machine machine = established().feed(new FsmEvent.End(new Notification(6, 1), "too many", Optional.of(300)));
        assertEquals(Optional.of(new Notification(6, 1)), machine.sent());
        assertTrue(machine.starts(TimerKind.IDLE_HOLD, 300_000));
    }

    // ---- rests ----

    @Test
    void restsGrowToAMinuteAndAreShortAgainAfterAStableSession() { // §8.1.1 DampPeerOscillations
        Machine machine = idle().feed(START);
        List<Long> rests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            machine.feed(CONNECTED, expired(TimerKind.HOLD, Slot.OUTGOING));
            rests.add(machine.of(FsmOutput.StartTimer.class).getLast().millis());
            machine.feed(expired(TimerKind.IDLE_HOLD, Slot.UP));
        }
        assertEquals(List.of(1000L, 2000L, 4000L, 8000L, 16000L, 32000L, 60000L, 60000L), rests);
        machine.feed(CONNECTED, opened(Slot.OUTGOING), keepalive(Slot.OUTGOING), expired(TimerKind.STABLE, Slot.UP), closed(Slot.UP));
        assertTrue(machine.starts(TimerKind.IDLE_HOLD, 1_000));
    }

    @Test
    void aReturningInterfaceEndsTheRestAndConnectsAtOnce() {
        Machine machine = openSent().feed(expired(TimerKind.HOLD, Slot.OUTGOING), new FsmEvent.TryNow());
        assertEquals(State.CONNECT, machine.state());
        assertEquals(1, machine.of(FsmOutput.Connect.class).size());
    }

    @Test
    void jitterShortensTimersButNotTheHoldTimer() { // §10
        Fsm.Step step = Fsm.step(FsmState.INITIAL, START, Plans.EBGP, 0.75);
        assertTrue(step.outputs().contains(new FsmOutput.StartTimer(TimerKind.CONNECT_RETRY, Slot.UP, 22_500)));
        step = Fsm.step(openSent().state, opened(Slot.OUTGOING), Plans.EBGP, 0.75);
        assertTrue(step.outputs().contains(new FsmOutput.StartTimer(TimerKind.KEEPALIVE, Slot.OUTGOING, 22_500)));
        assertTrue(step.outputs().contains(new FsmOutput.StartTimer(TimerKind.HOLD, Slot.OUTGOING, 90_000)));
    }

    // ---- collisions ----

    @Test
    void withTheLowerIdentifierTheConnectionOfThePeerStays() { // §6.8: ours is 10.0.0.5, the peer's 10.0.0.9
        Machine machine = openSent().feed(ACCEPTED, opened(Slot.OUTGOING));
        assertEquals(List.of(new FsmOutput.SendNotification(Slot.OUTGOING, new Notification(6, 7))), machine.of(FsmOutput.SendNotification.class));
        assertEquals(FsmState.Phase.NONE, machine.state.outgoing().phase());
        machine.feed(opened(Slot.INCOMING));
        assertEquals(FsmState.Phase.OPEN_CONFIRM, machine.state.incoming().phase());
    }

    @Test
    void withTheHigherIdentifierOurConnectionStays() { // §6.8
        FsmEvent lower = new FsmEvent.Opened(Slot.INCOMING, Plans.open(180, "10.0.0.1"));
        Machine machine = openSent().feed(ACCEPTED, new FsmEvent.Opened(Slot.OUTGOING, Plans.open(180, "10.0.0.1")), lower);
        assertEquals(List.of(new FsmOutput.SendNotification(Slot.INCOMING, new Notification(6, 7))), machine.of(FsmOutput.SendNotification.class));
        assertEquals(FsmState.Phase.OPEN_CONFIRM, machine.state.outgoing().phase());
        assertFalse(machine.state.resting());
    }

    @Test
    void withEqualIdentifiersTheLargerAsKeepsItsConnection() { // RFC 6286 §2.3: 65002 is larger than our 65001
        OpenMessage same = Plans.open(180, "10.0.0.5");
        Machine machine = openSent().feed(ACCEPTED, new FsmEvent.Opened(Slot.OUTGOING, same), new FsmEvent.Opened(Slot.INCOMING, same));
        assertEquals(FsmState.Phase.OPEN_CONFIRM, machine.state.incoming().phase());
    }

    @Test
    void aSecondConnectionBesideAnEstablishedOneIsClosed() { // §6.8
        Machine machine = established().feed(ACCEPTED);
        FsmOutput.Refuse refuse = assertInstanceOf(FsmOutput.Refuse.class, machine.outputs.getFirst());
        assertEquals(Optional.of(new Notification(6, 7)), refuse.notification());
        assertEquals(State.ESTABLISHED, machine.state());
    }

    @Test
    void establishingOneConnectionClosesTheOther() {
        Machine machine = openSent().feed(ACCEPTED, new FsmEvent.Opened(Slot.OUTGOING, Plans.open(180, "10.0.0.1")), keepalive(Slot.OUTGOING));
        assertEquals(Optional.of(new Notification(6, 7)), machine.sent());
        assertEquals(FsmState.Connection.NONE, machine.state.incoming());
        assertEquals(State.ESTABLISHED, machine.state());
    }

    @Test
    void aCollisionCeaseFromThePeerIsNoReasonToRest() {
        Machine machine = openSent().feed(ACCEPTED, new FsmEvent.Notified(Slot.OUTGOING, new Notification(6, 7)));
        assertEquals(State.OPEN_SENT, machine.state());
        assertFalse(machine.state.resting());
    }

    @Test
    void aSecondConnectionRightAfterEstablishmentIsACollisionNotARestart() { // both sides connected at once, and graceful restart is negotiated
        Machine machine = establishedWith(Plans.gracefulOpen(true)).feed(ACCEPTED);
        assertEquals(1, machine.of(FsmOutput.Refuse.class).size());
        assertEquals(State.ESTABLISHED, machine.state());
    }

    // ---- graceful restart ----

    @Test
    void aNewOpenOfARestartedPeerReplacesTheOldSessionWithoutNotification() { // RFC 4724 §5
        Machine machine = establishedWith(Plans.gracefulOpen(false)).feed(expired(TimerKind.SETTLE, Slot.UP), ACCEPTED);
        assertEquals(State.ESTABLISHED, machine.state());
        machine.feed(new FsmEvent.Opened(Slot.INCOMING, Plans.gracefulOpen(false)));
        assertTrue(machine.sent().isEmpty());
        assertEquals(new FsmOutput.Down("the peer restarted", true), machine.of(FsmOutput.Down.class).getFirst());
        machine.feed(keepalive(Slot.INCOMING));
        assertEquals(State.ESTABLISHED, machine.state());
    }

    @Test
    void aLostConnectionKeepsRoutesOnlyWhereGracefulRestartWasNegotiated() { // RFC 4724 §4.2
        assertTrue(establishedWith(Plans.gracefulOpen(false)).feed(closed(Slot.UP)).of(FsmOutput.Down.class).getFirst().graceful());
        assertFalse(established().feed(closed(Slot.UP)).of(FsmOutput.Down.class).getFirst().graceful());
    }

    @Test
    void aNotificationKeepsRoutesOnlyWithTheNBitAndNeverAsHardReset() { // RFC 8538 §4
        FsmEvent hold = new FsmEvent.Notified(Slot.UP, new Notification(4, 0));
        assertTrue(establishedWith(Plans.gracefulOpen(true)).feed(hold).of(FsmOutput.Down.class).getFirst().graceful());
        assertFalse(establishedWith(Plans.gracefulOpen(false)).feed(hold).of(FsmOutput.Down.class).getFirst().graceful());
        FsmEvent hard = new FsmEvent.Notified(Slot.UP, new Notification(6, 9, new byte[] {6, 2}));
        assertFalse(establishedWith(Plans.gracefulOpen(true)).feed(hard).of(FsmOutput.Down.class).getFirst().graceful());
    }

    @Test
    void aShutdownIsSentAsHardResetWithTheNBitAndPlainWithout() { // RFC 8538 §3.1, §5
        FsmEvent stop = new FsmEvent.Stop(Optional.of(NotificationCodec.cease(2, "x")), false, Cause.ADMINISTRATIVE, "x");
        assertEquals(Optional.of(new Notification(6, 9, new byte[] {6, 2, 1, 'x'})), establishedWith(Plans.gracefulOpen(true)).feed(stop).sent());
        assertEquals(Optional.of(new Notification(6, 2, new byte[] {1, 'x'})), establishedWith(Plans.gracefulOpen(false)).feed(stop).sent());
    }

    @Test
    void aStopWithoutNotificationIsGracefulOnlyForPeersThatNegotiatedIt() {
        FsmEvent stop = new FsmEvent.Stop(Optional.empty(), true, Cause.STOPPED, "x");
        assertTrue(establishedWith(Plans.gracefulOpen(false)).feed(stop).of(FsmOutput.Down.class).getFirst().graceful());
        assertFalse(established().feed(stop).of(FsmOutput.Down.class).getFirst().graceful());
    }

    // ---- DelayOpen (RFC 4271 §8.1.1) ----

    @Test
    void withDelayOpenTheOpenWaitsForItsTimer() { // §8.2.2 Connect, events 16, 12
        Machine machine = new Machine(Plans.delayed(false)).feed(START, CONNECTED);
        assertEquals(State.CONNECT, machine.state());
        assertEquals(List.of(), machine.of(FsmOutput.SendOpen.class));
        assertTrue(machine.starts(TimerKind.DELAY_OPEN, 7_000));
        assertTrue(machine.of(FsmOutput.StopTimer.class).stream().anyMatch(stop -> stop.timer() == TimerKind.CONNECT_RETRY));
        machine.feed(expired(TimerKind.DELAY_OPEN, Slot.OUTGOING));
        assertEquals(State.OPEN_SENT, machine.state());
        assertEquals(List.of(new FsmOutput.SendOpen(Slot.OUTGOING, false)), machine.of(FsmOutput.SendOpen.class));
        assertTrue(machine.starts(TimerKind.HOLD, 240_000));
    }

    @Test
    void withDelayOpenThePeersOpenIsAnsweredByOursAndAKeepalive() { // §8.2.2 Active, events 17, 20
        Machine machine = new Machine(Plans.delayed(true)).feed(START, ACCEPTED);
        assertEquals(State.ACTIVE, machine.state());
        machine.feed(opened(Slot.INCOMING));
        assertEquals(State.OPEN_CONFIRM, machine.state());
        assertEquals(1, machine.of(FsmOutput.SendOpen.class).size());
        assertEquals(1, machine.of(FsmOutput.SendKeepalive.class).size());
        assertTrue(machine.of(FsmOutput.StopTimer.class).stream().anyMatch(stop -> stop.timer() == TimerKind.DELAY_OPEN));
        machine.feed(keepalive(Slot.INCOMING));
        assertEquals(State.ESTABLISHED, machine.state());
    }

    @Test
    void untilTheDelayedOpenIsOutNothingIsSaid() { // §8.2.2: SendNOTIFICATIONwithoutOPEN is off
        FsmEvent malformed = new FsmEvent.Malformed(Slot.OUTGOING, new Notification(1, 1), Cause.BAD_HEADER, "x");
        FsmEvent stop = new FsmEvent.Stop(Optional.of(new Notification(6, 2)), false, Cause.ADMINISTRATIVE, "x");
        for (FsmEvent event : List.of(malformed, stop, keepalive(Slot.OUTGOING))) {
            Machine machine = new Machine(Plans.delayed(false)).feed(START, CONNECTED, event);
            assertEquals(Optional.empty(), machine.sent(), event.toString());
            assertEquals(State.IDLE, machine.state(), event.toString());
            assertEquals(1, machine.of(FsmOutput.Close.class).size(), event.toString());
            assertFalse(machine.of(FsmOutput.Ended.class).getFirst().sent(), event.toString());
        }
    }

    @Test
    void aDelayedConnectionThatIsLostLeadsToActive() { // §8.2.2 Connect, event 18 while the DelayOpenTimer runs
        Machine machine = new Machine(Plans.delayed(false)).feed(START, CONNECTED, closed(Slot.OUTGOING));
        assertEquals(State.ACTIVE, machine.state());
        assertTrue(machine.starts(TimerKind.CONNECT_RETRY, 30_000));
    }

    // ---- a peer without capabilities (RFC 5492 §5) ----

    @Test
    void aPeerThatRefusesOptionalParametersIsTriedOnceWithoutThem() { // RFC 5492 §5
        FsmEvent refused = new FsmEvent.Notified(Slot.OUTGOING, new Notification(2, 4));
        Machine machine = openSent().feed(refused);
        assertTrue(machine.of(FsmOutput.Ended.class).getFirst().why().endsWith("; trying once without capabilities (RFC 5492 §5)"));
        machine.feed(expired(TimerKind.IDLE_HOLD, Slot.UP), closed(Slot.OUTGOING), expired(TimerKind.CONNECT_RETRY, Slot.UP), CONNECTED);
        assertEquals(List.of(new FsmOutput.SendOpen(Slot.OUTGOING, true)), machine.of(FsmOutput.SendOpen.class), "an attempt that got no connection does not count");
        machine.feed(refused);
        assertFalse(machine.of(FsmOutput.Ended.class).getFirst().why().contains("RFC 5492"));
        machine.feed(expired(TimerKind.IDLE_HOLD, Slot.UP), CONNECTED);
        assertEquals(List.of(new FsmOutput.SendOpen(Slot.OUTGOING, false)), machine.of(FsmOutput.SendOpen.class));
    }

    @Test
    void withoutCapabilitiesOnlyIpv4IsAgreedWhateverThePeerOffers() { // RFC 4760 §8, RFC 6793 §4.1: both must offer
        Machine machine = openSent().feed(new FsmEvent.Notified(Slot.OUTGOING, new Notification(2, 4)), expired(TimerKind.IDLE_HOLD, Slot.UP), CONNECTED,
                new FsmEvent.Opened(Slot.OUTGOING, Plans.gracefulOpen(true)), keepalive(Slot.OUTGOING));
        Negotiated agreed = machine.of(FsmOutput.Established.class).getFirst().negotiated();
        assertEquals(java.util.Set.of(tombolo.api.net.AddressFamily.IPV4), agreed.families());
        assertEquals(Optional.empty(), agreed.gracefulRestart());
        assertFalse(agreed.fourOctetAs() || agreed.refresh() || agreed.enhancedRefresh());
        assertEquals(4096, agreed.maxReceived());
        machine.feed(closed(Slot.UP), expired(TimerKind.IDLE_HOLD, Slot.UP), CONNECTED);
        assertEquals(List.of(new FsmOutput.SendOpen(Slot.OUTGOING, false)), machine.of(FsmOutput.SendOpen.class), "the next session is tried with them again");
    }

    @Test
    void aPeerOfIpv6AloneIsNotTriedWithoutCapabilities() {
        Machine machine = new Machine(Plans.plan(65001, false, List.of(tombolo.api.net.AddressFamily.IPV6))).feed(START, CONNECTED,
                new FsmEvent.Notified(Slot.OUTGOING, new Notification(2, 4)));
        assertTrue(machine.of(FsmOutput.Ended.class).getFirst().why().contains("not among families"));
        machine.feed(expired(TimerKind.IDLE_HOLD, Slot.UP), CONNECTED);
        assertEquals(List.of(new FsmOutput.SendOpen(Slot.OUTGOING, false)), machine.of(FsmOutput.SendOpen.class));
    }

    @Test
    void theOpenWithoutOptionalParametersHasTheseBytes() { // RFC 4271 §4.2: Opt Parm Len 0
        byte[] message = OpenCodec.encode(OpenMessage.bare(Plans.EBGP));
        assertEquals("ff".repeat(16) + "001d0104fde9005a0a00000500", java.util.HexFormat.of().formatHex(message));
    }

    // ---- anything, in any order ----

    @Test
    void randomEventsNeverThrowAndNeverBreakTheInvariants() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            PeerPlan plan = random.nextBoolean() ? Plans.delayed(random.nextBoolean()) : random.nextBoolean() ? Plans.EBGP : Plans.passive();
            Machine machine = new Machine(plan);
            int ups = 0;
            for (int i = 0; i < 60; i++) {
                FsmEvent event = random(random);
                machine.feed(event);
                String where = "seed " + seed + " step " + i + " " + event;
                FsmState state = machine.state;
                assertTrue(state.outgoing().phase() != FsmState.Phase.ESTABLISHED && state.incoming().phase() != FsmState.Phase.ESTABLISHED, where);
                assertTrue(state.incoming().phase() != FsmState.Phase.CONNECTING, where);
                assertTrue(state.started() || state.equals(FsmState.INITIAL), where);
                assertTrue(!state.resting() || !state.up().open() && !state.outgoing().open() && !state.incoming().open(), where);
                assertTrue(!state.settled() || state.up().open(), where);
                ups += machine.of(FsmOutput.Established.class).size() - machine.of(FsmOutput.Down.class).size();
                assertEquals(state.up().open() ? 1 : 0, ups, where);
            }
        }
    }

    private static FsmEvent random(Random random) {
        Slot slot = Slot.values()[random.nextInt(3)];
        return switch (random.nextInt(14)) {
            case 0 -> START;
            case 1 -> random.nextInt(4) > 0 ? START : new FsmEvent.Stop(Optional.of(new Notification(6, 2)), random.nextBoolean(), Cause.ADMINISTRATIVE, "x");
            case 2 -> new FsmEvent.TryNow();
            case 3, 4 -> CONNECTED;
            case 5 -> ACCEPTED;
            case 6 -> closed(slot);
            case 7, 8 -> new FsmEvent.Opened(slot, random.nextBoolean() ? Plans.open() : Plans.gracefulOpen(random.nextBoolean()));
            case 9, 10 -> keepalive(slot);
            case 11 -> new FsmEvent.Received(slot, 1 + random.nextInt(5));
            case 12 -> expired(TimerKind.values()[random.nextInt(TimerKind.values().length)], slot);
            default -> random.nextBoolean() ? new FsmEvent.Notified(slot, random.nextBoolean() ? new Notification(2, 4) : new Notification(6, random.nextInt(10)))
                    : new FsmEvent.Restart(new Notification(6, 4), Cause.ADMINISTRATIVE, "x");
        };
    }
}
