package tombolo.bfd.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tombolo.api.kernel.Datagram;
import tombolo.api.kernel.DatagramSockets;
import tombolo.api.kernel.Datagrams;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/** A wire with a host for each address, without a kernel. */
final class FakeNet {
    private record Arrival(byte[] bytes, IpAddress from, IpAddress to, int port, int sourcePort) { }

    private final Map<IpAddress, Host> hosts = new ConcurrentHashMap<>();
    /** The last port that each host has sent from. */
    final Map<IpAddress, Integer> sourcePorts = new ConcurrentHashMap<>();
    volatile boolean cut;
    /** To these nothing comes; what they send arrives. */
    final Set<IpAddress> deaf = ConcurrentHashMap.newKeySet();
    /** Another program has this port. */
    volatile int taken;

    /** What makes the sockets of one host. */
    Datagrams host(String address) {
        IpAddress own = IpAddress.parse(address);
        return () -> {
            Host host = new Host(own);
            hosts.put(own, host);
            return host;
        };
    }

    private final class Host implements DatagramSockets {
        private final IpAddress own;
        private final LinkedBlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>(10_000);
        private final LinkedBlockingQueue<Boolean> signals = new LinkedBlockingQueue<>();
        private final List<Integer> ports = java.util.Collections.synchronizedList(new ArrayList<>());
        private final List<@Nullable Sender> senders = new ArrayList<>();

        private Host(IpAddress own) {
            this.own = own;
        }

        @Override
        public void listen(AddressFamily family, int port) {
            if (port == taken) {
                throw new KernelException("receiving UDP port " + port, Errno.EADDRINUSE);
            }
            ports.add(port);
        }

        @Override
        public int sender(Sender options) {
            sourcePorts.put(own, options.localPort());
            senders.add(options);
            return senders.size() - 1;
        }

        @Override
        public int send(int sender, byte[] bytes, int length) {
            Sender options = senders.get(sender);
            Host to = options == null ? null : hosts.get(options.remote());
            if (options != null && to != null && !cut && !deaf.contains(options.remote()) && to.ports.contains(options.remotePort())) {
                to.arrived.offer(new Arrival(java.util.Arrays.copyOf(bytes, length), own, options.remote(), options.remotePort(), options.localPort()));
                to.wake();
            }
            return 0;
        }

        @Override
        public void closeSender(int sender) {
            senders.set(sender, null);
        }

        @Override
        public boolean receive(Datagram into) {
            Arrival one = arrived.poll();
            if (one == null) {
                return false;
            }
            System.arraycopy(one.bytes(), 0, into.bytes, 0, one.bytes().length);
            into.length = one.bytes().length;
            into.family = one.from().family();
            into.sourceHi = one.from().hi();
            into.sourceLo = one.from().lo();
            into.destinationHi = one.to().hi();
            into.destinationLo = one.to().lo();
            into.port = one.port();
            into.sourcePort = one.sourcePort();
            into.ttl = 255;
            into.interfaceIndex = 1;
            return true;
        }

        @Override
        public void await(long nanos) {
            try {
                signals.poll(nanos, TimeUnit.NANOSECONDS);
                signals.clear();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void wake() {
            signals.offer(true);
        }

        @Override
        public int interfaceIndex(String name) {
            return name.equals("there") ? 1 : 0;
        }

        @Override
        public boolean urgent() {
            return false;
        }

        @Override
        public void close() {
            hosts.remove(own, this);
        }
    }
}
