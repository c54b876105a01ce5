package tombolo.config.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.Contribution;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.NetworkSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.config.StaticRouteSettings;

/**
 * The files in force and what other sources say become one.
 *
 * <pre>
 * node, bgp   key by key: etc/ ► said of this node ► of selected nodes ► of all nodes ► built in
 * peers       by remote address: circuit ► etc/ ► this node ► selected ► all ► mesh; the winner is taken whole
 * networks    by prefix, static routes by prefix and metric: the same
 * filters     each has a place of its own: NAME for a file's, SOURCE/NAME for another's
 * </pre>
 *
 * The files have been checked among themselves ({@link ConfigFiles}) and are never given up here: a part of a contribution that does not fit is left out and
 * reported. The outcome depends on what is said, not on the order in which it was.
 */
public final class Merge {
    /**
     * @param settings what is in force
     * @param ofFiles  what would be without contributions
     * @param problems of the contributions, by origin
     * @param layers   of each kind of which there is one file: who says something of it, the heaviest first
     */
    public record Merged(Settings settings, Settings ofFiles, List<ConfigProblem> problems, List<Said> winners, Map<Said, Said> losers, Map<FileKind, List<Said>> layers) {
        public Merged {
            problems = List.copyOf(problems);
            winners = List.copyOf(winners);
            losers = Map.copyOf(losers);
            layers = Map.copyOf(layers);
        }

        /** See {@link tombolo.api.config.Configuration#entries}. */
        public List<ConfigEntry> entries() {
            return Explained.entries(this);
        }
    }

    private final String etcFolder;
    private final Settings files;
    private final List<Said> said = new ArrayList<>();
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final List<Said> winners = new ArrayList<>();
    private final Map<Said, Said> losers = new HashMap<>();

    private Merge(Settings files, String etcFolder) {
        this.files = files;
        this.etcFolder = etcFolder;
    }

    /**
     * @param outcome       what the files come to
     * @param contributions of one source at most one
     * @param hostName      the node's name where no file gives one
     * @param etcFolder     what relative paths of secrets are relative to
     */
    public static Merged of(ConfigFiles.Outcome outcome, Collection<Contribution> contributions, String hostName, String etcFolder) {
        Merge merge = new Merge(outcome.settings(), etcFolder);
        new TreeMap<>(outcome.inForce()).forEach((file, text) -> FileKind.of(file).ifPresent(named ->
                merge.said.add(Said.file(named, CfgFile.parse(file, text, new ArrayList<>())))));
        contributions.forEach(contribution -> contribution.parts().forEach(part -> merge.said.add(Said.part(contribution.source(), part))));
        merge.said.sort(Said.HEAVIEST_FIRST);
        return merge.merged(hostName);
    }

    private Merged merged(String hostName) {
        Map<FileKind, List<Said>> layers = new EnumMap<>(FileKind.class);
        Arrays.stream(FileKind.values()).filter(kind -> !kind.isFactory()).forEach(kind -> layers.put(kind, layers(kind)));
        List<Said> nodeLayers = layers.getOrDefault(FileKind.NODE, List.of());
        List<Said> bgpLayers = layers.getOrDefault(FileKind.BGP, List.of());
        NodeSettings node = nodeLayers.stream().allMatch(Said::ofFile) ? files.node() : NodeFile.build(values(FileKind.NODE, nodeLayers), hostName);
        BgpSettings bgp = bgpLayers.stream().allMatch(Said::ofFile) ? files.bgp() : BgpFile.build(values(FileKind.BGP, bgpLayers));
        Map<String, FilterSettings> filters = byName(FileKind.FILTER, files.filters(), this::filter, FilterSettings::name);
        Map<String, PeerSettings> peers = byName(FileKind.PEER, files.peers(), part -> peer(part, bgp, filters.keySet()), ConfigFiles::address);
        Map<String, NetworkSettings> networks = byName(FileKind.NETWORK, files.networks(), part -> build(part, values -> NetworkFile.build(part.name(), values)),
                network -> network.prefix().toString());
        Map<String, StaticRouteSettings> statics = byName(FileKind.STATIC, files.statics(), part -> build(part, values -> StaticFile.build(part.name(), values)),
                route -> route.prefix() + " " + route.metric().orElse(node.staticMetric()));
        winners.addAll(of(FileKind.AZURE_SUBSCRIPTION).toList()); // of files alone
        winners.addAll(of(FileKind.CIRCUIT).toList());
        problems.sort(Comparator.comparing(ConfigProblem::file).thenComparing(ConfigProblem::key).thenComparing(ConfigProblem::message));
        return new Merged(new Settings(node, bgp, peers, filters, networks, statics, files.datastore(), files.cni(), files.azureCni(), files.azure(), files.circuits(), files.policy()), files, problems, winners, losers, layers);
    }

    // ---- key by key ----

