package tombolo.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.CniPlugin;
import tombolo.harness.Command;
import tombolo.harness.Daemon;
import tombolo.harness.GatewayNode;
import tombolo.harness.HarnessException;
import tombolo.harness.Link;
import tombolo.harness.Link.End;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/**
 * {@code gateway lab --nodes 2 [up|status|down]}: two gateways that share one etcd, and nothing else but resources.
 *
 * <pre>
 *         tmb2-onprem  (BIRD, AS 65010)      tmb2-vnet  (BIRD, AS 65515)
 *        172.16.1.0/30 /           \ 172.16.2.0/30      to both, 172.19.1.0/30 and 172.19.2.0/30
 *   containers ── tmb2-gw1 ═══════ tmb2-gw2 ── containers     (AS 65020; the mesh over 172.18.0.0/30)
 *        172.17.1.0/30 \           / 172.17.2.0/30
 *                      tmb2-etcd
 * </pre>
 *
 * Containers are attached on both at once, out of one pool. Then every address is there once, lies in a block of its own gateway, the on-premises router has
 * each block from the gateway that holds it and from no other, with the pool's community, and reaches every container. Every container reaches every other, the
 * on-premises host and the host in the virtual network, and each end sees the address that the other has: first over BGP's routes, then with the pool's mode
 * switched to VXLAN, through the tunnel between the gateways. Exit code 0: so it is; 1: not so, the
 * reason is the last line; 2: wrong usage.
 */
public final class TwoNodes {
    static final String PREFIX = "tmb2-";
    private static final Namespace ONPREM = new Namespace(PREFIX + "onprem");
    private static final Namespace VNET = new Namespace(PREFIX + "vnet");
    private static final String ONPREM_HOST = "10.200.0.1";
    private static final String VNET_HOST = "10.100.0.4";
    private static final Namespace ETCD = new Namespace(PREFIX + "etcd");
    private static final List<Namespace> GATEWAYS = List.of(new Namespace(PREFIX + "gw1"), new Namespace(PREFIX + "gw2"));
    private static final List<String> PACKAGES = List.of("iproute2", "iputils-ping", "bird2", "etcd-server");
    private static final Duration CONVERGENCE = Duration.ofSeconds(120);
    /** On each gateway: more than one block of eight addresses holds. */
    private static final int CONTAINERS = 10;

    private final Path project;
    private final Path folder;
    private final Progress progress = new Progress();
    private final Grounds grounds;

    private TwoNodes(Path project) {
        this.project = project;
        this.folder = project.resolve("run/lab-nodes");
        this.grounds = new Grounds(PREFIX, folder, progress);
    }

    /** A container with the address it was given. */
    private record Attached(int gateway, String container, String address) { }

    public static void main(String[] words) {
        TwoNodes lab = new TwoNodes(Path.of(System.getProperty("tombolo.root", "")).toAbsolutePath());
        String command = words.length == 0 ? "up" : words[0];
        if (words.length > 1 || !List.of("up", "status", "down").contains(command)) {
            System.err.println("lab: unknown words " + String.join(" ", words) + "; see gateway lab --help");
            System.exit(2);
        }
        try {
            lab.grounds.preconditions("./gateway lab --nodes 2 " + command, "up".equals(command) ? PACKAGES : List.of());
            switch (command) {
                case "up" -> lab.grounds.inTurn(lab::up);
                case "status" -> lab.verify();
                default -> lab.grounds.inTurn(() -> lab.progress.step("laboratory removed", lab.grounds::clear));
            }
        } catch (HarnessException problem) {
            System.out.println("lab: " + problem.getMessage());
            System.exit(1);
        }
    }

