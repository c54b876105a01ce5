package tombolo.dataplane.core;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/**
 * Walks the messages of a datagram, and the attributes of a message, without copying. Every length is checked against what holds it, so that a malformed
 * datagram ends the walk and never reads past it.
 */
public final class MessageReader {
    public static final int NLMSG_ERROR = 2;
    public static final int NLMSG_DONE = 3;
    private static final int TYPE_MASK = 0x3fff; // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
    private static final int NLM_F_CAPPED = 0x100;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;

    private final byte[] bytes;
    private int limit;
    private int start;
    private int end;
    private int attribute;
    private int attributeEnd;
    private int attributesLimit;

    public MessageReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Begins with a datagram of that length. */
    public void reset(int length) {
        limit = length;
        start = 0;
        end = 0;
    }

    /** Moves to the next message; false at the end, or where the rest is no message. */
    public boolean next() {
        start = (end + 3) & ~3;
        if (start + 16 > limit) {
            return false;
        }
        int length = u32(start);
        if (length < 16 || length > limit - start) {
            return false;
        }
        end = start + length;
        return true;
    }

    public int type() {
        return u16(start + 4);
    }

    public int flags() {
        return u16(start + 6);
    }

    public int sequence() {
        return u32(start + 8);
    }

    public int port() {
        return u32(start + 12);
    }

    public int payload() {
        return start + 16;
    }

    public int payloadLength() {
        return end - start - 16;
    }

    /** The positive error number of an NLMSG_ERROR or NLMSG_DONE; 0 for an acknowledgement. */
    public int errno() {
        return payloadLength() >= 4 ? -u32(payload()) : 0;
    }

    /** The kernel's explanation in an NLMSG_ERROR (extended ACK), or "". */
    public String errorText() {
        if ((flags() & NLM_F_ACK_TLVS) == 0 || payloadLength() < 20) {
            return "";
        }
        int echoed = (flags() & NLM_F_CAPPED) != 0 ? 16 : u32(payload() + 4);
        if (echoed < 16 || echoed > end - payload() - 4) {
            return "";
        }
        attributes(payload() + 4 + ((echoed + 3) & ~3), end);
        while (nextAttribute()) {
            if (attributeType() == NLMSGERR_ATTR_MSG) {
                return attributeText();
            }
        }
        return "";
    }

    /** Begins with the message's attributes, which follow a fixed header of that length. */
    public void attributes(int headerLength) {
        attributes(payload() + headerLength, end);
    }

    /** Begins with the attributes in a range, such as those nested in another; the walk outside must be resumed by its own bounds. */
    public void attributes(int from, int to) {
        attributeEnd = from;
        attributesLimit = to;
    }

    /** Another walk over the attributes nested in the one that this walk stands on; this one goes on undisturbed. */
    public MessageReader nested() {
        MessageReader inner = new MessageReader(bytes);
        inner.attributes(attributeStart(), attributeEnd());
        return inner;
    }

    public boolean nextAttribute() {
        attribute = (attributeEnd + 3) & ~3;
        if (attribute > attributesLimit - 4) {
            return false;
        }
        int length = u16(attribute);
        if (length < 4 || length > attributesLimit - attribute) {
            return false;
        }
        attributeEnd = attribute + length;
        return true;
    }

    public int attributeType() {
        return u16(attribute + 2) & TYPE_MASK;
    }

    public int attributeStart() {
        return attribute + 4;
    }

    public int attributeEnd() {
        return attributeEnd;
    }

    public int attributesLimit() {
        return attributesLimit;
    }

    public int attributeLength() {
        return attributeEnd - attribute - 4;
    }

    public int attribute32() {
        return attributeLength() >= 4 ? u32(attribute + 4) : 0;
    }

    /** A text that ends with a zero byte, or with the attribute. */
    public String attributeText() {
        int from = attributeStart();
        int to = from;
        while (to < attributeEnd && bytes[to] != 0) {
            to++;
        }
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /** The address in the attribute, whose length tells the family. */
    public IpAddress attributeAddress() {
        return attributeLength() >= 16 ? IpAddress.v6(big64(attributeStart()), big64(attributeStart() + 8)) : IpAddress.v4(big32(attributeStart()));
    }

    /** The hardware address in the attribute; empty where it is none of six bytes. */
    public Optional<MacAddress> attributeMac() {
        return attributeLength() == 6 ? Optional.of(MacAddress.fromBytes(bytes, attributeStart())) : Optional.empty();
    }

    public IpAddress address(AddressFamily family, int at) {
        return family == AddressFamily.IPV6 ? IpAddress.v6(big64(at), big64(at + 8)) : IpAddress.v4(big32(at));
    }

    public int u8(int at) {
        return bytes[at] & 0xff;
    }

    public int u16(int at) {
        return (short) MessageWriter.SHORT.get(bytes, at) & 0xffff;
    }

    public int u32(int at) {
        return (int) MessageWriter.INT.get(bytes, at);
    }

    public int big32(int at) {
        return (int) MessageWriter.BIG_INT.get(bytes, at);
    }

    public long big64(int at) {
        return (long) MessageWriter.BIG_LONG.get(bytes, at);
    }
}
