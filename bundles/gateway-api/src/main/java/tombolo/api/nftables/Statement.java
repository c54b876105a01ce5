package tombolo.api.nftables;

import java.util.List;
import java.util.OptionalInt;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** A part of a rule. */
public sealed interface Statement {
    /** The field stands so to the value. A value shorter than the field is compared with its first bytes. */
    record Match(Field field, Operator operator, Value value) implements Statement {
        public Match {
            if (value.length() > field.type().bytes()) {
                throw new IllegalArgumentException(field + " has " + field.type().bytes() + " bytes, not " + value.length());
            }
        }
    }

    /** The field and the mask, bit by bit, stand so to the value. */
    record Masked(Field field, Value mask, Operator operator, Value value) implements Statement {
        public Masked {
            if (mask.length() != field.type().bytes() || value.length() != mask.length()) {
                throw new IllegalArgumentException(field + " has " + field.type().bytes() + " bytes; the mask has " + mask.length() + ", the value " + value.length());
            }
        }
    }

    /** The field is between the two, both included. */
    record Within(Field field, Value from, Value to) implements Statement {
        public Within {
            if (from.length() != field.type().bytes() || to.length() != from.length() || from.compareTo(to) > 0) {
                throw new IllegalArgumentException(field + " from " + from + " to " + to);
            }
        }
    }

    /** The fields, one after another, are in the set ({@code inverted}: are not). */
    record Lookup(List<Field> key, String set, boolean inverted) implements Statement {
        public Lookup {
            key = List.copyOf(key);
            Names.checked(set);
        }
    }

    /** The field and the mask, bit by bit, are in the set ({@code inverted}: are not): addresses of networks of one length. */
    record MaskedLookup(Field field, Value mask, String set, boolean inverted) implements Statement {
        public MaskedLookup {
            if (mask.length() != field.type().bytes()) {
                throw new IllegalArgumentException(field + " has " + field.type().bytes() + " bytes; the mask has " + mask.length());
            }
            Names.checked(set);
        }
    }

    /** What the verdict map says to the fields; the rule goes on where it says nothing. */
    record VerdictLookup(List<Field> key, String map) implements Statement {
        public VerdictLookup {
            key = List.copyOf(key);
            Names.checked(map);
        }
    }

    record Decide(Verdict verdict) implements Statement { }

    /** Counts packets and bytes that come so far. */
    record Count() implements Statement { }

    /**
     * Hands the packet to whoever listens to the NFLOG group.
     *
     * @param snapLength how much of it, in bytes; empty: all
     */
    record LogTo(int group, String prefix, OptionalInt snapLength) implements Statement {
        public LogTo {
            prefix = Names.comment(prefix);
            if (group < 0 || group > 65535 || prefix.length() > 127) {
                throw new IllegalArgumentException("log group " + group + ": 0 to 65535");
            }
        }
    }

    /** Goes on while no more than so many packets came in each second. */
    record AtMost(int perSecond, int burst) implements Statement {
        public AtMost {
            if (perSecond < 1 || burst < 0) {
                throw new IllegalArgumentException(perSecond + " a second, burst " + burst);
            }
        }
    }

    /** The packet's mark ({@code connection}: its connection's) becomes {@code mark & keep ^ bits}. */
    record SetMark(boolean connection, int keep, int bits) implements Statement { }

    /**
     * The packet's security mark becomes what the map says to the fields; the rule goes on where it says something. Of a packet it is what a later rule can ask for and what
     * nobody routes by: one lookup cannot lead to another in one rule, which nft (1.0.6) dies of when it lists it.
     *
     * @param map of {@link DataType#MARK}
     */
    record Remember(List<Field> key, String map) implements Statement {
        public Remember {
            key = List.copyOf(key);
            Names.checked(map);
        }
    }

    /** The packet's security mark becomes 0. */
    record Forget() implements Statement { }

    /** What becomes of the packet from here on is told to whoever listens to the kernel's traces (nft monitor trace). */
    record Trace() implements Statement { }

    /** The packet is not tracked; in a chain before connection tracking (raw). */
    record NoTrack() implements Statement { }

    /** The destination becomes the address and port to which the map leads; the rule goes on where it leads nowhere. */
    record DestinationNat(AddressFamily family, List<Field> key, String map) implements Statement {
        public DestinationNat {
            key = List.copyOf(key);
            Names.checked(map);
        }
    }

    /** The source becomes the address; its port stays where that is free. */
    record SourceNat(IpAddress source) implements Statement { }

    /** The source becomes the address of the interface by which the packet leaves. @param fullyRandom whether its port is chosen at random */
    record Masquerade(boolean fullyRandom) implements Statement { }

    /**
     * The largest segment that a TCP packet's option names (RFC 9293 §3.7.1) becomes at most this; a smaller one stays. Behind a match of TCP and of SYN.
     *
     * @param most in bytes, 1-65535
     */
    record LowerSegments(int most) implements Statement {
        public LowerSegments {
            if (most < 1 || most > 65_535) {
                throw new IllegalArgumentException("segments of " + most + " bytes; wanted 1 to 65535");
            }
        }
    }

    enum Operator { EQUAL, NOT_EQUAL, LESS, AT_MOST, GREATER, AT_LEAST }

    static Statement is(Field field, Value value) {
        return new Match(field, Operator.EQUAL, value);
    }

    static Statement isNot(Field field, Value value) {
        return new Match(field, Operator.NOT_EQUAL, value);
    }

    /** In nearly every rule. */
    Statement IPV4 = is(Field.FAMILY, Value.octet(2));
    Statement IPV6 = is(Field.FAMILY, Value.octet(10));

    static Statement family(AddressFamily family) {
        return family == AddressFamily.IPV4 ? IPV4 : IPV6;
    }

    static Statement source(Prefix prefix) {
        return new Masked(prefix.family() == AddressFamily.IPV4 ? Field.SOURCE_V4 : Field.SOURCE_V6, Value.mask(prefix), Operator.EQUAL, Value.of(prefix.address()));
    }

    static Statement destination(Prefix prefix) {
        return new Masked(prefix.family() == AddressFamily.IPV4 ? Field.DESTINATION_V4 : Field.DESTINATION_V6, Value.mask(prefix), Operator.EQUAL, Value.of(prefix.address()));
    }

    /** Any of the bits is set, as nft's {@code ct state established,related}. */
    static Statement anyOf(Field field, int bits) {
        return new Masked(field, Value.number(bits), Operator.NOT_EQUAL, Value.number(0));
    }

    static Statement in(String set, Field... key) {
        return new Lookup(List.of(key), set, false);
    }

    static Statement notIn(String set, Field... key) {
        return new Lookup(List.of(key), set, true);
    }

    static Statement decide(Verdict verdict) {
        return new Decide(verdict);
    }
}
