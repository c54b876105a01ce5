package tombolo.dataplane.adapter.nat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import tombolo.api.kernel.Connection;
import tombolo.api.kernel.Connections;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;
import tombolo.dataplane.core.endpoint.EndpointAnswers;
import tombolo.dataplane.core.endpoint.EndpointMessages;
import tombolo.dataplane.core.nat.TrackedMessages;

/** Connections of one network namespace, by ctnetlink. Any thread; sockets for each call. */
public final class KernelConnections implements Connections {
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final int PATIENCE_MILLIS = 10_000;
    /** Deletions that are asked for at once: their answers fit the buffer many times. */
    private static final int BATCH = 256;
    /** struct rtmsg: its length, and where the type stands. */
    private static final int ROUTE_HEADER = 12;
    private static final int ROUTE_TYPE = 7;
    private static final int RTN_LOCAL = 2;

    private final Netlink netlink;
    private final Optional<String> netns;

    /** @param netns path of the namespace; empty: the process's own */
    public KernelConnections(Netlink netlink, Optional<String> netns) {
        this.netlink = netlink;
        this.netns = netns;
    }

    @Override
    public List<Connection> of(Set<IpAddress> ends) {
        Set<IpAddress> own = own();
        return all(one -> (ends.contains(one.source()) || ends.contains(one.destination())) && !own.contains(one.source()));
    }

    @Override
    public List<Routed> routed() {
        List<Connection> all = all(_ -> true);
        Set<IpAddress> ends = new HashSet<>();
        all.forEach(one -> {
            ends.add(one.source());
            ends.add(one.destination());
        });
        Map<IpAddress, Optional<String>> ways = ways(List.copyOf(ends));
        return all.stream().map(one -> new Routed(one, by(ways, one.source()), by(ways, one.destination()))).toList();
    }

    private static Optional<String> by(Map<IpAddress, Optional<String>> ways, IpAddress end) {
        return ways.getOrDefault(end, Routed.SOMEWHERE);
    }

