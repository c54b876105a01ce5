package tombolo.bench.policy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.Resource;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.harness.Namespace;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.adapter.nft.NftTable;
import tombolo.policy.core.PolicyEngine;

/**
 * What a packet costs: a sender's small UDP packets over a gateway to a receiver that does not answer, so that each is new to connection tracking and is looked at by
 * every rule; then with one answer, as most packets are. The kernel does all of it in the sender's own call, so that the sender's processor time is the packets'.
 */
final class Packets {
    private static final int PORT = 4_000;
    private static final String EMPTY = "table inet empty { chain forward { type filter hook forward priority 0; policy accept; ct state established,related accept; }; }\n";

    private final String prefix;
    private final Path folder;
    private final boolean quick;
    private final Consumer<String> row;

    /** A gateway between two pods. */
    private record Way(String name, Namespace gateway, Namespace from, Namespace to, DatagramChannel sender, DatagramChannel receiver, List<Double> fresh, List<Double> established) { }

    Packets(String prefix, Path folder, boolean quick, Consumer<String> row) {
        this.prefix = prefix;
        this.folder = folder;
        this.quick = quick;
        this.row = row;
    }

    void run() throws Exception {
        int packets = quick ? 5_000 : 50_000;
        int rounds = quick ? 5 : 21;
        List<Way> ways = List.of(way("e", "an empty table"), way("s", "10 endpoints"), way("l", quick ? "100 endpoints" : "1,000 endpoints"));
        Files.writeString(folder.resolve("empty.nft"), EMPTY);
        ways.getFirst().gateway().exec("nft", "-f", folder.resolve("empty.nft").toString());
        try (LinuxNetlink netlink = new LinuxNetlink();
                NftablesWriter small = fill(netlink, ways.get(1), new World(10, 90, 2_000, "UDP")); NftablesWriter large = fill(netlink, ways.get(2), new World(quick ? 100 : 1_000, 9_000, 2_000, "UDP"))) {
            for (Way way : ways) {
                send(way, packets); // until the JVM and the neighbours are warm
                if (received(way) == 0) {
                    throw new IllegalStateException(way.name() + ": nothing comes through: " + way.gateway().exec("nft", "list", "ruleset").lines().limit(200).toList());
                }
            }
            rounds(ways, rounds, packets, true);
            for (Way way : ways) {
                way.receiver().send(ByteBuffer.wrap(new byte[] {1}), way.sender().getLocalAddress());
            }
            rounds(ways, rounds, packets, false);
            report(ways, packets, rounds);
            check(small, large);
        }
        for (Way way : ways) {
            way.sender().close();
            way.receiver().close();
        }
    }

    /** In turn, so that whatever else the machine does is in all of them. */
    private static void rounds(List<Way> ways, int rounds, int packets, boolean fresh) throws IOException {
        for (int i = 0; i < rounds; i++) {
            for (Way way : ways) {
                (fresh ? way.fresh() : way.established()).add((double) send(way, packets) / packets);
                received(way);
            }
        }
    }

    private static void check(NftablesWriter... writers) {
        for (NftablesWriter writer : writers) {
            Nftables.Status status = writer.status();
            if (status.repairs() > 0) {
                throw new IllegalStateException(status.toString());
            }
        }
    }

    private void report(List<Way> ways, int packets, int rounds) {
        Map<String, List<Double>> kinds = new LinkedHashMap<>();
        for (boolean fresh : new boolean[] {true, false}) {
            double[] middle = ways.stream().mapToDouble(way -> middle(fresh ? way.fresh() : way.established())).toArray();
            kinds.put(fresh ? "packet of a flow that nobody answers: every rule of five policies" : "packet of an established flow", Arrays.stream(middle).boxed().toList());
        }
        kinds.forEach((kind, middle) -> row.accept("| " + String.join(" | ", kind + ": " + ways.get(2).name(), nanos(middle.get(2)), "", "1.1 x 10 endpoints, 1.6 x an empty table", "",
                String.format(Locale.ROOT, "%.2f x 10 endpoints (%s), %.2f x an empty table with connection tracking (%s); CPU of the sender with the kernel's work in it, middle of %d rounds of %d packets, in turn",
                        middle.get(2) / middle.get(1), nanos(middle.get(1)), middle.get(2) / middle.get(0), nanos(middle.get(0)), rounds, packets)) + " |"));
    }

