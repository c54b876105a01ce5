package tombolo.shell.osgi;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.config.Configuration;
import tombolo.shell.adapter.Diagnosis;
import tombolo.shell.core.AzureViews;
import tombolo.shell.core.BfdViews;
import tombolo.shell.core.BgpViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.GatewayViews;
import tombolo.shell.core.GatewayViews.BundleState;
import tombolo.shell.core.OverlayViews;
import tombolo.shell.core.RouteViews;
import tombolo.shell.core.Services;

/** The process and the framework as the commands show them. */
final class Node {
    private static final String OURS = "io.tombolo.";
    /** Routes of each table in the archive: enough to see a pattern, small enough to send. */
    private static final int DIAG_ROUTES = 10_000;

    private Node() { }

    static GatewayViews.Process of(BundleContext context) {
        Runtime runtime = Runtime.getRuntime();
        List<BundleState> bundles = Arrays.stream(context.getBundles()).filter(bundle -> String.valueOf(bundle.getSymbolicName()).startsWith(OURS))
                .map(bundle -> new BundleState(bundle.getSymbolicName().substring(OURS.length()), bundle.getVersion().toString(), state(bundle)))
                .sorted(Comparator.comparing(BundleState::name)).toList();
        return new GatewayViews.Process(ProcessHandle.current().pid(), ManagementFactory.getRuntimeMXBean().getUptime(),
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory(), ManagementFactory.getThreadMXBean().getThreadCount(), Runtime.version().toString(), bundles);
    }

    static Document diagnosis(Services services, BundleContext context, Optional<String> output) {
        Map<String, Supplier<Document>> documents = new LinkedHashMap<>();
        documents.put("gateway-status", () -> GatewayViews.status(services, of(context)));
        documents.put("gateway-config", () -> GatewayViews.config(services));
        documents.put("datastore-status", () -> DatastoreCommands.status(services));
        documents.put("bgp-summary", () -> BgpViews.summary(services, System.currentTimeMillis()));
        services.find(BgpSessions.class).map(BgpSessions::status).orElse(List.of()).stream().map(PeerStatus::name).forEach(peer ->
                documents.put("bgp-peer-" + peer, () -> BgpViews.peer(services, peer, System.currentTimeMillis())));
        documents.put("bgp-routes", () -> RouteViews.routes(services, new RouteViews.Ask(Optional.empty(), false, Optional.empty(), Optional.empty(),
                Optional.empty(), false, DIAG_ROUTES)));
        documents.put("route-list", () -> RouteViews.kernel(services, Optional.empty(), false, DIAG_ROUTES));
        documents.put("bfd-list", () -> BfdViews.list(services, System.currentTimeMillis()));
        documents.put("overlay-list", () -> OverlayViews.list(services));
        documents.put("azure-status", () -> AzureViews.status(services, System.currentTimeMillis()));
        Path data = Path.of(System.getProperty("karaf.data", "data"));
        Path karafEtc = Path.of(System.getProperty("karaf.etc", "etc"));
        Path etc = Path.of(System.getProperty("tombolo.etc", karafEtc.toString()));
        Path logs = Path.of(System.getProperty("karaf.log", data.resolve("log").toString()));
        return Diagnosis.write(output.map(Path::of).orElse(data.resolve("tombolo")), etc, karafEtc, logs,
                services.find(Configuration.class).map(Configuration::problems), documents, () -> all(context), System.currentTimeMillis());
    }

    private static String all(BundleContext context) {
        return Arrays.stream(context.getBundles()).map(bundle -> String.format("%4d  %-12s %s %s", bundle.getBundleId(), state(bundle),
                bundle.getSymbolicName(), bundle.getVersion()))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String state(Bundle bundle) {
        return switch (bundle.getState()) {
            case Bundle.ACTIVE -> "Active";
            case Bundle.STARTING -> "Starting";
            case Bundle.STOPPING -> "Stopping";
            case Bundle.RESOLVED -> "Resolved";
            case Bundle.INSTALLED -> "Installed";
            default -> "Uninstalled";
        };
    }
}
