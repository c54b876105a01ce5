package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Assumptions;
import tombolo.api.kernel.contract.Namespace;

/**
 * Pods as namespaces around one that routes between them: the Nth, from 0, has the Nth address from 10.0.0.1 and fd00::1 behind {@code caliN}. Sockets are made inside and used from here, since
 * a socket stays in the namespace where it was made.
 */
final class Pods implements AutoCloseable {
    /** The router as one that takes part: of all interfaces it has the same two addresses. */
    static final int HOST = 0xfd;
    static final int SOURCE_PORT = 50_000;
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final long ARRIVAL_NANOS = 10_000_000_000L;
    /** For one look at whether all links work, and for all looks together on a machine that does other things too. */
    private static final long LOOK_NANOS = 300_000_000L;
    private static final long CONNECTED_NANOS = 60_000_000_000L;

    private final String prefix = "tmbt-p" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + "-";
    private final int count;
    private final List<Integer> ports;
    private final Map<String, DatagramChannel> clients = new HashMap<>();
    private final Map<String, DatagramChannel> receivers = new HashMap<>();
    private final Map<String, ServerSocketChannel> servers = new HashMap<>();
    private final Map<Integer, Visitor> visitors = new TreeMap<>();
    /** By address, once somebody asks for them. */
    private final Map<String, EchoSocket> echoes = new HashMap<>();
    private final IntFunction<String> interfaces;
    private final Behind behind;
    private int round;

    /** One attempt, told apart from all others. @param port 0, and not TCP: an echo request */
    record Probe(int from, int to, boolean ipv4, boolean tcp, int port) implements Comparable<Probe> {
        @Override
        public int compareTo(Probe other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return name(from) + " to " + name(to) + (ipv4 ? " IPv4 " : " IPv6 ") + (tcp ? "TCP " : port == 0 ? "ICMP " : "UDP ") + port;
        }
    }

    private static String name(int participant) {
        return participant == HOST ? "the host" : "pod" + participant;
    }

    Pods(int count, List<Integer> ports) {
        this(count, ports, pod -> "cali" + pod, false);
    }

    /** Behind one bridge of the router, as the Azure CNI's bridge mode has it here: {@code azure0}, whose ports {@code azvN} are isolated and locked. */
    static Pods bridged(int count, List<Integer> ports) {
        return new Pods(count, ports, pod -> "azv" + pod, false, Behind.BRIDGE);
    }

    /** The same beside an uplink, which is isolated too; the last is no pod but a machine on its wire, {@code upN}. */
    static Pods besideUplink(int count, List<Integer> ports) {
        return new Pods(count, ports, pod -> (pod == count - 1 ? "up" : "azv") + pod, false, Behind.BRIDGE_WITH_UPLINK);
    }

    private enum Behind { OWN_INTERFACES, BRIDGE, BRIDGE_WITH_UPLINK }

    /** @param interfaces names of the router's ends @param host whether the router takes part, as {@link #HOST} */
    Pods(int count, List<Integer> ports, IntFunction<String> interfaces, boolean host) {
        this(count, ports, interfaces, host, Behind.OWN_INTERFACES);
    }