    private void up() {
        progress.step("cleared what an earlier run left", grounds::clear);
        progress.step("five namespaces and seven cables", TwoNodes::cables);
        progress.step("etcd", this::startEtcd);
        progress.step("on-premises router (BIRD, AS 65010)", () -> noted(Bird.start(ONPREM, Routers.resource("onprem2.bird.conf")).daemon()));
        progress.step("virtual network (BIRD, AS 65515)", () -> noted(Bird.start(VNET, Routers.resource("vnet2.bird.conf")).daemon()));
        List<GatewayNode> nodes = new ArrayList<>();
        progress.step("two gateways started, on that etcd", () -> {
            for (int i = 0; i < GATEWAYS.size(); i++) {
                nodes.add(startGateway(i));
            }
        });
        progress.step("both answer", () -> nodes.forEach(node -> node.awaitShell("ipam:show")));
        RunFiles.write(folder.resolve("cluster.yaml"), Routers.resource("two-nodes.yaml"));
        progress.step("the cluster described by resources, on gw1", () -> awaitOk(nodes.getFirst(), "resource:apply -f " + folder.resolve("cluster.yaml")));
        progress.step("both peer with the router and with each other, by those resources alone", () -> converge(nodes));
        progress.step("CNI plugin installed", () -> {
            CniPlugin.install(project, folder, socket(0));
        });
        progress.step("the plugin is ready on both", () -> {
            for (int i = 0; i < GATEWAYS.size(); i++) {
                plugin(i).awaitReady();
            }
        });
        List<Attached> attached = progress.step(CONTAINERS + " containers attached on each gateway, all at once", this::attach);
        RunFiles.write(folder.resolve("containers"), String.join("\n", attached.stream().map(one -> one.gateway() + " " + one.container() + " " + one.address()).toList()) + "\n");
        progress.say("");
        progress.say(nodes.getFirst().ask("ipam:show --show-blocks").stripTrailing());
        nodes.forEach(node -> progress.say(node.ask("bgp:summary").stripTrailing()));
        progress.step("a server in each place that tells what it sees", () -> Sources.serve(places(attached), folder.resolve("sources")).forEach(this::noted));
        List.of("bgp.as", "bgp.router-id", "bgp.peer-Mesh_172_18_0_2").forEach(key -> progress.say(nodes.getFirst().ask("config:explain " + key).stripTrailing()));
        progress.say("");
        verify();
        tunnel(nodes, attached);
        progress.say("");
        progress.say("The laboratory runs. Look around: ./gateway shell --home run/lab-nodes/gw1, ip netns exec tmb2-onprem birdc -s /run/tombolo/tmb2-onprem/bird/bird.ctl.");
        progress.say("Its state: ./gateway lab --nodes 2 status. Its end: ./gateway lab --nodes 2 down.");
    }

    // ---------------------------------------------------------------- what there is

    private static void cables() {
        List.of(ONPREM, VNET, ETCD).forEach(namespace -> Namespace.create(namespace.name()));
        GATEWAYS.forEach(namespace -> Namespace.create(namespace.name()));
        for (int i = 0; i < GATEWAYS.size(); i++) {
            int number = i + 1;
            cable(ONPREM, "gw" + number, "172.16." + number + ".1/30", GATEWAYS.get(i), "onprem", "172.16." + number + ".2/30");
            cable(VNET, "gw" + number, "172.19." + number + ".1/30", GATEWAYS.get(i), "vnet", "172.19." + number + ".2/30");
            cable(ETCD, "gw" + number, "172.17." + number + ".1/30", GATEWAYS.get(i), "store", "172.17." + number + ".2/30");
        }
        ONPREM.ip("addr", "add", ONPREM_HOST + "/32", "dev", "lo");
        VNET.ip("addr", "add", VNET_HOST + "/32", "dev", "lo");
        cable(GATEWAYS.get(0), "fabric", "172.18.0.1/30", GATEWAYS.get(1), "fabric", "172.18.0.2/30");
    }

    private static void cable(Namespace a, String linkA, String addressA, Namespace b, String linkB, String addressB) {
        Link.veth(new End(a, linkA), new End(b, linkB));
        a.address(linkA, addressA);
        b.address(linkB, addressB);
    }

