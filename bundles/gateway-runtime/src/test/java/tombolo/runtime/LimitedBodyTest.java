package tombolo.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class LimitedBodyTest {
    private boolean cancelled;
    private final Flow.Subscription subscription = new Flow.Subscription() {
        @Override
        public void request(long n) {
            assertEquals(Long.MAX_VALUE, n);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    };

    private LimitedBody taking(int mostBytes, byte[]... parts) {
        LimitedBody body = new LimitedBody(mostBytes);
        body.onSubscribe(subscription);
        for (byte[] part : parts) {
            body.onNext(List.of(ByteBuffer.wrap(part)));
        }
        return body;
    }

    @Test
    void aBodyOfTheLimitIsTakenWhole() {
        LimitedBody body = taking(4, new byte[] {1, 2, 3}, new byte[] {4});
        body.onComplete();
        assertArrayEquals(new byte[] {1, 2, 3, 4}, body.getBody().toCompletableFuture().join());
        assertFalse(cancelled);
    }

    @Test
    void aByteMoreLetsGoOfTheConnection() {
        LimitedBody body = taking(4, new byte[] {1, 2, 3}, new byte[] {4, 5});
        assertTrue(cancelled);
        body.onNext(List.of(ByteBuffer.wrap(new byte[] {6}))); // what was on its way
        body.onComplete();
        CompletionException end = assertThrows(CompletionException.class, () -> body.getBody().toCompletableFuture().join());
        assertEquals("the answer is longer than 4 bytes", assertInstanceOf(LimitedBody.TooLong.class, end.getCause()).getMessage());
    }
}
