package tombolo.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class OutageTest {
    private static final long MILLI = 1_000_000;

    /** When each number was sent, in milliseconds; 0: it did not arrive. */
    private static long[] sent(long... millis) {
        long[] nanos = new long[millis.length];
        for (int i = 0; i < millis.length; i++) {
            nanos[i] = millis[i] * MILLI;
        }
        return nanos;
    }

    @Test
    void whatComesBeforeTheFirstArrivalIsNoLoss() {
        Outage outage = Outage.of(sent(0, 0, 15, 20, 25));
        assertEquals(0, outage.lost());
        assertEquals(3, outage.received());
        assertEquals(0, outage.longestMillis());
    }

    @Test
    void aGapLastsFromTheLastArrivalBeforeItToTheFirstAfterIt() {
        Outage outage = Outage.of(sent(5, 10, 0, 0, 25, 30, 0, 40));
        assertEquals(3, outage.lost());
        assertEquals(15, outage.longestMillis());
    }

    @Test
    void aSenderThatTheMachineHeldUpIsNoOutage() {
        Outage outage = Outage.of(sent(5, 10, 900, 901));
        assertEquals(0, outage.lost());
        assertEquals(0, outage.longestMillis());
    }

    @Test
    void whatTheSenderSentAfterTheLastArrivalIsLost() {
        Outage outage = Outage.of(sent(5, 10, 0, 0)).until(4, 20 * MILLI);
        assertEquals(2, outage.lost());
        assertEquals(10, outage.longestMillis());
    }

    @Test
    void nothingIsLostAtTheEndWhenTheLastArrived() {
        assertEquals(Outage.of(sent(5, 10)), Outage.of(sent(5, 10)).until(2, 10 * MILLI));
    }

    @Test
    void aFlowOfWhichNothingCameHasReceivedNone() {
        assertEquals(0, Outage.of(sent(0, 0)).until(2, MILLI).received());
    }

    @Test
    void itsLineIsReadBack() {
        Outage outage = Outage.of(sent(5, 10, 0, 0, 25));
        assertEquals(outage, Outage.parse(outage.toString()));
    }
}
