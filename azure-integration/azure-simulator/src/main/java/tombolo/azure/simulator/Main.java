package tombolo.azure.simulator;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import tombolo.azure.simulator.edge.Edge;
import tombolo.azure.simulator.edge.PaperEdge;

/**
 * {@code java -cp ... tombolo.azure.simulator.Main --state-dir FOLDER [--listen ADDRESS:PORT] [--lifelike]}: the simulated cloud as a process of its own, with
 * two subscriptions. Runs until it is ended by a signal. Exit code 2: wrong usage.
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

    private Main() { }

    public static void main(String[] words) throws InterruptedException {
        InetAddress listen = InetAddress.getLoopbackAddress();
        int port = 0;
        Path folder = Path.of("");
        boolean lifelike = false;
        try {
            for (int i = 0; i < words.length; i++) {
                switch (words[i]) {
                    case "--state-dir" -> folder = Path.of(words[++i]).toAbsolutePath();
                    case "--listen" -> {
                        String where = words[++i];
                        int colon = where.lastIndexOf(':');
                        listen = InetAddress.getByName(where.substring(0, colon).replaceAll("[\\[\\]]", ""));
                        port = Integer.parseInt(where.substring(colon + 1));
                    }
                    case "--lifelike" -> lifelike = true;
                    default -> throw new IllegalArgumentException(words[i]);
                }
            }
            if (folder.toString().isEmpty()) {
                throw new IllegalArgumentException("--state-dir is missing");
            }
        } catch (IllegalArgumentException | IndexOutOfBoundsException | UnknownHostException wrong) {
            System.err.println("usage: --state-dir FOLDER [--listen ADDRESS:PORT] [--lifelike] (" + wrong.getMessage() + ")");
            System.exit(2);
        }
        SimulatorSettings settings = (lifelike ? SimulatorSettings.lifelike(folder) : SimulatorSettings.quick(folder)).listen(listen, port);
        Simulator simulator = laboratory(settings, new PaperEdge());
        Runtime.getRuntime().addShutdownHook(new Thread(simulator::close, "simulator-close"));
        System.out.println("listening on " + simulator.endpoint() + ", CA " + simulator.authorityFile());
        new CountDownLatch(1).await();
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