    private Pods(int count, List<Integer> ports, IntFunction<String> interfaces, boolean host, Behind behind) {
        this.behind = behind;
        this.count = count;
        this.ports = ports;
        this.interfaces = interfaces;
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: making network namespaces needs root");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "skipped: the nft program (package nftables) is not installed");
        Namespace.run(List.of("ip", "netns", "add", router()));
        ip(router(), "link set lo up\n");
        Namespace.run(List.of("ip", "netns", "exec", router(), "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding; "
                + "echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter; echo 0 >/proc/sys/net/ipv4/conf/default/rp_filter"));
        if (behind != Behind.OWN_INTERFACES) {
            ip(router(), "link add azure0 address 12:34:56:78:9a:bc type bridge\naddr add 10.0.0.254/32 dev azure0\naddr add fd00::fe/128 dev azure0 nodad\nlink set azure0 up\n");
            Namespace.run(List.of("ip", "netns", "exec", router(), "sh", "-c", "cd /proc/sys/net/ipv4; echo 1 >conf/azure0/proxy_arp; " + (behind == Behind.BRIDGE ? "echo 1 >conf/azure0/proxy_arp_pvlan; " : "")
                    + "echo 0 >conf/azure0/send_redirects; echo 0 >neigh/azure0/proxy_delay"));
        }
        for (int pod = 0; pod < count; pod++) {
            if (behind != Behind.OWN_INTERFACES) {
                port(pod);
            } else {
                make(pod);
            }
        }
        if (host) {
            sockets(HOST, new Visitor("/run/netns/" + router()));
        }
        try {
            awaitConnected();
        } catch (RuntimeException | AssertionError notConnected) {
            close();
            throw notConnected;
        }
    }

    /**
     * A link, a port of a bridge and a neighbour work a moment after they were made, later on a busy machine: what is sent before that is lost. As long as there is no rule everybody reaches
     * everybody, and may be asked more than once; from then on a probe is one packet.
     */
    private void awaitConnected() {
        Set<Probe> all = new TreeSet<>(echoes());
        long deadline = System.nanoTime() + CONNECTED_NANOS;
        while (!arrived(List.copyOf(all), all, LOOK_NANOS).equals(all)) {
            assertTrue(System.nanoTime() - deadline < 0, "the pods do not reach each other, though there is no rule yet");
        }
        echoes.values().forEach(EchoSocket::close);
        echoes.clear();
        forget();
    }

    /** What was learned of neighbours: rules that let no neighbour discovery through (RFC 4861) are not to pass because everybody knew everybody before. Permanent entries stay. */
    void forget() {
        Namespace.run(List.of("ip", "-n", router(), "neigh", "flush", "all"));
        for (int pod = 0; pod < count; pod++) {
            Namespace.run(List.of("ip", "-n", prefix + pod, "neigh", "flush", "all"));
        }
    }

    private void make(int pod) {
        String name = prefix + pod;
        Namespace.run(List.of("ip", "netns", "add", name));
        String end = interfaces.apply(pod);
        ip(router(), "link add " + end + " type veth peer name eth0 netns " + name + "\naddr add 10.0.0.254/32 dev " + end + "\naddr add fd00::fe/128 dev " + end
                + " nodad\nlink set " + end + " up\nroute add " + address(pod, true) + "/32 dev " + end + " src 10.0.0.254\nroute add " + address(pod, false) + "/128 dev " + end
                + " src fd00::fe\n");
        ip(name, "link set lo up\naddr add " + address(pod, true) + "/32 dev eth0\naddr add " + address(pod, false) + "/128 dev eth0 nodad\nlink set eth0 up\nroute add 10.0.0.254/32 dev eth0\n"
                + "route add default via 10.0.0.254 dev eth0 src " + address(pod, true) + "\nroute add fd00::fe/128 dev eth0\nroute add default via fd00::fe dev eth0 src " + address(pod, false) + "\n");
        sockets(pod, new Visitor("/run/netns/" + name));
    }

    static String mac(int pod) {
        return "02:00:00:00:00:0" + (pod + 1);
    }

