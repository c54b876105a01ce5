package tombolo.dataplane.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.net.IpAddress;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.LinkTable;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/**
 * Follows links and addresses on a socket of its own, so that no flood of routes delays the news that an interface has failed, and tells listeners of a failure
 * within microseconds of the kernel's notification. Better news waits up to {@value #GATHER_MILLIS} ms for more: a container's coming is five notifications, and
 * each that is told wakes four threads. The state belongs to the thread {@code tombolo-links}; others read snapshots.
 */
public final class LinkWatcher implements Links, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkWatcher.class);
    /** A thousand interfaces going at once make 2 MB of messages. */
    private static final int RECEIVE_BUFFER = 8 << 20;
    private static final long RETRY_MILLIS = 1_000;
    /** Notifications that wait are read together, but the news of a failure waits for no more than these: some tens of microseconds. */
    private static final int AT_ONCE = 32;
    static final int GATHER_MILLIS = 10;

    private final Netlink netlink;
    private final Netlink.Options options;
    private final NetlinkSocket events;
    private final LinkTable table = new LinkTable();
    private final CopyOnWriteArrayList<LinkListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<LinkTable.Snapshot>> observers = new CopyOnWriteArrayList<>();
    /** Snapshots reach an observer in order, also the first, which its own thread delivers. */
    private final ReentrantLock telling = new ReentrantLock();
    private final Thread thread;
    private volatile LinkTable.Snapshot snapshot = LinkTable.Snapshot.EMPTY;
    private volatile List<String> ignored = List.of();
    private int sequence;

    /** Reads the interfaces and follows them from then on. */
    public LinkWatcher(Netlink netlink, Optional<String> netns) {
        this.netlink = netlink;
        this.options = Netlink.Options.route().netns(netns);
        this.events = netlink.open(options.receiveBuffer(RECEIVE_BUFFER)
                .groups(Rtnetlink.RTNLGRP_LINK, Rtnetlink.RTNLGRP_IPV4_IFADDR, Rtnetlink.RTNLGRP_IPV6_IFADDR));
        redump();
        publish();
        thread = Thread.ofPlatform().name("tombolo-links").daemon(true).unstarted(this::follow);
        thread.start();
    }

    public LinkTable.Snapshot snapshot() {
        return snapshot;
    }

    /** Interface names (a trailing * matches the rest) whose failures are not told. */
    public void ignore(List<String> names) {
        ignored = List.copyOf(names);
    }

    public void add(LinkListener listener) {
        listeners.addIfAbsent(listener);
    }

    public void remove(LinkListener listener) {
        listeners.remove(listener);
    }

    /** Called with the state now, and on the link thread with each new one, in order. */
    public void observe(Consumer<LinkTable.Snapshot> observer) {
        telling.lock();
        try {
            observers.add(observer);
            observer.accept(snapshot);
        } finally {
            telling.unlock();
        }
    }

    @Override
    public List<Link> links() {
        return List.copyOf(snapshot.byIndex().values());
    }

    @Override
    public Optional<Link> connectedTo(IpAddress address) {
        return snapshot.connectedTo(address);
    }

    @Override
    public boolean usable(String interfaceName) {
        LinkTable.Snapshot now = snapshot;
        return now.usable(now.index(interfaceName));
    }

    @Override
    public void close() {
        events.close();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        byte[] buffer = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(buffer);
        while (!events.isClosed()) {
            try {
                int length = events.receive(buffer, -1);
                if (length != NetlinkSocket.NOTHING && gather(reader, buffer, length)) {
                    publish();
                }
            } catch (RuntimeException e) {
                if (!events.isClosed()) {
                    LOG.error("TMB-LNK-002 following interfaces failed; going on in {} ms", RETRY_MILLIS, e);
                    pause();
                }
            }
        }
    }

    /**
     * Applies what has come, what waits behind it (up to a limit) and, unless something failed, what comes in the next moment; answers whether anything may be other
     * than before.
     */
    private boolean gather(MessageReader reader, byte[] buffer, int first) {
        long end = System.nanoTime() + GATHER_MILLIS * 1_000_000L;
        boolean changed = false;
        int length = first;
        for (int datagrams = 1; length > 0; datagrams++) {
            reader.reset(length);
            while (reader.next()) {
                changed |= apply(reader);
            }
            long left = end - System.nanoTime();
            int patience = !changed || left <= 0 || table.anyWorse() ? 0 : (int) (left / 1_000_000) + 1;
            length = patience > 0 || datagrams < AT_ONCE ? events.receive(buffer, patience) : NetlinkSocket.NOTHING;
        }
        if (length == NetlinkSocket.OVERRUN) {
            LOG.warn("TMB-LNK-001 interface notifications were lost (the kernel's queue of {} bytes was full); reading all interfaces again", RECEIVE_BUFFER);
            redump();
            return true;
        }
        return changed;
    }

    private boolean apply(MessageReader reader) {
        switch (reader.type()) {
            case Rtnetlink.RTM_NEWLINK -> {
                Optional<LinkMessage.Seen> seen = LinkMessage.parseLink(reader);
                seen.filter(link -> !link.up()).ifPresent(link -> tellFirst(link.index()));
                seen.ifPresent(table::link);
                return seen.isPresent();
            }
            case Rtnetlink.RTM_DELLINK -> {
                Optional<LinkMessage.Seen> seen = LinkMessage.parseLink(reader);
                seen.ifPresent(gone -> {
                    tellFirst(gone.index());
                    table.linkRemoved(gone.index());
                });
                return seen.isPresent();
            }
            case Rtnetlink.RTM_NEWADDR -> {
                Optional<LinkMessage.SeenAddress> seen = LinkMessage.parseAddress(reader);
                seen.ifPresent(table::address);
                return seen.isPresent();
            }
            case Rtnetlink.RTM_DELADDR -> {
                Optional<LinkMessage.SeenAddress> seen = LinkMessage.parseAddress(reader);
                seen.ifPresent(address -> tellFirst(address.index()));
                seen.ifPresent(table::addressRemoved);
                return seen.isPresent();
            }
            default -> {
                return false;
            }
        }
    }

    /** What came and goes again within one gathering is told as both: between them the kernel may have dropped routes. */
    private void tellFirst(int index) {
        if (table.isUntold(index)) {
            publish();
        }
    }

    private void publish() {
        telling.lock();
        try {
            List<LinkTable.Change> changes = table.refresh();
            if (table.snapshot() != snapshot) { // drivers repeat themselves: statistics, wireless events
                snapshot = table.snapshot();
                tell(changes);
                observers.forEach(observer -> observer.accept(snapshot));
            }
        } finally {
            telling.unlock();
        }
    }

    private void tell(List<LinkTable.Change> changes) {
        for (LinkTable.Change change : changes) {
            if (ignores(change.link().name())) {
                continue;
            }
            for (LinkListener listener : listeners) {
                try {
                    listener.linkChanged(change.link(), change.usable(), change.reason());
                } catch (RuntimeException e) {
                    LOG.error("TMB-LNK-003 a listener failed on '{}'; the others are told", change.reason(), e);
                }
            }
            if (change.link().isNumbered() || !change.pair()) {
                LOG.info("TMB-LNK-004 {}", change.reason());
            } else {
                LOG.debug("TMB-LNK-004 {}", change.reason()); // a container's: they come and go by the thousand, and gateway-cni knows of them
            }
        }
    }

    private boolean ignores(String name) {
        return ignored.stream().anyMatch(pattern -> pattern.endsWith("*") ? name.startsWith(pattern.substring(0, pattern.length() - 1)) : name.equals(pattern));
    }

    private void redump() {
        try (RouteDump dump = new RouteDump(netlink, options)) {
            List<LinkMessage.Seen> links = new ArrayList<>();
            List<LinkMessage.SeenAddress> addresses = new ArrayList<>();
            MessageWriter writer = new MessageWriter(64);
            boolean steady = false;
            for (int attempt = 0; !steady && attempt < 10; attempt++) {
                links.clear();
                addresses.clear();
                writer.clear();
                LinkMessage.dumpLinks(writer, ++sequence);
                steady = dump.run(writer, sequence, reader -> LinkMessage.parseLink(reader).ifPresent(links::add));
                writer.clear();
                LinkMessage.dumpAddresses(writer, ++sequence, 0);
                steady &= dump.run(writer, sequence, reader -> LinkMessage.parseAddress(reader).ifPresent(addresses::add));
            }
            table.replace(links, addresses);
        } catch (KernelException e) {
            throw new KernelException("TMB-LNK-005 reading the interfaces: " + e.getMessage(), e.errno());
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
