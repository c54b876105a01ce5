package tombolo.policy.adapter.nft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.Profile;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.api.selector.Selector;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.Model;
import tombolo.policy.core.PolicyEngine;

/**
 * A quick measurement, no test: 1,000 local endpoints, 100,000 addresses elsewhere, 2,000 policies in 100 namespaces; what compiling costs, and with the name of a network
 * namespace as the argument what the kernel adds. Prints milliseconds.
 */
final class PolicyLoad {
    private static final int NAMESPACES = 100;
    private static final int LOCAL = 1_000;
    private static final int REMOTE = 99_000;
    private static final int POLICIES = 2_000;

    private PolicyLoad() { }

    public static void main(String[] words) throws Exception {
        List<Resource> all = world();
        for (int run = 0; run < 3; run++) {
            long start = System.nanoTime();
            long cpu = cpu();
            new PolicyEngine("here").apply(all, List.of());
            System.out.printf("full compile %.0f ms, of the processor %.0f ms%n", since(start), (cpu() - cpu) / 1e6);
        }
        PolicyEngine engine = new PolicyEngine("here");
        engine.apply(all, List.of());
        System.out.printf("%d endpoints, %d policies active, %d sets%n", engine.endpoints().size(), engine.activePolicies().size(), engine.setIds().size());
        NftTable table = new NftTable(engine, false);
        long start = System.nanoTime();
        long cpu = cpu();
        Change whole = table.whole();
        System.out.printf("rendered %.0f ms, of the processor %.0f ms: %d chains, %d sets, %d elements%n", since(start), (cpu() - cpu) / 1e6, whole.chains().size(), whole.sets().size(),
                whole.sets().stream().mapToInt(set -> set.elements().size()).sum());
        System.gc();
        System.out.printf("heap after a collection %d MB%n", (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
        if (words.length == 0) {
            steps(engine, table, _ -> { });
            return;
        }
        try (LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + words[0]))) {
            start = System.nanoTime();
            inForce(writer, whole);
            System.out.printf("loaded into the kernel %.0f ms%n", since(start));
            steps(engine, table, change -> inForce(writer, change));
        }
    }

    private interface Taker {
        void take(Change change) throws Exception;
    }

