package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Counter;
import tombolo.api.policy.Policies.Flows;

/**
 * A flood of denied packets that meets many rules: every packet is counted, a bounded number is logged, and what the log costs the node is bounded. With
 * {@code -Dtombolo.flood.millis=5000} it floods longer, for the figure that it prints.
 */
class LogFloodTest {
    private static final String READER = "tombolo-nflog-" + NftLog.GROUP;
    private static final String LOOP = "tombolo-policy";
    private static final int RULES = 40;
    private static final int FIRST_PORT = 20_000;
    private static final long MILLIS = Long.getLong("tombolo.flood.millis", 1_500);

    /** Milliseconds that this process's threads of a name have run, in steps of ten; the kernel keeps 15 characters of a name. */
    private static long cpuMillis(String name) throws IOException {
        long ticks = 0;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                try {
                    if (Files.readString(task.resolve("comm")).strip().equals(name.substring(0, Math.min(15, name.length())))) {
                        String stat = Files.readString(task.resolve("stat"));
                        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                        ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
                    }
                } catch (NoSuchFileException _) {
                    // a thread that has ended
                }
            }
        }
        return ticks * 10;
    }

    @Test
    void aFloodThatMeetsManyRulesIsCountedWholeAndLoggedWithinTheLimitOfAllRules() throws Exception {
        try (RunningPolicy running = new RunningPolicy(2, List.of()); DatagramChannel from = running.pods.socket(0, Pods.address(0, true), 4000)) {
            // Ports apart, so that each rule is one of its own for the log: each alone may log 100 a second.
            String rules = IntStream.range(0, RULES).mapToObj(i -> "{'action':'Deny','protocol':'UDP','destination':{'ports':[" + (FIRST_PORT + 2 * i) + "]}}").collect(Collectors.joining(","));
            running.policy("flood", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[" + rules + ",{'action':'Allow'}]");
            String shown = running.pods.nft("list", "chain", "inet", "tombolo", "policy-log-share");
            assertTrue(shown.contains("limit rate " + NftLog.OF_ALL + "/second burst " + NftLog.OF_ALL + " packets"), shown);
            List<InetSocketAddress> ports = new ArrayList<>();
            IntStream.range(0, RULES).forEach(i -> ports.add(new InetSocketAddress(Pods.address(1, true), FIRST_PORT + 2 * i)));

            long reader = cpuMillis(READER);
            long loop = cpuMillis(LOOP);
            long began = System.nanoTime();
            long sent = 0;
            ByteBuffer packet = ByteBuffer.allocate(1);
            while (System.nanoTime() - began < MILLIS * 1_000_000) {
                for (InetSocketAddress port : ports) {
                    packet.clear();
                    from.send(packet, port);
                    sent++;
                }
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            long counted = sent;
            RunningPolicy.eventually("all are counted: " + sent, () -> running.node.counters().stream().filter(counter -> counter.rule().startsWith("NetworkPolicy(x/flood) ingress rule "))
                    .mapToLong(Counter::packets).sum() == counted);
            RunningPolicy.eventually("the log has come to its end", () -> {
                long before = running.flows(true).logged();
                java.util.concurrent.locks.LockSupport.parkNanos(300_000_000); // packets wait 0.1 s in the kernel at most
                return before > 0 && running.flows(true).logged() == before;
            });
            Flows flows = running.flows(true);
            long most = (long) (NftLog.OF_ALL * (seconds + 1)) + NftLog.OF_ALL;
            System.out.printf(Locale.ROOT, "LogFloodTest: %d packets denied in %.2f s (%.0f/s), %d logged (at most %d), %d lost; CPU of the reader %d ms, of the policy loop %d ms%n", sent, seconds,
                    sent / seconds, flows.logged(), most, flows.lost(), cpuMillis(READER) - reader, cpuMillis(LOOP) - loop);
            assertTrue(sent > most, "the flood was one: " + sent);
            assertTrue(flows.logged() > 0 && flows.logged() + flows.lost() <= most, flows.logged() + " logged and " + flows.lost() + " lost of at most " + most);
            assertTrue(flows.flows().stream().allMatch(flow -> flow.policy().equals("NetworkPolicy(x/flood)")), flows.toString());
            assertEquals(true, flows.state().contains("of all together " + NftLog.OF_ALL), flows.state());
        }
    }
}
