package tombolo.dataplane.core.nftables;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.NamedSet.MapData;

/** What of sets and chains cannot be changed while they are there, in the kernel's numbers: comparing these says whether one must be made anew. */
final class Shapes {
    private static final int KEY_ORDER = 0;
    private static final int DATA_ORDER = 1;
    private static final int COMMENT = 7;

    private Shapes() { }

    record SetShape(int flags, int keyType, int keyLength, int dataType, int dataLength) { }

    /** @param type such as {@code nat} */
    record HookShape(String type, int point, int priority, boolean drop) { }

    static SetShape of(NamedSet set) {
        int flags = (set.interval() ? Nf.SET_INTERVAL : 0) | (set.interval() && set.key().size() > 1 ? Nf.SET_CONCATENATED : 0);
        int type = type(set.key());
        int length = DataType.bytes(set.key());
        return switch (set.data()) {
            case MapData.None _ -> new SetShape(flags, type, length, 0, 0);
            case MapData.Verdicts _, MapData.Lasting _ -> new SetShape(flags | Nf.SET_MAP, type, length, Nf.DATA_VERDICT, 0);
            case MapData.Values(List<DataType> fields) -> new SetShape(flags | Nf.SET_MAP, type, length, type(fields), DataType.bytes(fields));
        };
    }

    static Optional<HookShape> of(Chain chain) {
        return chain.hook().map(hook -> new HookShape(typeName(hook.type()), hook.point().ordinal(), hook.priority(), hook.drop()));
    }

    static String typeName(Chain.Type type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    /** nft packs the types of fields by six bits each. */
    private static int type(List<DataType> fields) {
        int packed = 0;
        for (DataType field : fields) {
            packed = packed << 6 | field.number();
        }
        return packed;
    }

    /** What nft needs to show keys and data, and the comment. */
    static byte[] userdata(NamedSet set) {
        byte[] comment = set.comment().getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(12 + comment.length + 3).order(ByteOrder.nativeOrder());
        number(out, KEY_ORDER, byteOrder(set.key()));
        switch (set.data()) {
            case MapData.None _ -> { }
            case MapData.Verdicts _, MapData.Lasting _ -> number(out, DATA_ORDER, 0);
            case MapData.Values(List<DataType> fields) -> number(out, DATA_ORDER, byteOrder(fields));
        }
        if (comment.length > 0) {
            out.put((byte) COMMENT).put((byte) (comment.length + 1)).put(comment).put((byte) 0);
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static void number(ByteBuffer out, int type, int value) {
        out.put((byte) type).put((byte) 4).putInt(value);
    }

    /** nft's enum byteorder: of several fields none, else host 1 or big endian 2. */
    private static int byteOrder(List<DataType> fields) {
        return fields.size() > 1 ? 0 : fields.getFirst().hostOrder() ? 1 : 2;
    }
}