    private static String nanos(double value) {
        return String.format(Locale.ROOT, "%.2f us", value / 1e3);
    }

    private static double middle(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(0.0);
    }

    private NftablesWriter fill(LinuxNetlink netlink, Way way, World world) throws Exception {
        List<Resource> all = new ArrayList<>(world.resources());
        // What the packets are allowed by, behind all others: of the namespace of the receiver, pod 2.
        all.add(World.read(World.document("NetworkPolicy", "'namespace':'n2','name':'last'", "'order':100000,'types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[" + PORT
                + "]}}]")));
        PolicyEngine engine = new PolicyEngine(World.NODE);
        engine.apply(all, List.of());
        NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + way.gateway().name()));
        Nftables.Outcome outcome = writer.change(Owner.POLICY, new NftTable(engine, false).whole()).get(60, TimeUnit.SECONDS);
        if (!(outcome instanceof Nftables.Outcome.InForce)) {
            throw new IllegalStateException(outcome.toString());
        }
        return writer;
    }

    private Way way(String letter, String name) throws Exception {
        Namespace gateway = Namespace.create(prefix + letter + "g");
        Namespace from = Namespace.create(prefix + letter + "a");
        Namespace to = Namespace.create(prefix + letter + "b");
        pod(gateway, from, 1);
        pod(gateway, to, 2);
        DatagramChannel receiver = Visitor.inside(to, () -> DatagramChannel.open().bind(new InetSocketAddress("10.0.0.2", PORT)));
        receiver.configureBlocking(false);
        DatagramChannel sender = Visitor.inside(from, () -> DatagramChannel.open().bind(new InetSocketAddress("10.0.0.1", PORT)).connect(new InetSocketAddress("10.0.0.2", PORT)));
        return new Way(name, gateway, from, to, sender, receiver, new ArrayList<>(), new ArrayList<>());
    }

    private static void pod(Namespace gateway, Namespace pod, int number) {
        gateway.ip("link", "add", "cali" + number, "type", "veth", "peer", "name", "eth0", "netns", pod.name());
        gateway.ip("addr", "add", "10.255.0.1/32", "dev", "cali" + number);
        gateway.up("cali" + number);
        gateway.ip("route", "add", "10.0.0." + number + "/32", "dev", "cali" + number);
        pod.ip("addr", "add", "10.0.0." + number + "/32", "dev", "eth0");
        pod.up("eth0");
        pod.ip("route", "add", "10.255.0.1/32", "dev", "eth0");
        pod.ip("route", "add", "default", "via", "10.255.0.1", "dev", "eth0", "src", "10.0.0." + number);
    }

    /** Nanoseconds of processor time: this thread's, and that of the kernel's threads that take over when there is much. */
    private static long send(Way way, int packets) throws IOException {
        ByteBuffer packet = ByteBuffer.allocateDirect(18);
        long before = spent();
        for (int i = 0; i < packets; i++) {
            packet.clear();
            way.sender().write(packet);
        }
        return spent() - before;
    }

    private static long spent() throws IOException {
        long sum = nanos(Path.of("/proc/thread-self/schedstat"));
        for (Path path : softirq()) {
            sum += nanos(path.resolve("schedstat"));
        }
        return sum;
    }

    private static long nanos(Path schedstat) throws IOException {
        return Long.parseLong(Files.readString(schedstat).split(" ")[0]);
    }

    private static volatile List<Path> threads = List.of();

    private static List<Path> softirq() throws IOException {
        if (threads.isEmpty()) {
            try (Stream<Path> all = Files.list(Path.of("/proc"))) {
                threads = all.filter(path -> path.getFileName().toString().matches("[0-9]+") && comm(path).startsWith("ksoftirqd/")).toList();
            }
        }
        return threads;
    }

    private static String comm(Path process) {
        try {
            return Files.readString(process.resolve("comm"));
        } catch (IOException gone) {
            return "";
        }
    }

    private static int received(Way way) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        int count = 0;
        while (way.receiver().receive(buffer) != null) {
            buffer.clear();
            count++;
        }
        return count;
    }
}