    private void startEtcd() {
        Path data = RunFiles.folder(ETCD, "etcd");
        Path log = data.resolve("etcd.log");
        Daemon etcd = Daemon.start("etcd in " + ETCD.name(), ETCD, log, Map.of(), List.of("etcd", "--name", "lab", "--data-dir", data.resolve("data").toString(),
                "--listen-client-urls", "http://0.0.0.0:2379", "--advertise-client-urls", "http://172.17.1.1:2379,http://172.17.2.1:2379",
                "--listen-peer-urls", "http://127.0.0.1:2380", "--initial-advertise-peer-urls", "http://127.0.0.1:2380", "--initial-cluster", "lab=http://127.0.0.1:2380"));
        noted(etcd);
        Await.until(Duration.ofSeconds(30), () -> "etcd listens; its log: " + Daemon.tail(log), () -> {
            if (!etcd.alive()) {
                throw new HarnessException("etcd ended: " + Daemon.tail(log));
            }
            return ETCD.attempt("sh", "-c", "grep -qi ':094B .* 0A ' /proc/net/tcp /proc/net/tcp6").ok(); // 2379, LISTEN
        });
    }

    private GatewayNode startGateway(int index) {
        String name = "gw" + (index + 1);
        Path etc = folder.resolve(name + "-etc");
        RunFiles.write(etc.resolve("tombolo.node.cfg"), "name = " + name + "\nipv4-autodetection = interface=^fabric$\n");
        RunFiles.write(etc.resolve("tombolo.datastore.cfg"), "engine = etcd\netcd-endpoints = http://172.17." + (index + 1) + ".1:2379\n");
        RunFiles.write(etc.resolve("tombolo.cni.cfg"), CniPlugin.settings(socket(index)));
        GatewayNode node = GatewayNode.start(project, GATEWAYS.get(index), folder.resolve(name), etc, Map.of());
        noted(node.daemon());
        return node;
    }

    private static Path socket(int gateway) {
        return RunFiles.BASE.resolve(GATEWAYS.get(gateway).name()).resolve("cni.sock");
    }

    private void noted(Daemon daemon) {
        grounds.noted(List.of(daemon));
    }

    private static void awaitOk(GatewayNode node, String command) {
        Await.until(GatewayNode.START, () -> command + "; last answer: " + node.attempt(command).output(), () -> node.attempt(command).ok());
    }

    private String converge(List<GatewayNode> nodes) {
        Bird router = router();
        for (int i = 1; i <= nodes.size(); i++) {
            router.awaitEstablished("gw" + i, CONVERGENCE);
        }
        Await.until(CONVERGENCE, () -> "every session is established; seen: " + nodes.stream().map(node -> node.attempt("bgp:summary").output()).toList(), () ->
                nodes.stream().allMatch(node -> established(node) == 3));
        return "on each gateway the router, the virtual network and the mesh";
    }

    private static int established(GatewayNode node) {
        return (int) java.util.regex.Pattern.compile("\\bEstablished\\b").matcher(node.attempt("bgp:summary").output()).results().count();
    }

    private static Bird router() {
        return Bird.attached(ONPREM, Daemon.running(ONPREM.name(), ONPREM.pids().getFirst()).orElseThrow(() -> new HarnessException("the on-premises router is gone")));
    }

    // ---------------------------------------------------------------- containers

