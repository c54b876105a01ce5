package tombolo.dataplane.core.probe;

import java.util.Optional;
import tombolo.dataplane.core.MessageReader;

/**
 * One step of a packet that is traced (nf_tables.h, enum nft_trace_attributes).
 *
 * @param id      of the packet
 * @param type    1: the end of a base chain, 2: a return, 3: a rule
 * @param handle  of the rule
 * @param verdict 0 drop, 1 accept, -1 continue, -3 jump, -4 goto, -5 return
 * @param target  the chain of a jump
 */
public record TraceMessage(int family, String table, String chain, int id, int type, long handle, int verdict, String target) {
    /** NFT_MSG_TRACE of NFNL_SUBSYS_NFTABLES. */
    public static final int TYPE = 10 << 8 | 17;
    /** NFNLGRP_NFTRACE. */
    public static final int GROUP = 9;
    static final int END_OF_CHAIN = 1;
    static final int RULE = 3;
    private static final int DROP = 0;
    private static final int HEADER = 4;

    public static Optional<TraceMessage> read(MessageReader message) {
        if (message.type() != TYPE || message.payloadLength() < HEADER) {
            return Optional.empty();
        }
        String table = "";
        String chain = "";
        String target = "";
        int id = 0;
        int type = 0;
        long handle = 0;
        int verdict = -1;
        message.attributes(HEADER);
        while (message.nextAttribute()) {
            int at = message.attributeStart();
            int length = message.attributeLength();
            switch (message.attributeType()) {
                case 1 -> table = message.attributeText();
                case 2 -> chain = message.attributeText();
                case 3 -> handle = length >= 8 ? message.big64(at) : 0;
                case 4 -> type = length >= 4 ? message.big32(at) : 0;
                case 5 -> {
                    MessageReader inner = message.nested();
                    while (inner.nextAttribute()) {
                        if (inner.attributeType() == 1 && inner.attributeLength() >= 4) {
                            verdict = inner.big32(inner.attributeStart());
                        } else if (inner.attributeType() == 2) {
                            target = inner.attributeText();
                        }
                    }
                }
                case 6 -> id = length >= 4 ? message.big32(at) : 0;
                case 16 -> verdict = type == END_OF_CHAIN && length >= 4 ? message.big32(at) : verdict;
                default -> { }
            }
        }
        return Optional.of(new TraceMessage(message.u8(message.payload()), table, chain, id, type, handle, verdict, target));
    }

    /** Whether the packet's way ends here. */
    public boolean drops() {
        return (type == RULE || type == END_OF_CHAIN) && verdict == DROP;
    }

    /** Whether it is worth telling: a rule that decides or leads on, the end of a chain that drops. */
    public boolean tells() {
        return type == RULE && verdict != -1 || drops();
    }

    public String words() {
        return switch (verdict) {
            case DROP -> type == END_OF_CHAIN ? "drop, at the chain's end" : "drop";
            case 1 -> "accept";
            case -3 -> "jump " + target;
            case -4 -> "goto " + target;
            case -5 -> "return";
            default -> "continue";
        };
    }

    /** As nft writes it. */
    public String tableWords() {
        return switch (family) {
            case 1 -> "inet ";
            case 2 -> "ip ";
            case 5 -> "netdev ";
            case 7 -> "bridge ";
            case 10 -> "ip6 ";
            default -> family + " ";
        } + table;
    }
}
