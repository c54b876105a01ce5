package tombolo.dataplane.core.endpoint;

import java.util.Optional;
import java.util.OptionalInt;
import tombolo.dataplane.core.MessageReader;

/** Parsers of what the kernel answers to the questions of {@link LimitMessages}. A message that is none of ours, or too short, is empty. */
public final class LimitAnswers {
    private static final int TCMSG = 20;
    private static final int KIND = 1;
    private static final int OPTIONS = 2;
    private static final int NANOS_A_TICK = 64; // PSCHED_SHIFT

    private LimitAnswers() { }

    /**
     * The kernel tells the burst as the time that it takes at the rate.
     *
     * @param rate  bytes a second
     * @param limit bytes that may wait
     * @param ticks of 64 ns, modulo 2^32
     */
    public record SeenBucket(long rate, long limit, long ticks) {
        /** In bytes, rounded; of a burst of more than four minutes the kernel tells the rest of a division alone. */
        public long burst() {
            return Math.round((double) ticks * NANOS_A_TICK * rate / 1_000_000_000);
        }

        /** Whether it is what {@link LimitMessages#tokenBucket} made of those; the kernel rounds the time by less than a millionth. */
        public boolean is(long wantedRate, long wantedBurst) {
            long wanted = (long) ((double) wantedBurst * 1_000_000_000 / wantedRate / NANOS_A_TICK);
            long apart = Math.abs((int) (wanted - ticks));
            return rate == wantedRate && limit == LimitMessages.limit(wantedRate, wantedBurst) && apart <= 2 + wanted / 1_000_000;
        }
    }

    /** @param root whether all that leaves the device passes it @param ours whether it has the handle that ours have @param bucket where its kind is tbf */
    public record SeenQdisc(int index, boolean root, boolean ours, String kind, Optional<SeenBucket> bucket) { }

    public static Optional<SeenQdisc> qdisc(MessageReader reader) {
        if (reader.type() != LimitMessages.RTM_NEWQDISC || reader.payloadLength() < TCMSG) {
            return Optional.empty();
        }
        int index = reader.u32(reader.payload() + 4);
        boolean ours = reader.u32(reader.payload() + 8) == LimitMessages.TBF_HANDLE;
        int parent = reader.u32(reader.payload() + 12);
        String kind = "";
        Optional<SeenBucket> bucket = Optional.empty();
        reader.attributes(TCMSG);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == KIND) {
                kind = reader.attributeText();
            } else if (reader.attributeType() == OPTIONS && kind.equals("tbf")) {
                bucket = bucket(reader.nested());
            }
        }
        return Optional.of(new SeenQdisc(index, parent == LimitMessages.TC_H_ROOT, ours, kind, bucket));
    }

    /** {@code tc_tbf_qopt: |rate (12)|peak rate (12)|limit|buffer|mtu|}; a rate ends in its bytes a second, all ones where they are in TCA_TBF_RATE64. */
    private static Optional<SeenBucket> bucket(MessageReader options) {
        Optional<SeenBucket> bucket = Optional.empty();
        while (options.nextAttribute()) {
            int at = options.attributeStart();
            if (options.attributeType() == 1 && options.attributeLength() >= 36) {
                bucket = Optional.of(new SeenBucket(options.u32(at + 8) & 0xffff_ffffL, options.u32(at + 24) & 0xffff_ffffL, options.u32(at + 28) & 0xffff_ffffL));
            } else if (options.attributeType() == 4 && options.attributeLength() >= 8) {
                long rate = options.u32(at) & 0xffff_ffffL | (long) options.u32(at + 4) << 32;
                bucket = bucket.map(one -> new SeenBucket(rate, one.limit(), one.ticks()));
            }
        }
        return bucket;
    }

    /** The device to which a filter sends all that it sees; empty where it is another filter. */
    public static OptionalInt redirectOfAll(MessageReader reader) {
        if (reader.type() != LimitMessages.RTM_NEWTFILTER || reader.payloadLength() < TCMSG) {
            return OptionalInt.empty();
        }
        OptionalInt to = OptionalInt.empty();
        boolean all = false;
        String kind = "";
        reader.attributes(TCMSG);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == KIND) {
                kind = reader.attributeText();
            } else if (reader.attributeType() == OPTIONS && kind.equals("u32")) {
                MessageReader options = reader.nested();
                while (options.nextAttribute()) {
                    if (options.attributeType() == 5 && options.attributeLength() >= 32) {
                        // tc_u32_sel: how many keys at 2; the first at 16, its mask first
                        all = options.u8(options.attributeStart() + 2) == 1 && options.u32(options.attributeStart() + 16) == 0 && options.u32(options.attributeStart() + 20) == 0;
                    } else if (options.attributeType() == 7) {
                        to = redirect(options.nested());
                    }
                }
            }
        }
        return all ? to : OptionalInt.empty();
    }

    /** The first of the actions, where it is mirred's redirect: {@code tc_mirred: |tc_gen (20)|eaction|ifindex|}. */
    private static OptionalInt redirect(MessageReader actions) {
        String kind = "";
        if (actions.nextAttribute()) {
            MessageReader action = actions.nested();
            while (action.nextAttribute()) {
                if (action.attributeType() == KIND) {
                    kind = action.attributeText();
                } else if (action.attributeType() == OPTIONS && kind.equals("mirred")) {
                    MessageReader options = action.nested();
                    while (options.nextAttribute()) {
                        if (options.attributeType() == 2 && options.attributeLength() >= 28 && options.u32(options.attributeStart() + 20) == 1) {
                            return OptionalInt.of(options.u32(options.attributeStart() + 24));
                        }
                    }
                }
            }
        }
        return OptionalInt.empty();
    }
}