    private List<Attached> attach() {
        List<Callable<Attached>> work = new ArrayList<>();
        for (int number = 1; number <= CONTAINERS; number++) {
            for (int gateway = 0; gateway < GATEWAYS.size(); gateway++) {
                String name = PREFIX + "c" + (gateway + 1) + "-" + number;
                Namespace.create(name);
                int on = gateway;
                work.add(() -> new Attached(on, name, address(name, plugin(on).call("ADD", name, new Namespace(name), CniPlugin.ROUTED))));
            }
        }
        List<Attached> attached = new ArrayList<>();
        try (ExecutorService all = Executors.newFixedThreadPool(work.size())) {
            for (Future<Attached> one : all.invokeAll(work)) {
                attached.add(one.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HarnessException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof HarnessException problem ? problem : new HarnessException(e.getCause().toString(), e);
        }
        return attached;
    }

    private static String address(String container, Command.Result added) {
        java.util.regex.Matcher matcher = java.util.regex.Pattern.compile("\"address\"\\s*:\\s*\"([0-9.]+)/[0-9]+\"").matcher(added.output());
        if (!added.ok() || !matcher.find()) {
            throw new HarnessException("container " + container + " was not attached: " + added.output().strip());
        }
        return matcher.group(1);
    }

    private CniPlugin plugin(int gateway) {
        return new CniPlugin(folder.resolve("bin"), socket(gateway));
    }

    // ---------------------------------------------------------------- what must hold

    private void verify() {
        if (!Files.exists(folder.resolve("containers"))) {
            throw new HarnessException("no laboratory with two gateways is running. Start it: ./gateway lab --nodes 2");
        }
        List<Attached> attached = RunFiles.read(folder.resolve("containers")).lines().filter(line -> !line.isBlank()).map(line -> line.split(" "))
                .map(words -> new Attached(Integer.parseInt(words[0]), words[1], words[2])).toList();
        progress.step("every address was given once", () -> once(attached));
        Map<String, Integer> blocks = progress.step("every address lies in a block of its own gateway, and no block is of both", () -> blocks(attached));
        Bird router = router();
        progress.step("the router has each block from its own gateway alone, with the pool's community", () -> blocks.forEach((block, gateway) -> advertised(router, block, gateway)));
        progress.step("the router has nothing else of theirs", () -> {
            TreeSet<String> seen = new TreeSet<>();
            ONPREM.routes("-4", "bird").forEach(route -> seen.add(route.split(" ")[0]));
            if (!seen.equals(new TreeSet<>(blocks.keySet()))) {
                throw new HarnessException("the on-premises router has " + seen + ", wanted " + new TreeSet<>(blocks.keySet()));
            }
        });
        progress.step("ping from the router to every container", () -> attached.forEach(one -> ping(ONPREM, one.address(), one.container())));
        progress.step("every container reaches every other, both hosts and both gateways, and is seen by its own address", () -> seen(attached));
    }

    /** Who takes part: containers, the hosts outside, and the gateways themselves. */
    private static List<Sources.Place> places(List<Attached> attached) {
        List<Sources.Place> places = new ArrayList<>();
        attached.forEach(one -> places.add(new Sources.Place(new Namespace(one.container()), one.address(), true)));
        places.add(new Sources.Place(ONPREM, ONPREM_HOST, true));
        places.add(new Sources.Place(VNET, VNET_HOST, true));
        for (int i = 0; i < GATEWAYS.size(); i++) {
            places.add(new Sources.Place(GATEWAYS.get(i), "172.18.0." + (i + 1), false));
        }
        return places;
    }

    /** One of two is always a container: who else may speak with whom is the business of filters. */
    private static String seen(List<Attached> attached) {
        List<String> containers = attached.stream().map(Attached::container).toList();
        return Sources.everyoneSeesEveryone(places(attached), (asks, answers) -> containers.contains(asks.namespace().name()) || containers.contains(answers.namespace().name()));
    }

    /** The same containers, with the pool's mode switched: nothing of them is made anew. */
    private void tunnel(List<GatewayNode> nodes, List<Attached> attached) {
        RunFiles.write(folder.resolve("vxlan.yaml"), Routers.resource("two-nodes-vxlan.yaml"));
        progress.step("the pool's mode switched to VXLAN, on gw2", () -> awaitOk(nodes.getLast(), "resource:apply -f " + folder.resolve("vxlan.yaml")));
        progress.step("each gateway reaches the other's blocks through the tunnel", () -> blocks(attached).forEach((block, gateway) -> {
            Namespace other = GATEWAYS.get(1 - gateway);
            Await.until(CONVERGENCE, () -> other.name() + " has " + block + " over vxlan.calico; seen: " + other.ip("-4", "route", "show", block) + nodes.get(1 - gateway).attempt("overlay:list").output(),
                    () -> other.ip("-4", "route", "show", block).contains("dev vxlan.calico"));
        }));
        progress.say("");
        nodes.forEach(node -> progress.say(node.ask("overlay:list").stripTrailing()));
        progress.say("");
        progress.step("over VXLAN, too, everyone is reached and seen by the own address", () -> seen(attached));
        progress.step("the tunnel carried it", () -> {
            String counted = GATEWAYS.getFirst().ip("-s", "link", "show", "vxlan.calico");
            long packets = counted.lines().dropWhile(line -> !line.contains("TX:")).skip(1).findFirst().map(line -> Long.parseLong(line.strip().split("\\s+")[1])).orElse(0L);
            if (packets < CONTAINERS * CONTAINERS) {
                throw new HarnessException("only " + packets + " packets went into the tunnel of gw1: " + counted);
            }
            return packets + " packets from gw1";
        });
    }

    private static String once(List<Attached> attached) {
        Map<String, String> seen = new TreeMap<>();
        for (Attached one : attached) {
            String other = seen.put(one.address(), one.container());
            if (other != null) {
                throw new HarnessException(one.address() + " was given to " + other + " and to " + one.container());
            }
        }
        return seen.size() + " addresses";
    }

    /** By block the gateway that holds it: each has a blackhole route there. */
    private static Map<String, Integer> blocks(List<Attached> attached) {
        Map<String, Integer> blocks = new TreeMap<>();
        for (int i = 0; i < GATEWAYS.size(); i++) {
            for (String route : GATEWAYS.get(i).ip("-4", "route", "show", "type", "blackhole").lines().map(String::strip).filter(line -> !line.isEmpty()).toList()) {
                String block = route.replaceFirst("^blackhole ", "").split(" ")[0];
                Integer other = blocks.put(block, i);
                if (other != null) {
                    throw new HarnessException("block " + block + " is of both gateways");
                }
            }
        }
        for (Attached one : attached) {
            if (blocks.entrySet().stream().noneMatch(block -> block.getValue() == one.gateway() && contains(block.getKey(), one.address()))) {
                throw new HarnessException(one.container() + " on gw" + (one.gateway() + 1) + " has " + one.address() + ", which lies in no block of that gateway: " + blocks);
            }
        }
        return blocks;
    }

    private static boolean contains(String block, String address) {
        String[] parts = block.split("/");
        int length = parts.length == 1 ? 32 : Integer.parseInt(parts[1]);
        int mask = length == 0 ? 0 : -1 << 32 - length;
        return (bits(parts[0]) & mask) == (bits(address) & mask);
    }

    private static int bits(String address) {
        int bits = 0;
        for (String octet : address.split("\\.")) {
            bits = bits << 8 | Integer.parseInt(octet);
        }
        return bits;
    }

    private static void advertised(Bird router, String block, int gateway) {
        String own = "gw" + (gateway + 1);
        Await.until(CONVERGENCE, () -> "the on-premises router has " + block + " from " + own + " alone with community 65020:100; seen: " + router.route(block), () -> {
            String route = router.route(block);
            return route.contains("[" + own + " ") && !route.contains("[gw" + (2 - gateway) + " ") && route.contains("(65020,100)");
        });
    }

    private static void ping(Namespace from, String address, String whose) {
        Command.Result result = from.attempt("ping", "-c1", "-w5", address);
        if (!result.ok()) {
            throw new HarnessException("no answer from " + address + " (" + whose + ") to " + from.name() + ": " + result.output().strip());
        }
    }
}
