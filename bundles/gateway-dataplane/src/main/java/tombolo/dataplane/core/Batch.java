package tombolo.dataplane.core;

import java.util.Arrays;
import tombolo.api.kernel.Errno;

/**
 * Up to {@link #MESSAGES} route messages and what each of them is to do, so that the kernel's answers, which name a sequence number, find their rows. Only the
 * last message asks for an acknowledgement: errors are reported without, and one answer a batch instead of 500 is a quarter of the time.
 */
public final class Batch {
    /** Beyond 100 the cost is the kernel's alone; 500 hold the kernel's lock for about 2 ms, which is how long a failover may wait. */
    public static final int MESSAGES = 500;
    /** ECMP of 64 makes messages of 2 KiB: a batch ends early rather than grow without bound. */
    private static final int BYTES = 128 << 10;

    /** What a message does to its row; NEXT_HOP is about a nexthop object, whose question's number stands in the place of the slot. */
    public enum Operation { ADD, REPLACE, DELETE, DELETE_EXTRA, NEXT_HOP }

    private final MessageWriter writer = new MessageWriter(64 << 10);
    /** A row may need two messages: the last one has room for both. */
    private final Operation[] operations = new Operation[MESSAGES + 1];
    private final boolean[] v6 = new boolean[MESSAGES + 1];
    private final int[] slots = new int[MESSAGES + 1];
    private final int[] contents = new int[MESSAGES + 1];
    private final int[] errnos = new int[MESSAGES + 1];
    private final String[] texts = new String[MESSAGES + 1];
    private int firstSequence = 1;
    private int size;

    /** Empties the batch and moves on to fresh sequence numbers, so that a late answer to an earlier batch is not taken for one to this. */
    public void clear() {
        firstSequence += Math.max(1, size);
        if (firstSequence > Integer.MAX_VALUE - 2 * MESSAGES) {
            firstSequence = 1;
        }
        size = 0;
        writer.clear();
    }

    public boolean isFull() {
        return size >= MESSAGES || writer.size() > BYTES;
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public MessageWriter writer() {
        return writer;
    }

    int nextSequence() {
        return firstSequence + size;
    }

    void add(Operation operation, boolean isV6, int slot, int content) {
        operations[size] = operation;
        v6[size] = isV6;
        slots[size] = slot;
        contents[size] = content;
        errnos[size] = 0;
        texts[size] = "";
        size++;
    }

    /** Asks for the acknowledgement of the last message. */
    public void seal() {
        writer.flagLast(Rtnetlink.NLM_F_ACK);
    }

    /** Takes one answer; true where it was the last message's, which ends the batch. */
    public boolean answer(int sequence, int errno, String text) {
        int index = sequence - firstSequence;
        if (index < 0 || index >= size) {
            return false; // of an earlier batch that was given up
        }
        errnos[index] = errno;
        texts[index] = text;
        return index == size - 1;
    }

    /** No answer came: nothing is known of any message. */
    public void fail(int errno, String text) {
        Arrays.fill(errnos, 0, size, errno == 0 ? Errno.ENOBUFS : errno); // 0 would mean success
        Arrays.fill(texts, 0, size, text);
    }

    Operation operation(int index) {
        return operations[index];
    }

    boolean v6(int index) {
        return v6[index];
    }

    int slot(int index) {
        return slots[index];
    }

    int content(int index) {
        return contents[index];
    }

    int errno(int index) {
        return errnos[index];
    }

    String text(int index) {
        return texts[index];
    }
}
