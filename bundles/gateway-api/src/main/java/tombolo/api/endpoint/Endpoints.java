package tombolo.api.endpoint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;

/** The containers' interfaces on this node: a service of gateway-cni. Any thread may call; {@link #explain} asks the kernel. */
public interface Endpoints {
    /** By id. */
    List<Endpoint> list();

    Optional<Endpoint> get(EndpointId id);

    /** The endpoint against the kernel; empty where there is none of that id. */
    Optional<Explanation> explain(EndpointId id);

    /** All of them in another plugin's words ({@link EndpointExport}); empty where nobody that is running speaks so. */
    default Optional<Json.Obj> export(String plugin) {
        return Optional.empty();
    }

    /** What other sources than the cluster's pools know of their addresses, by the source's name. */
    default Map<String, List<ContainerAddresses.Holding>> holdings() {
        return Map.of();
    }

    Status status();

    /**
     * @param plan        what should be in the kernel, line by line; empty where another plugin made the interface
     * @param differences what in the kernel differs; empty: nothing
     * @param counters    of the host's end, where it is there
     */
    record Explanation(Endpoint endpoint, List<String> plan, List<String> differences, Optional<EndpointKernel.Counters> counters) {
        public Explanation {
            plan = List.copyOf(plan);
            differences = List.copyOf(differences);
        }
    }

    /**
     * @param socket     where the server listens; empty: it does not
     * @param missing    bundles, and what is yet to be planned, without which an ADD is answered "try again later"; empty: ready
     * @param connections open ones now
     * @param answered   answers by what was asked and how it ended, such as {@code ADD ok}, {@code ADD 11}
     * @param releasing  endpoints whose addresses are still to be given back
     * @param forbidden  pools of which containers are given no address any more, and why: operator text with its code, by pool
     */
    record Status(Optional<String> socket, List<String> missing, int endpoints, int releasing, int connections, Map<String, Long> answered, List<String> forbidden) {
        public Status {
            missing = List.copyOf(missing);
            forbidden = List.copyOf(forbidden);
            answered = Map.copyOf(answered);
        }
    }
}
