package tombolo.bgp.session.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Two namespaces of the test's own, joined by a veth pair: "a" holds the node under test (10.9.9.1, fd00:9::1), "b" the daemons (10.9.9.2, fd00:9::2).
 * Everything that was started is stopped by its handle, and the namespaces are removed, at the end.
 */
final class Lab implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);
    /** Between two looks that start a program each. */
    private static final Duration LOOK = Duration.ofMillis(100);
    /** Between two that ask the node, which costs a line. */
    private static final Duration STATUS = Duration.ofMillis(20);
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final String a;
    private final String b;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();

    Lab() throws IOException {
        String prefix = "tmbt-s" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
        a = prefix + "a";
        b = prefix + "b";
        folder = Files.createTempDirectory(prefix);
        for (String namespace : List.of(a, b)) {
            run("ip", "netns", "add", namespace);
            run("ip", "-n", namespace, "link", "set", "lo", "up");
            run("ip", "netns", "exec", namespace, "sysctl", "-q", "-w", "net.ipv6.conf.default.accept_dad=0");
        }
        run("ip", "-n", a, "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", b);
        for (String[] each : new String[][] {{a, "1"}, {b, "2"}}) {
            run("ip", "-n", each[0], "link", "set", "v0", "up");
            run("ip", "-n", each[0], "addr", "add", "10.9.9." + each[1] + "/24", "dev", "v0");
            run("ip", "-n", each[0], "addr", "add", "fd00:9::" + each[1] + "/64", "dev", "v0", "nodad");
        }
    }

    /** Whether this machine can make the lab: namespaces, and the daemon. */
    static boolean possible(String... programs) {
        boolean root = "root".equals(System.getProperty("user.name"));
        return root && java.util.Arrays.stream(programs).allMatch(program -> Files.isExecutable(Path.of(program)));
    }

    Path file(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content);
        return file;
    }

    Node node(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", a, Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED", "-Dorg.slf4j.simpleLogger.showDateTime=true", "-cp", classPath(),
                SessionNode.class.getName(), folder.resolve("marker").toString()));
        command.addAll(List.of(arguments));
        return new Node(start(command));
    }

    /** What this JVM has, on whichever of its paths. */
    private static String classPath() {
        String base = System.getProperty("basedir", "");
        return String.join(java.io.File.pathSeparator, Path.of(base, "target", "test-classes").toString(), System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path", ""));
    }

    /** BIRD with this configuration in the other namespace. */
    Process bird(String configuration) throws IOException {
        Path config = file("bird.conf", configuration);
        return start(List.of("ip", "netns", "exec", b, "bird", "-f", "-c", config.toString(), "-s", folder.resolve("bird.ctl").toString(), "-P",
                folder.resolve("bird.pid").toString()));
    }

    String birdc(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("birdc", "-s", folder.resolve("bird.ctl").toString()));
        command.addAll(List.of(words));
        return text(command); // its exit code tells whether a route was found: the text does too
    }

    /** Waits until a question is answered so. */
    static void eventually(String what, java.util.concurrent.Callable<Boolean> question) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try {
            while (!question.call()) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not within " + LIMIT + ": " + what);
                }
                pause(LOOK);
            }
        } catch (Exception e) {
            throw new AssertionError(what, e);
        }
    }

    private static void pause(Duration time) {
        java.util.concurrent.locks.LockSupport.parkNanos(time.toNanos());
    }

    Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.add(process);
        return process;
    }

    /** The same with the output in a file. */
    Process start(List<String> command, Path log) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        processes.add(process);
        return process;
    }

    String inB(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", b));
        command.addAll(List.of(words));
        return output(command);
    }

    String inA(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", a));
        command.addAll(List.of(words));
        return output(command);
    }

    String namespaceB() {
        return b;
    }

    Path folder() {
        return folder;
    }

    static void stop(Process process, boolean hard) {
        process.descendants().forEach(hard ? ProcessHandle::destroyForcibly : ProcessHandle::destroy);
        if (hard) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static void run(String... command) throws IOException {
        output(List.of(command));
    }

    static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.onExit().join();
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + text);
        }
        return text;
    }

    private static String text(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        processes.forEach(process -> stop(process, true));
        run("ip", "netns", "del", a);
        run("ip", "netns", "del", b);
        try (var files = Files.walk(folder)) {
            files.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        }
    }

    /** The node under test: its lines are collected as they come. */
    static final class Node {
        private final Process process;
        private final OutputStream commands;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition more = lock.newCondition();
        private final List<String> lines = new ArrayList<>();
        private int read;

        private Node(Process process) {
            this.process = process;
            this.commands = process.getOutputStream();
            Thread.ofVirtual().start(this::collect);
        }

        private void collect() {
            try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                    lock.lock();
                    lines.add(line);
                    more.signalAll();
                    lock.unlock();
                }
            } catch (IOException e) {
                // the process is gone: who waits for a line will say so
            }
        }

        void tell(String command) throws IOException {
            commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            commands.flush();
        }

        /** The next line that matches, skipping others. */
        String await(String regex) {
            return await(regex, LIMIT);
        }

        String await(String regex, Duration limit) {
            long deadline = System.nanoTime() + limit.toNanos();
            lock.lock();
            try {
                while (true) {
                    while (read < lines.size()) {
                        String line = lines.get(read++);
                        if (line.matches(regex)) {
                            return line;
                        }
                    }
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        throw new AssertionError("no line like '" + regex + "' within " + limit + "; there were:\n" + String.join("\n", lines));
                    }
                    more.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                lock.unlock();
            }
        }

        /** Asks for the status until it matches. */
        String awaitStatus(String regex, Duration limit) throws IOException {
            long deadline = System.nanoTime() + limit.toNanos();
            while (true) {
                tell("status");
                String line = await("status .*");
                if (line.matches(regex)) {
                    return line;
                }
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("status is not like '" + regex + "' within " + limit + ": " + line);
                }
                pause(STATUS);
            }
        }

        Process process() {
            return process;
        }
    }
}
