package tombolo.dataplane.core.nftables;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tombolo.api.net.AddressFamily;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Statement.Operator;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.dataplane.core.MessageWriter;

/**
 * Statements as the kernel's expressions, which work on registers of four bytes (nf_tables.h, NFT_REG_*).
 *
 * <pre>
 *  ip saddr . meta l4proto . th dport @s     payload → slot 0, meta → slot 1, payload → slot 2, lookup from slot 0
 *  slot   0     1     2     3     4  …       a field takes as many slots as it has words
 *  number 1     9    10    11     2  …       a slot at a multiple of four has the number of its 16-byte register
 * </pre>
 *
 * The same registers in the same order as nft(8) takes them, so that it can read them back.
 */
public final class Expressions {
    /** Long enough that two contents never share one by chance. */
    public static final int HASH_BYTES = 16;
    private static final int VERDICT_REGISTER = 0;
    /** NFT_META_SECMARK. */
    private static final int SECURITY_MARK = 14;
    private static final int LINK_HEADER = 0;
    private static final int NETWORK_HEADER = 1;
    private static final int TRANSPORT_HEADER = 2;

    private final MessageWriter out = new MessageWriter(1 << 10);
    private final MessageDigest digest = sha256();
    private int element;

    /** Encodes a rule; its bytes (the attribute NFTA_RULE_EXPRESSIONS) are in {@link #bytes} until the next one. */
    public void encode(Rule rule) {
        out.clear();
        int list = out.openNested(4);
        rule.statements().forEach(this::statement);
        out.close(list);
    }

    byte[] bytes() {
        return out.bytes();
    }

    int size() {
        return out.size();
    }

