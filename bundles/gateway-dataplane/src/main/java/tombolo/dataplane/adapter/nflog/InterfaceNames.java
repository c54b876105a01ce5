package tombolo.dataplane.adapter.nflog;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;

/** Names of interfaces by their index, asked of the kernel and kept: an index is not used again until 2^31 have been. One thread. */
final class InterfaceNames implements AutoCloseable {
    /** More than a node has; the one not asked for longest goes. */
    private static final int MOST = 4096;
    private static final int PATIENCE_MILLIS = 1_000;
    private static final int RECEIVE_BUFFER = 64 << 10;

    private final NetlinkSocket socket;
    private final Map<Integer, String> names = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, String> eldest) {
            return size() > MOST;
        }
    };
    private final byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
    private final MessageReader reader = new MessageReader(bytes);
    private int sequence;

    InterfaceNames(Netlink netlink, Optional<String> netns) {
        socket = netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(netns));
    }

    /** "" for none. */
    String of(int index) {
        String known = names.get(index);
        if (known == null && index > 0) {
            known = ask(index);
            if (!known.isEmpty()) {
                names.put(index, known);
            }
        }
        return known == null ? "" : known;
    }

    private String ask(int index) {
        MessageWriter out = new MessageWriter(64);
        LinkMessage.get(out, ++sequence, index);
        socket.send(out.bytes(), out.size());
        int length = socket.receive(bytes, PATIENCE_MILLIS);
        while (length > 0) {
            reader.reset(length);
            while (reader.next()) {
                if (reader.sequence() == sequence) {
                    return reader.type() == MessageReader.NLMSG_ERROR ? "" : LinkMessage.parseLink(reader).map(LinkMessage.Seen::name).orElse("");
                }
            }
            length = socket.receive(bytes, PATIENCE_MILLIS); // an answer to a question that was given up
        }
        return "";
    }

    @Override
    public void close() {
        socket.close();
    }
}
