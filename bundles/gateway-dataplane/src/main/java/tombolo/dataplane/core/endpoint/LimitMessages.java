package tombolo.dataplane.core.endpoint;

import java.nio.charset.StandardCharsets;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/**
 * Encoders of the messages that limit a container's traffic as the CNI plugin bandwidth does.
 *
 * <pre>
 *  to the container     host interface, root qdisc tbf
 *  from the container   host interface, ingress qdisc, u32 filter that matches all ─► mirred redirect ─► ifb device, root qdisc tbf
 *
 *  tcmsg 0        4         8        12       16
 *       | family | ifindex | handle | parent | info |
 * </pre>
 */
public final class LimitMessages {
    static final int RTM_NEWQDISC = 36;
    private static final int RTM_DELQDISC = 37;
    private static final int RTM_GETQDISC = 38;
    static final int RTM_NEWTFILTER = 44;
    private static final int RTM_GETTFILTER = 46;
    static final int TC_H_ROOT = 0xffff_ffff;
    static final int TC_H_INGRESS = 0xffff_fff1;
    private static final int INGRESS_HANDLE = 0xffff_0000;
    static final int TBF_HANDLE = 0x1_0000;
    /** How long a packet may wait for its turn, as the CNI plugin bandwidth has it. */
    private static final int LATENCY_MILLIS = 25;
    private static final int ETHERNET = 1; // TC_LINKLAYER_ETHERNET: no rate table is needed then

    private LimitMessages() { }

    /** @param rate bytes a second @param burst bytes */
    public static void tokenBucket(MessageWriter out, int sequence, int index, long rate, long burst) {
        begin(out, RTM_NEWQDISC, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE, sequence, index, TBF_HANDLE, TC_H_ROOT, 0);
        out.attributeText(1, "tbf");
        int options = out.openNested(2);
        int parameters = out.open(1);
        rate(out, rate);
        rate(out, 0);
        out.u32((int) limit(rate, burst));
        out.u32(0); // the buffer in ticks: told in bytes below
        out.u32(0);
        out.close(parameters);
        if (rate >= 1L << 32) {
            int wide = out.open(4);
            out.u32((int) rate);
            out.u32((int) (rate >>> 32));
            out.close(wide);
        }
        out.attribute32(6, (int) burst);
        out.close(options);
        out.end();
    }

    /** How many bytes may wait. */
    static long limit(long rate, long burst) {
        return Math.min(0xffff_ffffL, rate * LATENCY_MILLIS / 1000 + burst);
    }

    /**
     * The qdisc that all passes which leaves a device. One device's alone: a dump tells those of all devices, and passes one over where another goes meanwhile. The
     * kernel answers as it would tell of a change, to who wants an echo of it; of one that it made itself not at all.
     */
    public static void getRoot(MessageWriter out, int sequence, int index) {
        begin(out, RTM_GETQDISC, Rtnetlink.NLM_F_ECHO, sequence, index, 0, TC_H_ROOT, 0);
        out.end();
    }

    /** The one at which what comes in by a device can be looked at; refused with ENOENT where there is none. */
    public static void getIngress(MessageWriter out, int sequence, int index) {
        begin(out, RTM_GETQDISC, Rtnetlink.NLM_F_ECHO, sequence, index, 0, TC_H_INGRESS, 0);
        out.end();
    }

    /** What is done with what comes in by an interface. */
    public static void dumpIngressFilters(MessageWriter out, int sequence, int index) {
        begin(out, RTM_GETTFILTER, Rtnetlink.NLM_F_DUMP, sequence, index, 0, INGRESS_HANDLE, 0);
        out.end();
    }

    private static void rate(MessageWriter out, long bytesPerSecond) {
        out.u8(0);
        out.u8(ETHERNET);
        out.u16(0);
        out.u16(0);
        out.u16(0);
        out.u32((int) Math.min(0xffff_ffffL, bytesPerSecond));
    }

    /** Where what comes in by an interface can be looked at. */
    public static void ingress(MessageWriter out, int sequence, int index) {
        begin(out, RTM_NEWQDISC, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence, index, INGRESS_HANDLE, TC_H_INGRESS, 0);
        out.attributeText(1, "ingress");
        out.end();
    }

    public static void deleteIngress(MessageWriter out, int sequence, int index) {
        begin(out, RTM_DELQDISC, 0, sequence, index, INGRESS_HANDLE, TC_H_INGRESS, 0);
        out.end();
    }

    public static void deleteRoot(MessageWriter out, int sequence, int index) {
        begin(out, RTM_DELQDISC, 0, sequence, index, TBF_HANDLE, TC_H_ROOT, 0);
        out.end();
    }

    /** Sends all that comes in by an interface out by another. */
    public static void redirect(MessageWriter out, int sequence, int from, int to) {
        begin(out, RTM_NEWTFILTER, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence, from, 0, INGRESS_HANDLE, 1 << 16 | 0x0300); // priority 1, ETH_P_ALL in network order
        out.attributeText(1, "u32");
        int options = out.openNested(2);
        int selector = out.open(5);
        out.u8(1); // TC_U32_TERMINAL
        out.u8(0);
        out.u8(1); // one key, which matches everything
        out.u8(0);
        for (int i = 0; i < 7; i++) {
            out.u32(0);
        }
        out.close(selector);
        int actions = out.openNested(7);
        int first = out.openNested(1);
        out.attributeText(1, "mirred");
        int action = out.openNested(2);
        int mirred = out.open(2);
        out.u32(0);
        out.u32(0);
        out.u32(4); // TC_ACT_STOLEN
        out.u32(0);
        out.u32(0);
        out.u32(1); // TCA_EGRESS_REDIR
        out.u32(to);
        out.close(mirred);
        out.close(action);
        out.close(first);
        out.close(actions);
        out.close(options);
        out.end();
    }

    /** A device that only passes packets on, up. */
    public static void newIfb(MessageWriter out, int sequence, String name, int mtu) {
        out.begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence);
        LinkMessage.header(out, 0, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        out.attributeText(Rtnetlink.IFLA_IFNAME, name);
        out.attribute32(Rtnetlink.IFLA_MTU, mtu);
        int info = out.openNested(Rtnetlink.IFLA_LINKINFO);
        out.attribute(Rtnetlink.IFLA_INFO_KIND, "ifb".getBytes(StandardCharsets.US_ASCII));
        out.close(info);
        out.end();
    }

    private static void begin(MessageWriter out, int type, int flags, int sequence, int index, int handle, int parent, int info) {
        out.begin(type, Rtnetlink.NLM_F_REQUEST | flags, sequence);
        out.u32(0);
        out.u32(index);
        out.u32(handle);
        out.u32(parent);
        out.u32(info);
    }
}
