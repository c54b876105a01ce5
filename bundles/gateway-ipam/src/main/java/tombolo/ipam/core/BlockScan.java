package tombolo.ipam.core;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import tombolo.api.ipam.BlockOwner;

/**
 * The summary of a stored block in one pass over its bytes, without a tree: a fleet has 40,000 blocks, and all but a few are only ever looked at like this.
 * Whatever is unusual (escapes, Windows nodes, addresses that cool down, anything that does not look like a block) is left to {@link BlockJson}.
 */
public final class BlockScan {
    private static final byte[] WINDOWS = "windows".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] RELEASED = "releasedAt".getBytes(StandardCharsets.US_ASCII);

    private final byte[] text;
    private int at;
    private boolean unusual;

    private BlockScan(byte[] text) {
        this.text = text;
    }

    /** Empty: it takes a closer look. @param revision that the block was written at */
    public static Optional<BlockTable.Summary> summary(byte[] text, long revision) {
        try {
            return new BlockScan(text).scan(revision);
        } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException | DateTimeException _) {
            return Optional.empty();
        }
    }

    private Optional<BlockTable.Summary> scan(long revision) {
        Optional<BlockOwner> owner = Optional.empty();
        Optional<Instant> claimed = Optional.empty();
        OptionalInt allocated = OptionalInt.empty();
        OptionalInt free = OptionalInt.empty();
        OptionalLong sequence = OptionalLong.empty();
        skip('{');
        while (peek() != '}') {
            String name = word();
            skip(':');
            switch (name) {
                case "affinity" -> owner = peek() == '"' ? BlockOwner.parse(word()) : none();
                case "affinity_claim_time" -> claimed = peek() == '"' ? Optional.of(time()) : none();
                case "allocations" -> allocated = OptionalInt.of(items(true));
                case "unallocated" -> free = OptionalInt.of(peek() == '[' ? items(false) : -1);
                case "sequenceNumber" -> sequence = OptionalLong.of(number());
                case "hostAffinity" -> unusual = true;
                default -> value();
            }
            if (peek() == ',') {
                at++;
            }
        }
        if (unusual || allocated.isEmpty() || free.isEmpty() || free.getAsInt() < 0 || sequence.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new BlockTable.Summary(owner, free.getAsInt(), 0, allocated.getAsInt() == 0, claimed, sequence.getAsLong(), revision));
    }

    private <T> Optional<T> none() {
        value();
        return Optional.empty();
    }

    private byte peek() {
        while (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r') {
            at++;
        }
        return text[at];
    }

    private void skip(char wanted) {
        if (peek() != wanted) {
            throw new IllegalArgumentException();
        }
        at++;
    }

    private String word() {
        skip('"');
        int start = at;
        string(false);
        return new String(text, start, at - 1 - start, StandardCharsets.UTF_8);
    }

    /** {@code 2006-01-02T15:04:05Z}, as Calico writes it, without a parser for all the other ways. */
    private Instant time() {
        int start = at + 1;
        String word = word();
        if (word.length() != 20 || text[start + 4] != '-' || text[start + 7] != '-' || text[start + 10] != 'T' || text[start + 13] != ':' || text[start + 16] != ':' || text[start + 19] != 'Z') {
            return Instant.parse(word);
        }
        LocalDate day = LocalDate.of(number(start, 4), number(start + 5, 2), number(start + 8, 2));
        LocalTime time = LocalTime.of(number(start + 11, 2), number(start + 14, 2), number(start + 17, 2));
        return Instant.ofEpochSecond(day.toEpochSecond(time, ZoneOffset.UTC));
    }

    private int number(int from, int digits) {
        int number = 0;
        for (int i = from; i < from + digits; i++) {
            if (text[i] < '0' || text[i] > '9') {
                throw new IllegalArgumentException();
            }
            number = number * 10 + text[i] - '0';
        }
        return number;
    }

    /** To behind the closing quote. */
    private void string(boolean look) {
        int start = at;
        while (text[at] != '"') {
            if (text[at] == '\\') {
                unusual = true;
                at++;
            }
            at++;
        }
        if (look && at - start >= WINDOWS.length && (begins(start, WINDOWS) || begins(start, RELEASED))) {
            unusual = true;
        }
        at++;
    }

    /** The Windows handle is spelled in any case. */
    private boolean begins(int start, byte[] word) {
        if (at - start < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if ((text[start + i] | 0x20) != (word[i] | 0x20)) {
                return false;
            }
        }
        return true;
    }

    private long number() {
        peek();
        int start = at;
        while (text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        return Long.parseUnsignedLong(new String(text, start, at - start, StandardCharsets.US_ASCII));
    }

    private void digits() {
        int start = at;
        while (text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == start) {
            throw new IllegalArgumentException();
        }
    }

    /** How many numbers a flat list has; beside them there may be nulls. */
    private int items(boolean nulls) {
        skip('[');
        int numbers = 0;
        while (peek() != ']') {
            if (text[at] == 'n' && nulls) {
                at += 4;
            } else {
                digits();
                numbers++;
            }
            if (peek() == ',') {
                at++;
            } else if (text[at] != ']') {
                throw new IllegalArgumentException();
            }
        }
        at++;
        return numbers;
    }

    /** Passes over a value, whatever it is. */
    private void value() {
        byte first = peek();
        if (first == '"') {
            at++;
            string(true);
        } else if (first == '{' || first == '[') {
            int depth = 0;
            do {
                byte c = text[at++];
                if (c == '"') {
                    string(true);
                } else if (c == '{' || c == '[') {
                    depth++;
                } else if (c == '}' || c == ']') {
                    depth--;
                }
            } while (depth > 0);
        } else {
            while (text[at] != ',' && text[at] != '}' && text[at] != ']') {
                at++;
            }
        }
    }
}