    private Set<IpAddress> own() {
        Set<IpAddress> own = new HashSet<>();
        try (NetlinkSocket socket = netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(netns))) {
            MessageWriter out = new MessageWriter(64);
            LinkMessage.dumpAddresses(out, 1, 0);
            dump(socket, out, 1, reader -> LinkMessage.parseAddress(reader).ifPresent(seen -> own.add(seen.address())));
        }
        return own;
    }

    private List<Connection> all(Predicate<Connection> wanted) {
        List<Connection> found = new ArrayList<>();
        try (NetlinkSocket socket = netlink.open(Netlink.Options.netfilter().receiveBuffer(RECEIVE_BUFFER).netns(netns))) {
            int sequence = 0;
            for (AddressFamily family : AddressFamily.values()) {
                MessageWriter out = new MessageWriter(64);
                TrackedMessages.dump(out, ++sequence, family);
                dump(socket, out, sequence, reader -> {
                    if (reader.type() == TrackedMessages.NEW && found.size() < MOST) {
                        TrackedMessages.read(reader).filter(wanted).ifPresent(found::add);
                    }
                });
            }
        }
        return found;
    }

    /** Interfaces to each address; empty: this host itself. What no route leads to is left out. */
    private Map<IpAddress, Optional<String>> ways(List<IpAddress> ends) {
        Map<IpAddress, Optional<String>> ways = new HashMap<>();
        Map<Integer, String> names = new HashMap<>();
        try (NetlinkSocket socket = netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(netns))) {
            MessageWriter out = new MessageWriter(64);
            LinkMessage.dumpLinks(out, 1);
            dump(socket, out, 1, reader -> LinkMessage.parseLink(reader).ifPresent(seen -> names.put(seen.index(), seen.name())));
            for (int from = 0; from < ends.size(); from += BATCH) {
                List<IpAddress> some = ends.subList(from, Math.min(ends.size(), from + BATCH));
                int first = 2 + from; // each question has a number of its own
                MessageWriter questions = new MessageWriter(32 << 10);
                for (int i = 0; i < some.size(); i++) {
                    EndpointMessages.resolve(questions, first + i, some.get(i));
                }
                answers(socket, questions, some.size(), reader -> {
                    int place = reader.sequence() - first;
                    if (reader.type() == Rtnetlink.RTM_NEWROUTE && place >= 0 && place < some.size() && reader.payloadLength() >= ROUTE_HEADER) {
                        boolean here = reader.u8(reader.payload() + ROUTE_TYPE) == RTN_LOCAL;
                        if (here) {
                            ways.put(some.get(place), Optional.empty());
                        } else {
                            EndpointAnswers.route(reader).map(route -> names.get(route.interfaceIndex())).ifPresent(name -> ways.put(some.get(place), Optional.of(name)));
                        }
                    }
                });
            }
        }
        return ways;
    }

    /** As many answers as questions, errors among them. */
    private static void answers(NetlinkSocket socket, MessageWriter questions, int count, Consumer<MessageReader> each) {
        socket.send(questions.bytes(), questions.size());
        byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(bytes);
        for (int heard = 0; heard < count; ) {
            int length = socket.receive(bytes, PATIENCE_MILLIS);
            if (length <= 0) {
                throw new KernelException("the kernel did not answer within " + PATIENCE_MILLIS + " ms", 0);
            }
            reader.reset(length);
            while (reader.next()) {
                heard++;
                each.accept(reader);
            }
        }
    }

    /** What others change meanwhile may be told twice or not at all: it is told again with the next call. */
    private static void dump(NetlinkSocket socket, MessageWriter request, int sequence, Consumer<MessageReader> each) {
        socket.send(request.bytes(), request.size());
        byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(bytes);
        while (true) {
            int length = socket.receive(bytes, PATIENCE_MILLIS);
            if (length <= 0) {
                throw new KernelException(length == NetlinkSocket.OVERRUN ? "the kernel's list of connections was lost on its way" : "the kernel did not answer within " + PATIENCE_MILLIS + " ms", 0);
            }
            reader.reset(length);
            while (reader.next()) {
                if (reader.sequence() != sequence) {
                    continue;
                }
                if (reader.type() == MessageReader.NLMSG_DONE || reader.type() == MessageReader.NLMSG_ERROR) {
                    int errno = reader.errno();
                    if (errno != 0 && errno != Errno.EINTR) {
                        throw new KernelException("listing connections", errno);
                    }
                    return;
                }
                each.accept(reader);
            }
        }
    }

    @Override
    public int forget(List<Connection> connections) {
        int forgotten = 0;
        try (NetlinkSocket socket = netlink.open(Netlink.Options.netfilter().receiveBuffer(RECEIVE_BUFFER).netns(netns))) {
            for (int from = 0; from < connections.size(); from += BATCH) {
                forgotten += batch(socket, connections.subList(from, Math.min(connections.size(), from + BATCH)));
            }
        }
        return forgotten;
    }

    private static int batch(NetlinkSocket socket, List<Connection> connections) {
        MessageWriter out = new MessageWriter(32 << 10);
        for (int i = 0; i < connections.size(); i++) {
            TrackedMessages.forget(out, i + 1, connections.get(i));
        }
        socket.send(out.bytes(), out.size());
        byte[] bytes = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(bytes);
        int answers = 0;
        int forgotten = 0;
        while (answers < connections.size()) {
            int length = socket.receive(bytes, PATIENCE_MILLIS);
            if (length <= 0) {
                throw new KernelException("the kernel did not say what it forgot", 0);
            }
            reader.reset(length);
            while (reader.next()) {
                if (reader.type() != MessageReader.NLMSG_ERROR) {
                    continue;
                }
                answers++;
                int errno = reader.errno();
                if (errno == 0) {
                    forgotten++;
                } else if (errno != Errno.ENOENT) {
                    throw new KernelException("forgetting a connection", errno);
                }
            }
        }
        return forgotten;
    }
}
