package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.Configuration;
import tombolo.api.config.Settings;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreStatus;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.api.policy.Policies;
import tombolo.api.route.KernelRoutes;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** The node as a whole: {@code gateway:status} and {@code gateway:config}. */
public final class GatewayViews {
    private GatewayViews() { }

    /** @param state "Active", "Resolved", ... */
    public record BundleState(String name, String version, String state) { }

    /** What the process knows of itself. */
    public record Process(long pid, long uptimeMillis, long heapUsedBytes, long heapMaxBytes, int threads, String java, List<BundleState> bundles) {
        public Process {
            bundles = List.copyOf(bundles);
        }
    }

    /** Never fails: what is not running is part of the answer. */
    public static Document status(Services services, Process process) {
        Optional<Configuration> configuration = services.find(Configuration.class);
        Optional<Settings> settings = configuration.map(Configuration::settings);
        List<ConfigProblem> problems = configuration.map(Configuration::problems).orElse(List.of());
        Optional<List<PeerStatus>> peers = services.find(BgpSessions.class).map(BgpSessions::status);
        Optional<Long> up = peers.map(all -> all.stream().filter(peer -> peer.state() == PeerStatus.State.ESTABLISHED).count());
        Optional<BgpRoutes.Totals> totals = services.find(BgpRoutes.class).map(BgpRoutes::totals);
        Optional<KernelRoutes.Counts> counts = services.find(KernelRoutes.class).map(KernelRoutes::counts);
        Optional<DatastoreStatus> datastore = services.find(Datastore.class).map(Datastore::status);
        Optional<Policies.Status> policy = services.find(Policies.class).map(Policies::status);
        Optional<Links> links = services.find(Links.class);
        List<Link> interfaces = links.map(Links::links).orElse(List.of());
        List<String> missing = Services.BUNDLES.entrySet().stream().filter(entry -> services.find(entry.getKey()).isEmpty()).map(Map.Entry::getValue).distinct()
                .sorted().toList();
        Map<String, Object> json = map("node", settings.map(all -> all.node().name()), "pid", process.pid(), "uptimeSeconds", process.uptimeMillis() / 1000,
                "heapUsedBytes", process.heapUsedBytes(), "heapMaxBytes", process.heapMaxBytes(), "threads", process.threads(), "java", process.java(),
                "bgpEnabled", settings.map(all -> all.bgp().enabled()), "peers", peers.map(List::size), "peersEstablished", up, "rib",
                        totals.map(BgpViews::json),
                "kernel", counts.map(RouteViews::json), "policy", policy.map(PolicyViews::json), "configProblems", problems.size(), "datastore", datastore.map(store -> map("engine", store.kind(), "state", Text.lower(store.state()), "revision", store.revision())), "notAnswering", missing,
                "bundles", process.bundles().stream().map(bundle -> map("name", bundle.name(), "version", bundle.version(), "state", bundle.state())).toList(),
                "interfaces", interfaces.stream().map(link -> json(link, links)).toList());
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder(Text.facts(
                    "Node", settings.map(all -> all.node().name()).orElse("?") + ", up " + Text.duration(process.uptimeMillis() / 1000) + ", pid "
                            + process.pid() + ", Java " + process.java(),
                    "Memory", Text.bytes(process.heapUsedBytes()) + " of " + Text.bytes(process.heapMaxBytes()) + " heap, " + process.threads() + " threads",
                    "Configuration", configuration.isEmpty() ? "unknown" : problems.isEmpty() ? "good" : problems.size() + " problems; see gateway:config",
                    "BGP", peers.map(all -> settings.filter(known -> !known.bgp().enabled()).isPresent() ? "off" : up.orElse(0L) + " of " + all.size()
                            + " peers established").orElse("not running")
                            + totals.map(total -> ", " + total.prefixes4() + " IPv4 and " + total.prefixes6() + " IPv6 prefixes").orElse(""),
                    "Kernel", counts.map(count -> count.installed4() + " IPv4 and " + count.installed6() + " IPv6 routes"
                            + (count.pending() > 0 ? ", " + count.pending() + " pending" : "") + (count.failed() > 0 ? ", " + count.failed() + " failed: "
                                    + count.lastError() : "")).orElse("not running"),
                    "Policy", PolicyViews.line(policy),
                    "Datastore", DatastoreViews.line(datastore),
                    "Not answering", missing.isEmpty() ? "-" : String.join(", ", missing)));
            Table bundles = new Table("BUNDLE", "VERSION", "STATE");
            process.bundles().forEach(bundle -> bundles.row(bundle.name(), bundle.version(), new Cell(bundle.state(), bundle.state().equals("Active")
                    ? Tone.GOOD : Tone.BAD)));
            text.append('\n').append(bundles.render(screen));
            if (!interfaces.isEmpty()) {
                Table table = new Table("INTERFACE", "STATE", ">MTU", "OVER", "ADDRESSES");
                interfaces.forEach(link -> {
                    boolean usable = links.filter(service -> service.usable(link.name())).isPresent();
                    table.row(link.name(), new Cell(state(link, usable), usable ? Tone.GOOD : Tone.WARN), link.mtu(), lower(link, interfaces),
                            Text.orDash(link.addresses().stream().map(address -> address.address() + "/" + address.prefixLength()).toList()));
                });
                text.append('\n').append(table.render(screen));
            }
            return text.toString();
        });
    }

    /** Problems of the files, and what is in force. */
    public static Document config(Services services) {
        Configuration configuration = services.need(Configuration.class);
        List<ConfigProblem> problems = configuration.problems();
        Settings settings = configuration.settings();
        Map<String, Object> inForce = map("node", settings.node().name(), "bgpEnabled", settings.bgp().enabled(), "as", settings.bgp().as().map(as ->
                as.value()),
                "routerId", settings.bgp().routerId(), "peers", List.copyOf(settings.peers().keySet()), "filters", List.copyOf(settings.filters().keySet()),
                "networks", List.copyOf(settings.networks().keySet()), "staticRoutes", List.copyOf(settings.statics().keySet()),
                "datastore", Text.lower(settings.datastore().engine()));
        Map<String, Object> json = map("problems", problems.stream().map(problem -> map("file", problem.file(), "line", problem.line(), "key", problem.key(),
                "message", problem.message())).toList(), "inForce", inForce);
        return new Document(json, screen -> {
            StringBuilder text = new StringBuilder();
            if (problems.isEmpty()) {
                text.append("No problems: the files are in force as they stand.\n\n");
            } else {
                Table table = new Table("FILE", ">LINE", "KEY", "PROBLEM");
                problems.forEach(problem -> table.row(problem.file(), problem.line() == 0 ? "-" : problem.line(), problem.key().isEmpty() ? "-" : problem.key(),
                        new Cell(problem.message(), Tone.BAD)));
                text.append(table.render(screen)).append("Of a file with a problem the last good version is in force, where there is one.\n\n");
            }
            return text.append("In force:\n").append(Text.facts("Node", settings.node().name(),
                    "BGP", settings.bgp().enabled() ? "AS " + settings.bgp().as().orElseThrow() + ", router id " + settings.bgp().routerId().orElseThrow()
                            : "off",
                    "Peers", Text.orDash(List.copyOf(settings.peers().keySet())), "Filters", Text.orDash(List.copyOf(settings.filters().keySet())),
                    "Networks", Text.orDash(List.copyOf(settings.networks().keySet())), "Static routes", Text.orDash(List.copyOf(settings.statics().keySet())),
                    "Datastore", Text.lower(settings.datastore().engine())))
                            .toString();
        });
    }

    private static Map<String, Object> json(Link link, Optional<Links> links) {
        List<String> addresses = new ArrayList<>();
        link.addresses().forEach(address -> addresses.add(address.address() + "/" + address.prefixLength()));
        return map("name", link.name(), "index", link.index(), "lower", link.lower(), "up", link.up(), "carrier", link.carrier(),
                "usable", links.map(service -> service.usable(link.name())), "mtu", link.mtu(), "addresses", addresses);
    }

    private static String state(Link link, boolean usable) {
        return !link.up() ? "down" : !link.carrier() ? "no carrier" : usable ? "up" : "lower device down";
    }

    private static String lower(Link link, List<Link> all) {
        return link.lower().map(index -> all.stream().filter(other -> other.index() == index).map(Link::name).findFirst().orElse("#" + index)).orElse("-");
    }
}
