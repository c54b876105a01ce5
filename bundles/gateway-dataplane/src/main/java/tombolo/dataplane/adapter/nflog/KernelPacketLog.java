package tombolo.dataplane.adapter.nflog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tombolo.api.kernel.Netlink;
import tombolo.api.nftables.LoggedPacket;
import tombolo.api.nftables.PacketLog;

/** Listens to groups of NFLOG in one network namespace. Any thread. */
public final class KernelPacketLog implements PacketLog, AutoCloseable {
    private final Netlink netlink;
    private final Optional<String> netns;
    private final List<GroupReader> readers = new CopyOnWriteArrayList<>();

    /** @param netns path of the namespace to listen in; empty for the process's own */
    public KernelPacketLog(Netlink netlink, Optional<String> netns) {
        this.netlink = netlink;
        this.netns = netns;
    }

    @Override
    public Listening listen(int group, Consumer<List<LoggedPacket>> listener) {
        if (group < 0 || group > 65535) {
            throw new IllegalArgumentException("log group " + group + ": 0 to 65535");
        }
        GroupReader reader = new GroupReader(netlink, netns, group, listener, readers::remove);
        readers.add(reader);
        reader.start();
        return reader;
    }

    /** All that listen hear nothing more. */
    @Override
    public void close() {
        new ArrayList<>(readers).forEach(GroupReader::close);
    }
}
