package tombolo.bench.expressroute;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Command;
import tombolo.harness.Link;
import tombolo.harness.Link.End;
import tombolo.harness.Namespace;

/**
 * The namespaces of the measurements with packets; see the picture of the package. Both edges are BIRD, announce the same prefixes, and forward by a route of the kernel
 * that no daemon touches: what an edge forwards while it is silent or comes back is never its daemon's doing.
 */
final class Ground {
    static final Namespace HOST = new Namespace(Main.PREFIX + "host");
    static final Namespace ROUTER = new Namespace(Main.PREFIX + "router");
    static final Namespace EDGE_A = new Namespace(Main.PREFIX + "edge-a");
    static final Namespace EDGE_B = new Namespace(Main.PREFIX + "edge-b");
    static final Namespace VNET = new Namespace(Main.PREFIX + "vnet");
    static final Namespace LOADER = new Namespace(Main.PREFIX + "load");
    static final String ROUTER_A = "172.20.0.1";
    static final String AT_A = "172.20.0.2";
    static final String ROUTER_B = "172.20.0.5";
    static final String AT_B = "172.20.0.6";
    static final int OUR_AS = 65020;
    static final int THEIR_AS = 12076;
    /** All prefixes that edges announce are in it: 131,072 of /24. */
    private static final String EVERYTHING = "20.0.0.0/7";
    /** A BIRD that reads 100,000 routes and tells them, twice, beside a subject that installs them. */
    private static final Duration CONVERGENCE = Duration.ofSeconds(90);
    private static final Pattern VIA = Pattern.compile("\\bvia ");

    private final Bird a;
    private final Bird b;

    private Ground(Bird a, Bird b) {
        this.a = a;
        this.b = b;
    }

    /** Everything but the router's daemon, anew: what another router has left in the kernel may neither help nor hinder the next one. */
    static Ground create(int routes) {
        Namespace.removeAll(Main.PREFIX);
        List.of(HOST, ROUTER, EDGE_A, EDGE_B, VNET, LOADER).forEach(each -> Namespace.create(each.name()));
        cable(HOST, "gw", "10.98.0.2/30", ROUTER, "host", "10.98.0.1/30");
        cable(ROUTER, "edge-a", ROUTER_A + "/30", EDGE_A, "gw", AT_A + "/30");
        cable(ROUTER, "edge-b", ROUTER_B + "/30", EDGE_B, "gw", AT_B + "/30");
        cable(EDGE_A, "vnet", "10.97.1.1/30", VNET, "edge-a", "10.97.1.2/30");
        cable(EDGE_B, "vnet", "10.97.2.1/30", VNET, "edge-b", "10.97.2.2/30");
        cable(LOADER, "gw", "10.99.1.2/30", ROUTER, "load", "10.99.1.1/30");
        HOST.ip("route", "add", "default", "via", "10.98.0.1");
        EDGE_A.ip("route", "add", EVERYTHING, "via", "10.97.1.2");
        EDGE_B.ip("route", "add", EVERYTHING, "via", "10.97.2.2");
        VNET.ip("route", "add", "local", EVERYTHING, "dev", "lo");
        return new Ground(Bird.start(EDGE_A, edge(AT_A, ROUTER_A, routes)), Bird.start(EDGE_B, edge(AT_B, ROUTER_B, routes)));
    }

    private static void cable(Namespace one, String link, String address, Namespace other, String otherLink, String otherAddress) {
        Link.veth(new End(one, link), new End(other, otherLink));
        one.address(link, address);
        other.address(otherLink, otherAddress);
    }

    /** @param routes how many /24 it announces, at most 131,072 */
    private static String edge(String local, String remote, int routes) {
        StringBuilder text = new StringBuilder("router id " + local + ";\nlog stderr { warning, error, fatal, bug };\nprotocol device { }\n"
            + "protocol bfd { interface \"gw\" { min rx interval 300 ms; min tx interval 300 ms; multiplier 3; }; }\n"
            + "protocol bgp upstream { local " + local + " as " + THEIR_AS + "; neighbor " + remote + " as " + OUR_AS + "; bfd on; hold time 90; connect delay time 1; connect retry time 2; error wait time 1, 2;"
            + " ipv4 { import none; export where source = RTS_STATIC; next hop self; }; }\nprotocol static {\n ipv4;\n");
        for (int i = 0; i < routes; i++) {
            text.append(" route ").append(prefix(i)).append(" blackhole;\n");
        }
        return text.append("}\n").toString();
    }

    static String prefix(int number) {
        return (20 + (number >> 16)) + "." + (number >> 8 & 255) + "." + (number & 255) + ".0/24";
    }

    /** Both edges announce so many prefixes from now on. */
    void announce(int routes) {
        a.reconfigure(edge(AT_A, ROUTER_A, routes));
        b.reconfigure(edge(AT_B, ROUTER_B, routes));
    }

    /** Returns once the router's kernel has all prefixes, by both edges. */
    void converge(int routes) {
        List<Integer> samples = List.of(0, routes / 2, routes - 1);
        Await.until(CONVERGENCE, () -> routes + " prefixes over both edges in the kernel; seen: " + prefixes() + ", next hops of the first, middle and last: "
                + samples.stream().map(Ground::paths).toList() + "\n" + a.ask("show", "protocols", "all", "upstream") + b.ask("show", "protocols", "all", "upstream"),
            () -> samples.stream().allMatch(each -> paths(each) == 2) && prefixes() >= routes);
        Await.until(CONVERGENCE, () -> "BFD up at both edges; seen: " + a.ask("show", "bfd", "sessions") + b.ask("show", "bfd", "sessions"), () -> up(a) && up(b));
    }

    private static boolean up(Bird edge) {
        return edge.ask("show", "bfd", "sessions").contains(" Up ");
    }

    private static int paths(int number) {
        return (int) VIA.matcher(Command.attempt("ip", "-n", ROUTER.name(), "-4", "route", "show", prefix(number)).output()).results().count();
    }

    /** Of the router's main table, from the kernel's own statistics. */
    static int prefixes() {
        boolean main = false;
        for (String line : ROUTER.exec("cat", "/proc/net/fib_triestat").split("\n")) {
            main = line.startsWith("Main:") || main && !line.startsWith("Local:");
            if (main && line.strip().startsWith("Prefixes:")) {
                return Integer.parseInt(line.replaceAll("[^0-9]", ""));
            }
        }
        return 0;
    }

    /** Edge a neither takes nor sends a packet any more; its links keep their carrier. */
    void silence() {
        EDGE_A.exec("nft", "add table inet silent; add chain inet silent in { type filter hook prerouting priority -400; policy drop; };"
            + " add chain inet silent out { type filter hook output priority -400; policy drop; }");
    }

    void speak() {
        EDGE_A.exec("nft", "delete table inet silent");
    }
}