    /** The subnet of IPv4 is on the link, as in a VNET; IPv6 goes by the host. */
    private void port(int pod) {
        String name = prefix + pod;
        Namespace.run(List.of("ip", "netns", "add", name));
        String end = interfaces.apply(pod);
        ip(router(), "link add " + end + " type veth peer name eth0 address " + mac(pod) + " netns " + name + "\nlink set " + end + " master azure0 up\nlink set " + end
                + " type bridge_slave isolated on\nroute add " + address(pod, true) + "/32 dev azure0 src 10.0.0.254\nroute add " + address(pod, false) + "/128 dev azure0 src fd00::fe\n");
        if (end.startsWith("azv")) {
            Namespace.run(List.of("ip", "netns", "exec", router(), "bridge", "fdb", "add", mac(pod), "dev", end, "master", "static"));
            ip(router(), "link set " + end + " type bridge_slave locked on learning off\nneigh add " + address(pod, true) + " lladdr " + mac(pod) + " dev azure0 nud permanent\nneigh add "
                    + address(pod, false) + " lladdr " + mac(pod) + " dev azure0 nud permanent\n");
        }
        Namespace.run(List.of("ip", "netns", "exec", name, "sh", "-c", "echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_redirects"));
        boolean subnet = behind == Behind.BRIDGE;
        ip(name, "link set lo up\naddr add " + address(pod, true) + (subnet ? "/24" : "/32") + " dev eth0\naddr add " + address(pod, false) + "/128 dev eth0 nodad\nlink set eth0 up\n"
                + (subnet ? "" : "route add 10.0.0.254/32 dev eth0\n") + "route add default via 10.0.0.254 dev eth0 src " + address(pod, true) + "\nroute add fd00::fe/128 dev eth0\n"
                + "route add default via fd00::fe dev eth0 src " + address(pod, false) + "\nneigh add fd00::fe lladdr 12:34:56:78:9a:bc dev eth0 nud permanent\n");
        sockets(pod, new Visitor("/run/netns/" + name));
    }