    /** The heaviest first. Of a contribution's part those keys that are good; the node's name is the files' alone, since the sources go by it. */
    private List<Said> layers(FileKind kind) {
        List<Said> layers = new ArrayList<>();
        of(kind).forEach(part -> {
            if (part.ofFile()) {
                layers.add(part);
                return;
            }
            List<ConfigProblem> found = new ArrayList<>();
            Values.of(kind.keys(), part.cfg(), found);
            Map<String, CfgFile.Entry> good = new LinkedHashMap<>(part.cfg().entries());
            if (kind == FileKind.NODE && good.containsKey("name")) {
                found.add(new ConfigProblem(part.cfg().name(), 0, "name", "TMB-CFG-023 the node's name is set in etc/ alone; take it out there"));
            }
            found.forEach(problem -> good.remove(problem.key()));
            problems.addAll(found);
            layers.add(new Said(kind, part.name(), part.rank(), part.source(), new CfgFile(part.cfg().name(), good)));
        });
        return layers;
    }

    private Values values(FileKind kind, List<Said> layers) {
        Map<String, CfgFile.Entry> effective = new LinkedHashMap<>();
        layers.forEach(layer -> layer.cfg().entries().forEach(effective::putIfAbsent));
        String names = String.join(" with ", layers.stream().map(layer -> layer.cfg().name()).toList());
        return Values.of(kind.keys(), new CfgFile(names, effective), problems);
    }

    // ---- whole parts ----

    /** By name in the settings; who loses by its key or its name stands with the winner in {@link #losers}. */
    private <T> Map<String, T> byName(FileKind kind, Map<String, T> ofFiles, Function<Said, Optional<T>> build, Function<T, String> key) {
        Map<String, T> chosen = new TreeMap<>();
        Map<String, Said> byKey = new HashMap<>();
        Map<String, Said> taken = new HashMap<>();
        of(kind).forEach(part -> {
            Optional<T> settings = part.ofFile() ? Optional.ofNullable(ofFiles.get(part.name())) : build.apply(part);
            if (settings.isEmpty()) {
                return; // reported
            }
            Said heavier = byKey.getOrDefault(key.apply(settings.get()), taken.get(part.settingsName()));
            if (heavier == null) {
                byKey.put(key.apply(settings.get()), part);
                taken.put(part.settingsName(), part);
                chosen.put(part.settingsName(), settings.get());
                winners.add(part);
            } else {
                losers.put(part, heavier);
            }
        });
        return chosen;
    }

    private <T> Optional<T> build(Said part, Function<Values, T> builder) {
        int before = problems.size();
        Values values = Values.of(part.kind().keys(), part.cfg(), problems);
        if (problems.size() > before) {
            return Optional.empty();
        }
        T settings = builder.apply(values);
        return problems.size() > before ? Optional.empty() : Optional.of(settings);
    }

    private Optional<FilterSettings> filter(Said part) {
        return build(part, values -> FilterFile.build(part.settingsName(), values));
    }

    private Optional<PeerSettings> peer(Said part, BgpSettings bgp, Collection<String> filters) {
        return build(part, values -> PeerFile.build(part.name(), values, etcFolder, part::filter)).filter(peer -> {
            List<String> missing = Stream.of(peer.importFilters(), peer.exportFilters(), peer.defaultOriginateFilters()).flatMap(List::stream).distinct()
                    .filter(name -> !filters.contains(name)).toList();
            missing.forEach(name -> problem(part, "TMB-CFG-010 names the filter '" + name + "', which is not there or has problems of its own; the peer is left out"));
            boolean internal = bgp.as().filter(peer.remoteAs()::equals).isPresent();
            boolean sameAs = peer.localAs().isPresent() && (internal || bgp.as().equals(peer.localAs().map(PeerSettings.LocalAs::as)));
            if (sameAs) {
                problem(part, "TMB-CFG-012 local AS " + peer.localAs().orElseThrow().as() + " towards AS " + peer.remoteAs() + ", and our own is "
                        + bgp.as().orElseThrow() + ": wanted a local AS other than our own, towards a neighbour of another AS than ours (RFC 7705); the peer is left out");
            }
            boolean foreignClient = peer.routeReflectorClient() && bgp.as().isPresent() && !internal;
            if (foreignClient) {
                problem(part, "TMB-CFG-012 a route reflector client of AS " + peer.remoteAs() + ", and our own is " + bgp.as().orElseThrow()
                        + ": wanted a neighbour of our own AS (RFC 4456 §6); the peer is left out");
            }
            return missing.isEmpty() && !sameAs && !foreignClient;
        });
    }

    private void problem(Said part, String message) {
        problems.add(new ConfigProblem(part.cfg().name(), 0, "", message));
    }

    private Stream<Said> of(FileKind kind) {
        return said.stream().filter(part -> part.kind() == kind);
    }
}
