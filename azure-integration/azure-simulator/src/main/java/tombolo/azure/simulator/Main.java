package tombolo.azure.simulator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import tombolo.azure.simulator.edge.Edge;
import tombolo.azure.simulator.edge.FrrEdge;
import tombolo.azure.simulator.edge.PaperEdge;
import tombolo.harness.Namespace;

/**
 * {@code java -cp ... tombolo.azure.simulator.Main --state-dir FOLDER [--listen ADDRESS:PORT] [--lifelike] [--edge-primary PLACE --edge-secondary PLACE]}: the
 * simulated cloud as a process of its own, with two subscriptions. Runs until it is ended by a signal. PLACE is
 * {@code NAMESPACE,PORT,LOCAL,REMOTE,UDPPORT[,ROUTER...]}, or {@code NAMESPACE,PORT,-[,ROUTER...]} where the kernel has 802.1Q; without places, there are no edge
 * routers.
 *
 * <p>{@code ... Main call --state-dir FOLDER [--as CLIENT] make|get|result|delete|control PATH [BODY]}: one call to it from another process, see
 * {@link LabClient}; writes the answer. Exit code 1: refused; 2: wrong usage.
 */
public final class Main {
    /** The tenant, the two subscriptions and their applications; the same in every run, so that a laboratory's configuration can name them. */
    public static final String TENANT = "11111111-1111-1111-1111-111111111111";
    public static final String CIRCUIT_SUBSCRIPTION = "22222222-2222-2222-2222-222222222222";
    public static final String NETWORK_SUBSCRIPTION = "33333333-3333-3333-3333-333333333333";
    public static final String CIRCUIT_CLIENT = "44444444-4444-4444-4444-444444444444";
    public static final String NETWORK_CLIENT = "55555555-5555-5555-5555-555555555555";
    /** Opens nothing but a simulator. */
    public static final String SECRET = "laboratory-secret";

    private static final class Options {
        private InetAddress listen = InetAddress.getLoopbackAddress();
        private int port;
        private Optional<Path> folder = Optional.empty();
        private boolean lifelike;
        private String client = CIRCUIT_CLIENT;
        private final Map<Edge.Device, FrrEdge.Place> places = new EnumMap<>(Edge.Device.class);

        /** Takes the words that are options and returns the rest. */
        private List<String> read(List<String> words) throws UnknownHostException {
            for (int i = 0; i < words.size(); i++) {
                switch (words.get(i)) {
                    case "--state-dir" -> folder = Optional.of(Path.of(words.get(++i)).toAbsolutePath());
                    case "--listen" -> listen(words.get(++i));
                    case "--lifelike" -> lifelike = true;
                    case "--as" -> client = words.get(++i);
                    case "--edge-primary" -> places.put(Edge.Device.PRIMARY, place(words.get(++i)));
                    case "--edge-secondary" -> places.put(Edge.Device.SECONDARY, place(words.get(++i)));
                    default -> {
                        return words.subList(i, words.size());
                    }
                }
            }
            return List.of();
        }

        private void listen(String where) throws UnknownHostException {
            int colon = where.lastIndexOf(':');
            listen = InetAddress.getByName(where.substring(0, colon).replaceAll("[\\[\\]]", ""));
            port = Integer.parseInt(where.substring(colon + 1));
        }

        private static FrrEdge.Place place(String text) {
            List<String> parts = List.of(text.split(","));
            boolean tagged = "-".equals(parts.get(2));
            Optional<FrrEdge.Underlay> underlay = tagged ? Optional.empty() : Optional.of(new FrrEdge.Underlay(parts.get(2), parts.get(3), Integer.parseInt(parts.get(4))));
            return new FrrEdge.Place(new Namespace(parts.get(0)), parts.get(1), underlay, parts.subList(tagged ? 3 : 5, parts.size()));
        }

        private Path needFolder() {
            return folder.orElseThrow(() -> new IllegalArgumentException("--state-dir is missing"));
        }
    }

    private Main() { }

    public static void main(String[] words) throws InterruptedException {
        Options options = new Options();
        try {
            List<String> all = List.of(words);
            boolean call = !all.isEmpty() && "call".equals(all.getFirst());
            List<String> rest = options.read(call ? all.subList(1, all.size()) : all);
            if (call) {
                System.exit(call(options, rest));
            }
            if (!rest.isEmpty() || options.places.size() == 1) {
                throw new IllegalArgumentException(rest.isEmpty() ? "the edge has two routers" : "unknown word " + rest.getFirst());
            }
            options.needFolder();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | UnknownHostException wrong) {
            System.err.println("usage: [call] --state-dir FOLDER ...; see README.md (" + wrong.getMessage() + ")");
            System.exit(2);
        }
        Path folder = options.needFolder();
        SimulatorSettings settings = (options.lifelike ? SimulatorSettings.lifelike(folder) : SimulatorSettings.quick(folder)).listen(options.listen, options.port);
        Simulator simulator = laboratory(settings, options.places.isEmpty() ? new PaperEdge() : FrrEdge.start(options.places));
        Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "simulator-close"));
        System.out.println("listening on " + simulator.endpoint() + ", CA " + simulator.authorityFile());
        new CountDownLatch(1).await();
    }

    private static int call(Options options, List<String> words) {
        String body = words.size() > 2 ? words.get(2) : "{}";
        String path = words.get(1);
        try (LabClient client = LabClient.of(options.needFolder(), options.client)) {
            switch (words.getFirst()) {
                case "make" -> System.out.println(Text.pretty(client.make(path, body)));
                case "get" -> System.out.println(Text.pretty(client.get(path)));
                case "result" -> System.out.println(Text.pretty(client.result(path)));
                case "delete" -> client.delete(path);
                case "control" -> System.out.println(Text.pretty(client.control(path, body)));
                default -> throw new IllegalArgumentException("unknown word " + words.getFirst());
            }
            return 0;
        } catch (IllegalStateException refused) {
            System.err.println(refused.getMessage());
            return 1;
        }
    }

    /** A simulator with both subscriptions, a group {@code lab} in each, and an application that may use each. */
    public static Simulator laboratory(SimulatorSettings settings, Edge edge) {
        Simulator simulator = Simulator.start(settings, edge);
        simulator.subscription(CIRCUIT_SUBSCRIPTION, "lab-circuits", TENANT).group(CIRCUIT_SUBSCRIPTION, "lab", "westeurope");
        simulator.subscription(NETWORK_SUBSCRIPTION, "lab-networks", TENANT).group(NETWORK_SUBSCRIPTION, "lab", "westeurope");
        simulator.directory().application(TENANT, CIRCUIT_CLIENT).secret(SECRET).mayUse(CIRCUIT_SUBSCRIPTION);
        simulator.directory().application(TENANT, NETWORK_CLIENT).secret(SECRET).mayUse(NETWORK_SUBSCRIPTION);
        simulator.machineIs(simulator.directory().application(TENANT, CIRCUIT_CLIENT));
        return simulator;
    }
}