    private void sockets(int pod, Visitor visitor) {
        visitors.put(pod, visitor);
        visitor.run(() -> {
            for (boolean ipv4 : List.of(true, false)) {
                String address = address(pod, ipv4);
                DatagramChannel client = DatagramChannel.open().bind(new InetSocketAddress(address, SOURCE_PORT));
                clients.put(address, client);
                for (int port : ports) {
                    DatagramChannel receiver = DatagramChannel.open().setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20).bind(new InetSocketAddress(address, port));
                    receiver.configureBlocking(false);
                    receivers.put(address + " " + port, receiver);
                    ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(address, port), 256);
                    server.configureBlocking(false);
                    servers.put(address + " " + port, server);
                }
            }
            return true;
        });
    }

    String router() {
        return prefix + "r";
    }

    /** Its name. */
    String namespace(int pod) {
        return prefix + pod;
    }

    /** Whether no connection waits at a server of TCP. */
    boolean nobodyHeard() {
        try {
            for (ServerSocketChannel server : servers.values()) {
                if (server.accept() != null) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static String address(int pod, boolean ipv4) {
        return ipv4 ? "10.0.0." + (pod + 1) : "fd00::" + Integer.toHexString(pod + 1);
    }

    /** An echo request for every pair. */
    List<Probe> echoes() {
        List<Probe> all = new ArrayList<>();
        for (int from : visitors.keySet()) {
            for (boolean ipv4 : List.of(true, false)) {
                echoes.computeIfAbsent(address(from, ipv4), _ -> visitors.get(from).run(() -> new EchoSocket(ipv4)));
                for (int to : visitors.keySet()) {
                    if (from != to) {
                        all.add(new Probe(from, to, ipv4, false, 0));
                    }
                }
            }
        }
        return all;
    }

    List<Probe> everything() {
        List<Probe> all = new ArrayList<>();
        for (int from : visitors.keySet()) {
            for (int to : visitors.keySet()) {
                for (int port : ports) {
                    for (int kind = 0; kind < 4 && from != to; kind++) {
                        all.add(new Probe(from, to, kind % 2 == 0, kind < 2, port));
                    }
                }
            }
        }
        return all;
    }

    /**
     * Sends one packet, or opens one connection, for each probe and says which came through. Waits until the expected ones have, ten seconds at most: what else has come
     * by then is there too, since packets pass the kernel in the sender's own call.
     */
    Set<Probe> arrived(List<Probe> probes, Set<Probe> expected) {
        return arrived(probes, expected, ARRIVAL_NANOS);
    }

    private Set<Probe> arrived(List<Probe> probes, Set<Probe> expected, long nanos) {
        round++;
        Set<Probe> arrived = new TreeSet<>();
        Map<Probe, SocketChannel> connections = new HashMap<>();
        try {
            for (Probe probe : probes) {
                if (probe.tcp) {
                    connections.put(probe, visitors.get(probe.from).run(() -> {
                        SocketChannel channel = SocketChannel.open().setOption(StandardSocketOptions.SO_LINGER, 0).bind(new InetSocketAddress(address(probe.from, probe.ipv4), 0));
                        channel.configureBlocking(false);
                        channel.connect(new InetSocketAddress(address(probe.to, probe.ipv4), probe.port));
                        return channel;
                    }));
                } else if (probe.port == 0) {
                    echoes.get(address(probe.from, probe.ipv4)).send(address(probe.to, probe.ipv4), round, probe.from);
                } else {
                    send(clients.get(address(probe.from, probe.ipv4)), (round + "," + probe.from).getBytes(StandardCharsets.US_ASCII),
                            new InetSocketAddress(address(probe.to, probe.ipv4), probe.port));
                }
            }
            long deadline = System.nanoTime() + nanos;
            do {
                collect(arrived, connections);
                if (arrived.containsAll(expected)) {
                    collect(arrived, connections);
                    break;
                }
                LockSupport.parkNanos(1_000_000);
            } while (System.nanoTime() - deadline < 0);
            for (SocketChannel channel : connections.values()) {
                channel.close();
            }
            for (ServerSocketChannel server : servers.values()) {
                for (SocketChannel accepted = server.accept(); accepted != null; accepted = server.accept()) {
                    accepted.close();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return arrived;
    }

    /** The kernel tells a sender on the router itself that its packet was dropped; others never hear of it. */
    private static void send(DatagramChannel from, byte[] bytes, SocketAddress to) throws IOException {
        try {
            from.send(ByteBuffer.wrap(bytes), to);
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("not permitted")) {
                throw e;
            }
        }
    }

    private void collect(Set<Probe> arrived, Map<Probe, SocketChannel> connections) throws IOException {
        for (Map.Entry<Probe, SocketChannel> entry : connections.entrySet()) {
            if (!arrived.contains(entry.getKey()) && entry.getValue().finishConnect()) {
                arrived.add(entry.getKey());
            }
        }
        ByteBuffer buffer = ByteBuffer.allocate(64);
        for (int to : visitors.keySet()) {
            for (boolean ipv4 : List.of(true, false)) {
                EchoSocket echo = echoes.get(address(to, ipv4));
                if (echo != null) {
                    echo.heard().stream().filter(one -> one.id() == round).forEach(one -> arrived.add(new Probe(one.sequence(), to, ipv4, false, 0)));
                }
                for (int port : ports) {
                    DatagramChannel receiver = receivers.get(address(to, ipv4) + " " + port);
                    buffer.clear();
                    while (receiver.receive(buffer) != null) {
                        String[] words = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII).split(",");
                        if (Integer.parseInt(words[0]) == round) {
                            arrived.add(new Probe(Integer.parseInt(words[1]), to, ipv4, false, port));
                        }
                        buffer.clear();
                    }
                }
            }
        }
    }

    /** A UDP socket on an address of a pod, or of the router between them (-1), which gets the address where it is not there. */
    DatagramChannel socket(int pod, String address, int port) {
        if (pod >= 0 && !address.equals(address(pod, !address.contains(":")))) {
            ip(prefix + pod, "addr add " + address + "/32 dev eth0\n");
        }
        Visitor visitor = pod >= 0 ? visitors.get(pod) : new Visitor("/run/netns/" + router());
        try {
            return visitor.run(() -> {
                DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(address, port));
                channel.configureBlocking(false);
                return channel;
            });
        } finally {
            if (pod < 0) {
                visitor.close();
            }
        }
    }

    /** A raw socket in a pod. */
    EchoSocket echo(int pod, boolean ipv4) {
        return visitors.get(pod).run(() -> new EchoSocket(ipv4));
    }

    /** The listening socket of a pod. */
    ServerSocketChannel server(int pod, boolean ipv4, int port) {
        return servers.get(address(pod, ipv4) + " " + port);
    }

    /** A socket of TCP on a pod's address, not connected yet. */
    SocketChannel client(int pod, boolean ipv4) {
        return visitors.get(pod).run(() -> SocketChannel.open().setOption(StandardSocketOptions.SO_LINGER, 0).bind(new InetSocketAddress(address(pod, ipv4), 0)));
    }

    /** Whether a packet gets from one socket to another. @param expected where it is, it is waited for; where not, it would have come within the sender's own call */
    static boolean passes(DatagramChannel from, DatagramChannel to, boolean expected) {
        try {
            return passes(from, to.getLocalAddress(), to, expected);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param said to where it is sent, which the kernel may change on the way */
    static boolean passes(DatagramChannel from, SocketAddress said, DatagramChannel to, boolean expected) {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(64);
            while (to.receive(buffer) != null) {
                buffer.clear();
            }
            send(from, new byte[] {1}, said);
            long deadline = System.nanoTime() + (expected ? ARRIVAL_NANOS : 50_000_000L);
            while (System.nanoTime() - deadline < 0) {
                if (to.receive(buffer) != null) {
                    return true;
                }
                LockSupport.parkNanos(500_000);
            }
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    String nft(String... words) {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", router(), "nft"));
        command.addAll(List.of(words));
        return Namespace.run(command);
    }

    @Override
    public void close() {
        try {
            for (DatagramChannel channel : clients.values()) {
                channel.close();
            }
            for (DatagramChannel channel : receivers.values()) {
                channel.close();
            }
            for (ServerSocketChannel channel : servers.values()) {
                channel.close();
            }
            echoes.values().forEach(EchoSocket::close);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        visitors.values().forEach(Visitor::close);
        for (int pod = 0; pod < count; pod++) {
            Namespace.run(List.of("ip", "netns", "del", prefix + pod));
        }
        Namespace.run(List.of("ip", "netns", "del", router()));
    }

    private static void ip(String namespace, String batch) {
        Namespace.run(batch, List.of("ip", "-n", namespace, "-batch", "-"));
    }

    /** A thread that lives in another namespace; never one of a pool. */
    private static final class Visitor implements AutoCloseable {
        private static final int CLONE_NEWNET = 0x4000_0000;
        private final java.util.concurrent.SynchronousQueue<Runnable> tasks = new java.util.concurrent.SynchronousQueue<>();
        private final Thread thread;

        Visitor(String path) {
            thread = Thread.ofPlatform().daemon(true).name("visitor " + path).start(() -> {
                enter(path);
                try {
                    while (true) {
                        tasks.take().run();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private static void enter(String path) {
            Linker linker = Linker.nativeLinker();
            MethodHandle open = linker.downcallHandle(linker.defaultLookup().findOrThrow("open"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
            MethodHandle setns = linker.downcallHandle(linker.defaultLookup().findOrThrow("setns"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            MethodHandle close = linker.downcallHandle(linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            try (Arena arena = Arena.ofConfined()) {
                int descriptor = (int) open.invokeExact(arena.allocateFrom(path), 0);
                int entered = (int) setns.invokeExact(descriptor, CLONE_NEWNET);
                int closed = (int) close.invokeExact(descriptor);
                assertEquals(0, entered + closed, "entering " + path);
            } catch (Throwable e) {
                throw new IllegalStateException("entering " + path, e);
            }
        }

        <T> T run(Callable<T> task) {
            AtomicReference<T> answer = new AtomicReference<>();
            AtomicReference<Exception> failure = new AtomicReference<>();
            java.util.concurrent.CountDownLatch done = new java.util.concurrent.CountDownLatch(1);
            try {
                tasks.put(() -> {
                    try {
                        answer.set(task.call());
                    } catch (Exception e) {
                        failure.set(e);
                    }
                    done.countDown();
                });
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            if (failure.get() != null) {
                throw new IllegalStateException(failure.get());
            }
            return answer.get();
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }
}