    private static void inForce(NftablesWriter writer, Change change) throws Exception {
        Outcome outcome = writer.change(Owner.POLICY, change).get();
        if (!(outcome instanceof Outcome.InForce)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    private static void steps(PolicyEngine engine, NftTable table, Taker taker) throws Exception {
        measure("one remote address more", engine, table, taker, i -> pod(REMOTE + LOCAL + 10 + i, false, "web"), 300);
        measure("one local endpoint more", engine, table, taker, i -> pod(REMOTE + LOCAL + 1000 + i, true, "web"), 300);
        measure("label of a local endpoint", engine, table, taker, i -> pod(i % LOCAL, true, i % 2 == 0 ? "db" : "other"), 300);
        measure("policy of every endpoint", engine, table, taker, i -> new Resource(ResourceId.of("GlobalNetworkPolicy", "all"), Map.of(), new GlobalNetworkPolicy(new PolicyBody("default",
                OptionalDouble.of(i % 2), List.of(rule("role == 'web'", 80 + i % 7)), List.of(), Selector.parse(i % 3 == 0 ? "has(role)" : "all()"), EnumSet.of(PolicyBody.Type.INGRESS),
                Optional.empty(), false), false, false, false, Optional.empty()), Json.Obj.EMPTY, 1), 20);
    }

    private static void measure(String what, PolicyEngine engine, NftTable table, Taker taker, IntFunction<Resource> step, int times) throws Exception {
        double[] compile = new double[times];
        double[] whole = new double[times];
        long cpu = cpu();
        for (int i = 0; i < times; i++) {
            Resource resource = step.apply(i);
            long start = System.nanoTime();
            Model.Delta delta = engine.apply(List.of(resource), List.of());
            Change change = table.change(delta);
            compile[i] = since(start);
            taker.take(change);
            whole[i] = since(start);
        }
        Arrays.sort(compile);
        Arrays.sort(whole);
        System.out.printf("%-28s %.3f ms of the processor each; compiled p50 %.3f p99 %.3f ms; handed on p50 %.3f p99 %.3f ms%n", what, (cpu() - cpu) / 1e6 / times, compile[times / 2], compile[times * 99 / 100], whole[times / 2], whole[times * 99 / 100]);
    }

    /** Of this thread: what compiling costs, whatever else the machine does. */
    private static long cpu() throws IOException {
        return Long.parseLong(Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ")[0]);
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static List<Resource> world() {
        List<Resource> all = new ArrayList<>();
        for (int i = 0; i < LOCAL + REMOTE; i++) {
            all.add(pod(i, i < LOCAL, List.of("web", "db", "cache", "batch").get(i / NAMESPACES % 4)));
        }
        for (int i = 0; i < NAMESPACES; i++) {
            PolicyRule allow = new PolicyRule(PolicyRule.Action.ALLOW, OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), PolicyRule.Entity.ANY,
                    PolicyRule.Entity.ANY, Optional.empty(), Map.of());
            all.add(resource(ResourceId.of("Profile", "kns.n" + i), Map.of(), new Profile(List.of(allow), List.of(allow), Map.of("pcns.team", "t" + i % 10))));
        }
        for (int i = 0; i < POLICIES; i++) {
            String role = List.of("web", "db", "cache", "batch").get(i / NAMESPACES % 4);
            String peer = List.of("web", "db", "cache", "batch").get(i / NAMESPACES / 4 % 4);
            all.add(resource(ResourceId.of("NetworkPolicy", "n" + i % NAMESPACES, "p" + i), Map.of(), new NetworkPolicy(new PolicyBody("default", OptionalDouble.of(i),
                    List.of(rule("role == '" + peer + "'", 80 + i % 100), rule("role == '" + peer + "' && app == 'a'", 1000 + i)), List.of(), Selector.parse("role == '" + role + "'"),
                    EnumSet.of(PolicyBody.Type.INGRESS), Optional.empty(), false))));
        }
        return all;
    }

    private static PolicyRule rule(String selector, int port) {
        PolicyRule.Entity source = new PolicyRule.Entity(List.of(), List.of(), Optional.of(Selector.parse(selector)), Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty(),
                Optional.empty());
        PolicyRule.Entity destination = new PolicyRule.Entity(List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(new PolicyRule.Port.Range(port, port)), List.of(),
                Optional.empty(), Optional.empty());
        return new PolicyRule(PolicyRule.Action.ALLOW, OptionalInt.empty(), Optional.of(IpProtocol.TCP), Optional.empty(), Optional.empty(), Optional.empty(), source, destination, Optional.empty(),
                Map.of());
    }

    private static Resource pod(int number, boolean local, String role) {
        String namespace = "n" + number % NAMESPACES;
        return resource(ResourceId.of("WorkloadEndpoint", namespace, "pod" + number), Map.of("role", role, "app", number % 3 == 0 ? "a" : "b"), new WorkloadEndpoint(Optional.of("k8s"), Optional.empty(),
                Optional.of(local ? "here" : "node" + number % 200), Optional.empty(), Optional.of("pod" + number), Optional.of("eth0"), Optional.empty(),
                List.of(Prefix.host(IpAddress.v4(0x0a000000 + number))), List.of(), Optional.empty(), Optional.empty(), List.of("kns." + namespace), Optional.of("cali" + number), Optional.empty(),
                List.of(), List.of(), Map.of()));
    }

    private static Resource resource(ResourceId id, Map<String, String> labels, ResourceSpec spec) {
        return new Resource(id, labels, spec, Json.Obj.EMPTY, 1);
    }
}
