package tombolo.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What is measured. Each method is one line of the table; each starts a fresh daemon. */
final class Scenarios {
    /** Beyond this a daemon is said not to have finished. */
    private static final int LIMIT_SECONDS = 120;
    private static final Peer SENDER = new Peer(1);
    private static final Peer RECEIVER = new Peer(2);

    private final Path project;
    private final long seed;

    Scenarios(Path project, long seed) {
        this.project = project;
        this.seed = seed;
    }

    /** The generator against its own receiver, in seconds: the floor under every other figure. */
    double generatorAlone(Table table) throws IOException, InterruptedException {
        byte[] messages = Encoder.announcements(table, SENDER, Encoder.PathShape.PLAIN);
        long[] expected = new long[table.size()];
        for (int s = 0; s < table.sets(); s++) {
            byte[] attributes = Encoder.attributes(Encoder.PathShape.PLAIN.path(SENDER, table, s), SENDER.address(), table.communities[s]);
            Arrays.fill(expected, table.setStart[s], table.setStart[s + 1], Receiver.attributesHash(attributes, 0, attributes.length));
        }
        Receiver receiver = new Receiver(table, expected);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
             Socket out = new Socket(server.getInetAddress(), server.getLocalPort());
             Speaker sender = Speaker.accept(out, SENDER.as(), Speaker.Sink.NONE);
             Speaker receiving = Speaker.accept(server.accept(), RECEIVER.as(), receiver)) {
            receiver.arm();
            long start = System.nanoTime();
            sender.write(messages);
            long end = receiver.await(LIMIT_SECONDS);
            if (end == 0 || !receiver.complete() || !receiving.alive()) {
                throw new IllegalStateException("the generator fails against itself: " + receiver.summary());
            }
            return (end - start) / 1e9;
        }
    }

    /** One peer's table to another peer. */
    Result transit(Subject subject, int prefixes) throws IOException, InterruptedException {
        Table table = new Table(seed, prefixes);
        byte[] messages = Encoder.announcements(table, SENDER, Encoder.PathShape.PLAIN);
        Receiver receiver = new Receiver(table, expected(table));
        try (Stage stage = new Stage(subject, new Subject.Setup(2, i -> i == RECEIVER.number(), false), project)) {
            stage.connect(RECEIVER, receiver);
            Speaker sender = stage.connect(SENDER, Speaker.Sink.NONE);
            receiver.arm();
            stage.startCpu();
            long start = System.nanoTime();
            sender.write(messages);
            return finish("transit", subject, stage, start, List.of(receiver));
        }
    }

    /** Many peers with the same prefixes and different paths; one receiver is told the best. */
    Result manyPeers(Subject subject, int peers, int prefixes) throws Exception {
        Table table = new Table(seed, prefixes);
        Encoder.PathShape shape = Encoder.PathShape.ranked(peers);
        List<byte[]> messages = new ArrayList<>();
        for (int i = 1; i <= peers; i++) {
            messages.add(Encoder.announcements(table, new Peer(i), shape));
        }
        Peer receiverPeer = new Peer(peers + 1);
        long[] expected = new long[table.size()];
        for (int s = 0; s < table.sets(); s++) {
            Peer best = best(s, peers);
            long hash = hashAtReceiver(shape.path(best, table, s), receiverPeer, table.communities[s]);
            Arrays.fill(expected, table.setStart[s], table.setStart[s + 1], hash);
        }
        Receiver receiver = new Receiver(table, expected);
        try (Stage stage = new Stage(subject, new Subject.Setup(peers + 1, i -> i == receiverPeer.number(), false), project)) {
            stage.connect(receiverPeer, receiver);
            List<Speaker> senders = new ArrayList<>();
            for (int i = 1; i <= peers; i++) {
                senders.add(stage.connect(new Peer(i), Speaker.Sink.NONE));
            }
            receiver.arm();
            stage.startCpu();
            long start = System.nanoTime();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < peers; i++) {
                threads.add(writer(senders.get(i), messages.get(i)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            return finish("peers", subject, stage, start, List.of(receiver));
        }
    }

    private static Peer best(int set, int peers) {
        for (int i = 1; i <= peers; i++) {
            if (Encoder.PathShape.rank(new Peer(i), set, peers) == 0) {
                return new Peer(i);
            }
        }
        throw new IllegalStateException("no best path");
    }

    private static long hashAtReceiver(int[] path, Peer receiver, int[] communities) {
        byte[] attributes = Encoder.attributes(Encoder.prepend(path, Peer.DAEMON_AS, 1), receiver.daemonAddress(), communities);
        return Receiver.attributesHash(attributes, 0, attributes.length);
    }

    private static Thread writer(Speaker speaker, byte[] messages) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                speaker.write(messages);
            } catch (IOException lost) {
                throw new IllegalStateException("the session ended while sending: " + lost.getMessage(), lost);
            }
        });
    }

    /** Sends the table from one peer to another, and returns the sender when all of it has come, or the limit has passed. */
    private static Speaker load(Stage stage, Table table, Receiver receiver) throws IOException, InterruptedException {
        stage.connect(RECEIVER, receiver);
        Speaker sender = stage.connect(SENDER, Speaker.Sink.NONE);
        receiver.arm();
        sender.write(Encoder.announcements(table, SENDER, Encoder.PathShape.PLAIN));
        receiver.await(LIMIT_SECONDS);
        return sender;
    }

    /** The only peer with a table goes away without a word; the other must be told of every prefix. */
    Result peerLoss(Subject subject, int prefixes) throws IOException, InterruptedException {
        Table table = new Table(seed, prefixes);
        Receiver receiver = new Receiver(table, expected(table));
        try (Stage stage = new Stage(subject, new Subject.Setup(2, i -> i == RECEIVER.number(), false), project)) {
            Speaker sender = load(stage, table, receiver);
            if (!receiver.complete()) {
                return new Result("loss", subject, Double.NaN, stage.cpuSeconds(), stage.peakMemory(), stage.foreignPercent(), "never loaded: " + receiver.summary(), false);
            }
            receiver.expectNothing();
            receiver.arm();
            stage.startCpu();
            long start = System.nanoTime();
            sender.close();
            return finish("loss", subject, stage, start, List.of(receiver));
        }
    }

    /** One table to many peers. */
    Result fanOut(Subject subject, int peers, int prefixes) throws IOException, InterruptedException {
        Table table = new Table(seed, prefixes);
        byte[] messages = Encoder.announcements(table, SENDER, Encoder.PathShape.PLAIN);
        try (Stage stage = new Stage(subject, new Subject.Setup(peers + 1, i -> i > 1, false), project)) {
            List<Receiver> receivers = new ArrayList<>();
            for (int i = 2; i <= peers + 1; i++) {
                Peer peer = new Peer(i);
                Receiver receiver = new Receiver(table, Receiver.expectation(table, s -> Encoder.PathShape.PLAIN.path(SENDER, table, s), peer));
                receiver.arm();
                receivers.add(receiver);
                stage.connect(peer, receiver);
            }
            Speaker sender = stage.connect(SENDER, Speaker.Sink.NONE);
            stage.startCpu();
            long start = System.nanoTime();
            sender.write(messages);
            return finish("fan-out", subject, stage, start, receivers);
        }
    }

    /** A peer's table into the kernel. */
    Result kernel(Subject subject, int prefixes) throws IOException, InterruptedException {
        Table table = new Table(seed, prefixes);
        byte[] messages = Encoder.announcements(table, SENDER, Encoder.PathShape.PLAIN);
        try (Stage stage = new Stage(subject, new Subject.Setup(1, i -> false, true), project)) {
            Speaker sender = stage.connect(SENDER, Speaker.Sink.NONE);
            int before = stage.kernelPrefixes();
            stage.startCpu();
            long start = System.nanoTime();
            Thread writer = writer(sender, messages);
            long limit = start + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            long looked = System.nanoTime();
            int now = stage.kernelPrefixes();
            while (now < before + prefixes && looked < limit) {
                // The statistics walk the whole trie: looking costs all alike, at most a tenth, until the end is near; then often enough that the end is not
                // seen late, with pauses no shorter than a look.
                long look = System.nanoTime() - looked;
                double done = (now - before) / (double) prefixes;
                double left = done <= 0 ? Double.MAX_VALUE : (looked - start) * (1 - done) / done;
                LockSupport.parkNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(20), Math.max(look, (long) Math.min(9.0 * look, left / 2))));
                looked = System.nanoTime();
                now = stage.kernelPrefixes();
            }
            double seconds = (looked - start) / 1e9;
            double cpu = stage.cpuSeconds();
            writer.join();
            stage.requireSessions();
            boolean good = now >= before + prefixes && kernelMatches(stage, table);
            String note = String.format("%,.0f routes/s", prefixes / seconds);
            return new Result("kernel", subject, good ? seconds : Double.NaN, cpu, stage.peakMemory(), stage.foreignPercent(),
                good ? note : (now - before) + " of " + prefixes + " prefixes in the kernel, or a wrong gateway", good);
        }
    }

    private static boolean kernelMatches(Stage stage, Table table) throws IOException, InterruptedException {
        long sum = 0;
        for (int i = 0; i < table.size(); i++) {
            int a = table.address[i];
            sum += Stage.routeHash((a >>> 24) + "." + (a >>> 16 & 255) + "." + (a >>> 8 & 255) + "." + (a & 255) + "/" + table.length[i], SENDER.text());
        }
        return Arrays.equals(stage.kernelContent(), new long[] {sum, table.size()});
    }

    /** Changes at a steady rate while a full table is held: how long each takes to come out at the other side. */
    Result latency(Subject subject, int prefixes, int changesPerSecond, int seconds) throws IOException, InterruptedException {
        Table table = new Table(seed, prefixes);
        int changes = changesPerSecond * seconds;
        Receiver receiver = new Receiver(table, expected(table));
        try (Stage stage = new Stage(subject, new Subject.Setup(2, i -> i == RECEIVER.number(), false), project)) {
            Speaker sender = load(stage, table, receiver);
            if (!receiver.complete()) {
                return new Result("latency", subject, Double.NaN, stage.cpuSeconds(), stage.peakMemory(), stage.foreignPercent(), "never loaded: " + receiver.summary(), false);
            }
            Marks marks = new Marks(changes);
            receiver.onMarks(marks);
            byte[][] slices = slices(table, changes, changesPerSecond / 1000);
            stage.startCpu();
            long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200);
            for (int slice = 0; slice < slices.length; slice++) {
                long due = start + TimeUnit.MILLISECONDS.toNanos(slice);
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                sender.write(slices[slice]);
            }
            boolean all = marks.latch.await(30, TimeUnit.SECONDS);
            stage.requireSessions();
            double cpu = stage.cpuSeconds();
            // From when a change was due, not from when it was sent: a sender that is held up must not hide the delay.
            long[] delays = marks.delays(start, changesPerSecond / 1000);
            String note = delays.length == 0 ? "nothing came" : String.format("p50 %.2f ms, p99 %.2f ms, max %.1f ms, %,d of %,d changes seen",
                delays[delays.length / 2] / 1e6, delays[(int) (delays.length * 0.99)] / 1e6, delays[delays.length - 1] / 1e6, delays.length, changes);
            return new Result("latency", subject, delays.length == 0 ? Double.NaN : delays[(int) (delays.length * 0.99)] / 1e9, cpu, stage.peakMemory(), stage.foreignPercent(), note, all);
        }
    }

    /** One message per change, each with a path that ends in its own mark; all for different prefixes. One slice for each millisecond. */
    private static byte[][] slices(Table table, int changes, int perSlice) {
        byte[][] slices = new byte[changes / perSlice][];
        Encoder encoder = new Encoder();
        int prime = 7_919;
        for (int slice = 0; slice < slices.length; slice++) {
            encoder.clear();
            for (int i = slice * perSlice; i < (slice + 1) * perSlice; i++) {
                int prefix = (int) ((long) i * prime % table.size());
                byte[] attributes = Encoder.attributes(new int[] {SENDER.as(), 3356, Receiver.FIRST_MARK + i}, SENDER.address(), new int[0]);
                encoder.updates(attributes, table, prefix, prefix + 1);
            }
            slices[slice] = encoder.bytes();
        }
        return slices;
    }

    private static final class Marks implements Receiver.MarkListener {
        private final long[] arrived;
        private final CountDownLatch latch;

        Marks(int changes) {
            arrived = new long[changes];
            latch = new CountDownLatch(changes);
        }

        @Override
        public void marked(int mark, long nanos) {
            if (mark < arrived.length && arrived[mark] == 0) {
                arrived[mark] = nanos;
                latch.countDown();
            }
        }

        long[] delays(long start, int perSlice) {
            return java.util.stream.IntStream.range(0, arrived.length).filter(i -> arrived[i] != 0)
                .mapToLong(i -> arrived[i] - start - TimeUnit.MILLISECONDS.toNanos(i / perSlice)).sorted().toArray();
        }
    }

    private static long[] expected(Table table) {
        return Receiver.expectation(table, s -> Encoder.PathShape.PLAIN.path(SENDER, table, s), RECEIVER);
    }

    private static Result finish(String scenario, Subject subject, Stage stage, long start, List<Receiver> receivers) throws InterruptedException {
        long last = 0;
        boolean good = true;
        for (Receiver receiver : receivers) {
            long end = receiver.await(LIMIT_SECONDS);
            good &= end != 0;
            last = Math.max(last, end);
        }
        double cpu = stage.cpuSeconds();
        stage.requireSessions();
        long messages = 0;
        for (Receiver receiver : receivers) {
            good &= receiver.complete();
            messages += receiver.messages();
        }
        return new Result(scenario, subject, good ? (last - start) / 1e9 : Double.NaN, cpu, stage.peakMemory(), stage.foreignPercent(),
            good ? String.format("%,d UPDATEs out", messages) : receivers.getFirst().summary(), good);
    }
}