    /** What the rule that was last encoded is known by: equal for equal statements and comment. */
    public byte[] hash(Rule rule) {
        digest.reset();
        digest.update(out.bytes(), 0, out.size());
        digest.update(rule.comment().getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(digest.digest(), HASH_BYTES);
    }

    private void statement(Statement statement) {
        switch (statement) {
            case Statement.Match match -> {
                load(match.field(), 0);
                compare(match.operator(), match.value());
            }
            case Statement.Masked masked -> {
                load(masked.field(), 0);
                bitwise(masked.mask().toBytes(), new byte[masked.mask().length()]);
                compare(masked.operator(), masked.value());
            }
            case Statement.Within within -> {
                load(within.field(), 0);
                compare(Operator.AT_LEAST, within.from());
                compare(Operator.AT_MOST, within.to());
            }
            case Statement.Lookup lookup -> {
                loadAll(lookup.key());
                lookup(lookup.set(), -1, lookup.inverted());
            }
            case Statement.MaskedLookup lookup -> {
                load(lookup.field(), 0);
                bitwise(lookup.mask().toBytes(), new byte[lookup.mask().length()]);
                lookup(lookup.set(), -1, lookup.inverted());
            }
            case Statement.VerdictLookup lookup -> {
                loadAll(lookup.key());
                lookup(lookup.map(), VERDICT_REGISTER, false);
            }
            case Statement.Decide decide -> decide(decide.verdict());
            case Statement.Count _ -> end(begin("counter"));
            case Statement.LogTo log -> {
                int mark = begin("log");
                out.attribute(1, Value.port(log.group()).toBytes());
                if (!log.prefix().isEmpty()) {
                    out.attributeText(2, log.prefix());
                }
                log.snapLength().ifPresent(length -> out.attributeBig32(3, length));
                end(mark);
            }
            case Statement.AtMost limit -> {
                int mark = begin("limit");
                out.attributeBig64(1, limit.perSecond());
                out.attributeBig64(2, 1);
                out.attributeBig32(3, limit.burst());
                out.attributeBig32(4, 0);
                out.attributeBig32(5, 0);
                end(mark);
            }
            case Statement.SetMark mark -> setMark(mark);
            case Statement.Remember remember -> {
                loadAll(remember.key());
                lookup(remember.map(), register(0), false);
                setSecurityMark();
            }
            case Statement.Forget _ -> {
                int mark = begin("immediate");
                out.attributeBig32(1, register(0));
                data(2, new byte[4]);
                end(mark);
                setSecurityMark();
            }
            case Statement.Trace _ -> {
                int mark = begin("immediate");
                out.attributeBig32(1, register(0));
                data(2, new byte[] {1});
                end(mark);
                int set = begin("meta");
                out.attributeBig32(2, 12); // NFT_META_NFTRACE
                out.attributeBig32(3, register(0));
                end(set);
            }
            case Statement.NoTrack _ -> end(begin("notrack"));
            case Statement.LowerSegments lowered -> {
                int mark = begin("immediate");
                out.attributeBig32(1, register(0));
                data(2, Value.port(lowered.most()).toBytes());
                end(mark);
                int option = begin("exthdr");
                out.attributeBig32(7, register(0)); // NFTA_EXTHDR_SREG: the kernel writes it into the packet where it is less
                out.attribute(2, new byte[] {2}); // the option's kind: maximum segment size
                out.attributeBig32(3, 2);
                out.attributeBig32(4, 2);
                out.attributeBig32(6, 1); // NFT_EXTHDR_OP_TCPOPT
                end(option);
            }
            case Statement.DestinationNat nat -> destinationNat(nat);
            case Statement.SourceNat nat -> {
                int address = begin("immediate");
                out.attributeBig32(1, register(0));
                data(2, Value.of(nat.source()).toBytes());
                end(address);
                int mark = begin("nat");
                out.attributeBig32(1, 0); // NFT_NAT_SNAT
                out.attributeBig32(2, nat.source().isIpv4() ? 2 : 10);
                out.attributeBig32(3, register(0));
                end(mark);
            }
            case Statement.Masquerade masquerade -> {
                int mark = begin("masq");
                if (masquerade.fullyRandom()) {
                    out.attributeBig32(1, 0x10); // NF_NAT_RANGE_PROTO_RANDOM_FULLY
                }
                end(mark);
            }
        }
    }

    private void destinationNat(Statement.DestinationNat nat) {
        loadAll(nat.key());
        lookup(nat.map(), register(0), false);
        boolean v4 = nat.family() == AddressFamily.IPV4;
        int mark = begin("nat");
        out.attributeBig32(1, 1);
        out.attributeBig32(2, v4 ? 2 : 10);
        out.attributeBig32(3, register(0));
        out.attributeBig32(5, register(v4 ? 1 : 4));
        end(mark);
    }

    private void setSecurityMark() {
        int mark = begin("meta");
        out.attributeBig32(2, SECURITY_MARK);
        out.attributeBig32(3, register(0));
        end(mark);
    }

    private void setMark(Statement.SetMark wanted) {
        load(wanted.connection() ? Field.CT_MARK : Field.MARK, 0);
        bitwise(Value.number(wanted.keep()).toBytes(), Value.number(wanted.bits()).toBytes());
        int mark = begin(wanted.connection() ? "ct" : "meta");
        out.attributeBig32(2, 3); // NFT_CT_MARK and NFT_META_MARK alike
        out.attributeBig32(wanted.connection() ? 4 : 3, register(0));
        end(mark);
    }

    private void decide(Verdict verdict) {
        int mark = begin("immediate");
        out.attributeBig32(1, VERDICT_REGISTER);
        int data = out.openNested(2);
        verdict(out, verdict);
        out.close(data);
        end(mark);
    }

    /** NFTA_DATA_VERDICT, in a rule or an element. */
    static void verdict(MessageWriter out, Verdict verdict) {
        int nested = out.openNested(2);
        out.attributeBig32(1, switch (verdict.kind()) {
            case ACCEPT -> Nf.NF_ACCEPT;
            case DROP -> Nf.NF_DROP;
            case RETURN -> Nf.NFT_RETURN;
            case JUMP -> Nf.NFT_JUMP;
            case GOTO -> Nf.NFT_GOTO;
        });
        if (!verdict.chain().isEmpty()) {
            out.attributeText(2, verdict.chain());
        }
        out.close(nested);
    }

    private void loadAll(List<Field> fields) {
        int slot = 0;
        for (Field field : fields) {
            load(field, slot);
            slot += (field.type().bytes() + 3) / 4;
        }
    }

    private void load(Field field, int slot) {
        int to = register(slot);
        switch (field) {
            case FAMILY -> meta(15, to);
            case PROTOCOL -> meta(16, to);
            case INPUT_INTERFACE -> meta(6, to);
            case OUTPUT_INTERFACE -> meta(7, to);
            case MARK -> meta(3, to);
            case SECURITY_MARK -> meta(SECURITY_MARK, to);
            case INPUT_TYPE -> meta(8, to);
            case SOURCE_MAC -> payload(LINK_HEADER, 6, 6, to);
            case PACKET_TYPE -> meta(19, to);
            case HOPS_V4 -> payload(NETWORK_HEADER, 8, 1, to);
            case HOPS_V6 -> payload(NETWORK_HEADER, 7, 1, to);
            case SOURCE_V4 -> payload(NETWORK_HEADER, 12, 4, to);
            case DESTINATION_V4 -> payload(NETWORK_HEADER, 16, 4, to);
            case SOURCE_V6 -> payload(NETWORK_HEADER, 8, 16, to);
            case DESTINATION_V6 -> payload(NETWORK_HEADER, 24, 16, to);
            case SOURCE_PORT -> payload(TRANSPORT_HEADER, 0, 2, to);
            case DESTINATION_PORT -> payload(TRANSPORT_HEADER, 2, 2, to);
            case TCP_FLAGS -> payload(TRANSPORT_HEADER, 13, 1, to);
            case ICMP_TYPE, ICMPV6_TYPE -> payload(TRANSPORT_HEADER, 0, 1, to);
            case ICMP_CODE, ICMPV6_CODE -> payload(TRANSPORT_HEADER, 1, 1, to);
            case CT_STATE -> connection(0, to);
            case CT_DIRECTION -> connection(1, to);
            case CT_STATUS -> connection(2, to);
            case CT_MARK -> connection(3, to);
            case DESTINATION_TYPE -> fib(3, 2, to); // NFT_FIB_RESULT_ADDRTYPE, F_DADDR
            case REVERSE_PATH -> fib(1, 1 | 8 | 32, to); // RESULT_OIF, F_SADDR | F_IIF | F_PRESENT
        }
    }

    private void meta(int key, int to) {
        int mark = begin("meta");
        out.attributeBig32(2, key);
        out.attributeBig32(1, to);
        end(mark);
    }

    private void payload(int header, int offset, int length, int to) {
        int mark = begin("payload");
        out.attributeBig32(1, to);
        out.attributeBig32(2, header);
        out.attributeBig32(3, offset);
        out.attributeBig32(4, length);
        end(mark);
    }

    private void connection(int key, int to) {
        int mark = begin("ct");
        out.attributeBig32(2, key);
        out.attributeBig32(1, to);
        end(mark);
    }

    private void fib(int result, int flags, int to) {
        int mark = begin("fib");
        out.attributeBig32(3, flags);
        out.attributeBig32(2, result);
        out.attributeBig32(1, to);
        end(mark);
    }

    private void bitwise(byte[] mask, byte[] xor) {
        int mark = begin("bitwise");
        out.attributeBig32(1, register(0));
        out.attributeBig32(2, register(0));
        out.attributeBig32(3, mask.length);
        data(4, mask);
        data(5, xor);
        end(mark);
    }

    private void compare(Operator operator, Value value) {
        int mark = begin("cmp");
        out.attributeBig32(1, register(0));
        out.attributeBig32(2, operator.ordinal()); // enum nft_cmp_ops: EQ, NEQ, LT, LTE, GT, GTE
        data(3, value);
        end(mark);
    }

    /** @param to the register for what a map says; negative for a set */
    private void lookup(String set, int to, boolean inverted) {
        int mark = begin("lookup");
        out.attributeBig32(2, register(0));
        if (to >= 0) {
            out.attributeBig32(3, to);
        }
        out.attributeText(1, set);
        if (inverted) {
            out.attributeBig32(5, 1);
        }
        end(mark);
    }

    private void data(int type, byte[] value) {
        int nested = out.openNested(type);
        out.attribute(1, value);
        out.close(nested);
    }

    private void data(int type, Value value) {
        int nested = out.openNested(type);
        out.attribute(1, value);
        out.close(nested);
    }

    private int begin(String name) {
        element = out.openNested(1);
        out.attributeText(1, name);
        return out.openNested(2);
    }

    private void end(int mark) {
        out.close(mark);
        out.close(element);
    }

    private static int register(int slot) {
        return slot % 4 == 0 ? 1 + slot / 4 : 8 + slot;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
