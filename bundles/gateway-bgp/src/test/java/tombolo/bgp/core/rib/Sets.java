package tombolo.bgp.core.rib;

import java.io.ByteArrayOutputStream;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.AttributeView;

/** Attribute sets for tests, in canonical form. */
final class Sets {
    private Sets() { }

    /** @param med -1: none; @param community 0: none; @param localPreference -1: none */
    static byte[] canonical(AddressFamily family, IpAddress nextHop, int med, int community, int localPreference, int... path) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {0x40, 1, 1, 0});
        out.writeBytes(new byte[] {0x40, 2, (byte) (path.length == 0 ? 0 : 2 + 4 * path.length)});
        if (path.length > 0) {
            out.write(2);
            out.write(path.length);
            for (int as : path) {
                out.writeBytes(IpAddress.v4(as).toBytes());
            }
        }
        if (family == AddressFamily.IPV4) {
            out.writeBytes(new byte[] {0x40, 3, 4});
            out.writeBytes(nextHop.toBytes());
        }
        word(out, 0x80, 4, med);
        word(out, 0x40, 5, localPreference);
        if (community != 0) {
            out.writeBytes(new byte[] {(byte) 0xc0, 8, 4});
            out.writeBytes(IpAddress.v4(community).toBytes());
        }
        if (family == AddressFamily.IPV6) {
            out.writeBytes(new byte[] {(byte) 0x80, 14, 16});
            out.writeBytes(nextHop.toBytes());
        }
        return out.toByteArray();
    }

    private static void word(ByteArrayOutputStream out, int flags, int type, int value) {
        if (value >= 0) {
            out.write(flags);
            out.write(type);
            out.write(4);
            out.writeBytes(IpAddress.v4(value).toBytes());
        }
    }

    static String text(AttributeTable attributes, int set) {
        AttributeView view = attributes.view(set);
        return "[" + view.asPath() + "] via " + view.nextHop().map(IpAddress::toString).orElse("-") + view.med().map(med -> " med " + med).orElse("")
                + view.localPreference().map(value -> " lp " + value).orElse("") + (view.communities().isEmpty() ? "" : " " + view.communities())
                + (view.others().isEmpty() ? "" : " " + view.others());
    }
}
