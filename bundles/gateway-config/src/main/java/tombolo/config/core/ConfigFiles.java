package tombolo.config.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CniSettings;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.NetworkSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.PolicySettings;
import tombolo.api.config.Settings;
import tombolo.api.config.StaticRouteSettings;

/**
 * All files together: which version of each is in force, and what that means.
 *
 * <pre>
 * for each file       the version in the folder, where it is good of itself; else its last good one; else none
 * between the files   while something does not fit (a peer names a filter that is not there, two peers have one address):
 *                     the file to blame goes one step back: folder version ─► last good version ─► none
 * </pre>
 *
 * To blame is the file that is newer in this sense: the one that does not yet stand on its last good version; between equals the one whose name sorts
 * later. A filter that was deleted while a peer in force names it stays in force, and is a problem until the peer lets go of it.
 */
public final class ConfigFiles {
    /** More files than the node can have peers, filters, networks and routes by hand; bounds the work of one reading. */
    public static final int MAX_FILES = 10_000;

    /** A file's content, or why it could not be read. */
    public sealed interface Content {
        record Text(String text) implements Content { }

        record Unreadable(String reason) implements Content { }
    }

    /**
     * @param settings what is in force
     * @param problems sorted by file and line
     * @param inForce  the text in force of each file: the last good versions for the next reading
     */
    public record Outcome(Settings settings, List<ConfigProblem> problems, Map<String, String> inForce) {
        public Outcome {
            problems = List.copyOf(problems);
            inForce = Map.copyOf(inForce);
        }
    }

    /** @param settings the record that the text means */
    private record Version(String file, FileKind kind, String name, String text, Object settings, CfgFile cfg) {
        int line(String key) {
            CfgFile.Entry entry = cfg.entries().get(key);
            return entry == null ? 0 : entry.line();
        }
    }

    private final String hostName;
    private final String etcFolder;
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Map<String, Version> lastGood = new HashMap<>();
    private final Map<String, Version> chosen = new TreeMap<>();

    private ConfigFiles(String hostName, String etcFolder) {
        this.hostName = hostName;
        this.etcFolder = etcFolder;
    }

    /**
     * @param now       every file of ours in the folder, by name
     * @param good      the texts that were in force before
     * @param hostName  the node's name where tombolo.node.cfg gives none
     * @param etcFolder what relative paths of secrets are relative to
     */
    public static Outcome read(Map<String, Content> now, Map<String, String> good, String hostName, String etcFolder) {
        ConfigFiles files = new ConfigFiles(hostName, etcFolder);
        good.forEach((file, text) -> files.version(file, text, new ArrayList<>()).ifPresent(version -> files.lastGood.put(file, version)));
        new TreeMap<>(now).forEach((file, content) -> {
            if (files.chosen.size() >= MAX_FILES) {
                files.problem(file, 0, "", "TMB-CFG-014 more than " + MAX_FILES + " files; this one is not read");
            } else {
                files.choose(file, content);
            }
        });
        files.settleConflicts(now.keySet());
        return files.outcome();
    }

    private void choose(String file, Content content) {
        if (FileKind.of(file).isEmpty()) {
            String known = String.join(", ", java.util.Arrays.stream(FileKind.values()).map(kind -> kind.fileName("<name>")).toList());
            problem(file, 0, "", "TMB-CFG-007 no file of that name is known; known: " + known + ". Rename the file or move it away");
            return;
        }
        switch (content) {
            case Content.Unreadable(String reason) -> {
                problem(file, 0, "", "TMB-CFG-014 " + reason);
                stepBack(file);
            }
            case Content.Text(String text) -> {
                int before = problems.size();
                version(file, text, problems).ifPresent(version -> chosen.put(file, version));
                if (problems.size() > before) {
                    stepBack(file);
                }
            }
        }
    }

    /** Reads one text; empty where it has a problem, which then stands in the list. */
    private java.util.Optional<Version> version(String file, String text, List<ConfigProblem> into) {
        java.util.Optional<FileKind.Named> named = FileKind.of(file);
        if (named.isEmpty()) {
            return java.util.Optional.empty();
        }
        FileKind kind = named.get().kind();
        String name = named.get().name();
        int before = into.size();
        if (kind.isFactory() && !ValueType.isName(name)) {
            into.add(new ConfigProblem(file, 0, "", "TMB-CFG-008 '" + name + "' in the file's name is not a name; wanted " + ValueType.FILTER_NAME.range()));
        }
        CfgFile cfg = CfgFile.parse(file, text, into);
        Values values = Values.of(kind.keys(), cfg, into);
        if (into.size() > before) {
            return java.util.Optional.empty();
        }
        Object settings = switch (kind) {
            case NODE -> NodeFile.build(values, hostName);
            case BGP -> BgpFile.build(values);
            case PEER -> PeerFile.build(name, values, etcFolder, filter -> filter.startsWith(ValueType.OF_FILES) ? filter.substring(ValueType.OF_FILES.length()) : filter);
            case FILTER -> FilterFile.build(name, values);
            case NETWORK -> NetworkFile.build(name, values);
            case STATIC -> StaticFile.build(name, values);
            case CNI -> CniFile.build(values);
            case AZURE_CNI -> AzureCniFile.build(values);
            case AZURE -> AzureFile.build(values, etcFolder);
            case AZURE_SUBSCRIPTION -> AzureSubscriptionFile.build(name, values, etcFolder);
            case CIRCUIT -> CircuitFile.build(name, values, etcFolder);
            case POLICY -> PolicyFile.build(values);
            case DATASTORE -> DatastoreFile.build(values, etcFolder);
        };
        return into.size() > before ? java.util.Optional.empty() : java.util.Optional.of(new Version(file, kind, name, text, settings, cfg));
    }

    private void stepBack(String file) {
        Version good = lastGood.get(file);
        if (good == null || good.equals(chosen.get(file))) {
            chosen.remove(file);
        } else {
            chosen.put(file, good);
        }
    }

    private boolean isNew(Version version) {
        Version good = lastGood.get(version.file());
        return good == null || !good.text().equals(version.text());
    }

    /** A deleted filter that a peer names stays; see above. Asked anew in each round: the last good version of a peer may name what its new one does not. */
    private void keepFiltersInUse(Set<String> present) {
        for (Version peer : versions(FileKind.PEER)) {
            for (Naming naming : namings(peer)) {
                String file = FileKind.FILTER.fileName(naming.filter());
                Version good = lastGood.get(file);
                if (good != null && !present.contains(file) && chosen.putIfAbsent(file, good) == null) {
                    problem(file, 0, "", "TMB-CFG-015 the file was deleted, but " + peer.file() + " line " + peer.line(naming.key()) + " (" + naming.key()
                            + ") names this filter; its last version stays in force. Take the name out of " + naming.key() + ", or bring the file back");
                }
            }
        }
    }

    /** Each round takes at least one file a step back, and a file has two steps: it ends. */
    private void settleConflicts(Set<String> present) {
        Set<String> blamed = new HashSet<>();
        do {
            blamed.clear();
            keepFiltersInUse(present);
            findMissingFilters(blamed);
            findSame(FileKind.PEER, "remote-address", version -> address((PeerSettings) version.settings()), blamed);
            findSame(FileKind.NETWORK, "prefix", version -> ((NetworkSettings) version.settings()).prefix().toString(), blamed);
            findSame(FileKind.STATIC, "prefix", version -> {
                StaticRouteSettings route = (StaticRouteSettings) version.settings();
                return route.prefix() + route.metric().map(metric -> " with metric " + metric).orElse("");
            }, blamed);
            findSame(FileKind.CIRCUIT, "circuit-name", version -> {
                CircuitSettings circuit = (CircuitSettings) version.settings();
                return (circuit.circuit() + " in " + circuit.subscription() + "/" + circuit.resourceGroup()).toLowerCase(java.util.Locale.ROOT); // ARM's names are equal in any case
            }, blamed);
            findSameAs(blamed);
            blamed.forEach(this::stepBack);
        } while (!blamed.isEmpty());
    }

    private record Naming(String key, String filter) { }

    private static List<Naming> namings(Version peer) {
        PeerSettings settings = (PeerSettings) peer.settings();
        List<Naming> namings = new ArrayList<>();
        settings.importFilters().forEach(name -> namings.add(new Naming("import", name)));
        settings.exportFilters().forEach(name -> namings.add(new Naming("export", name)));
        settings.defaultOriginateFilters().forEach(name -> namings.add(new Naming("default-originate-filter", name)));
        return namings;
    }

    private void findMissingFilters(Set<String> blamed) {
        for (Version peer : versions(FileKind.PEER)) {
            for (Naming naming : namings(peer)) {
                String file = FileKind.FILTER.fileName(naming.filter());
                if (!chosen.containsKey(file)) {
                    String why = problems.stream().anyMatch(problem -> problem.file().equals(file)) ? "that file has problems of its own"
                            : "there is no such file";
                    problem(peer.file(), peer.line(naming.key()), naming.key(), "TMB-CFG-010 names the filter '" + naming.filter() + "', wanted in " + file
                            + ", but " + why
                            + nearest(naming.filter()));
                    blamed.add(peer.file());
                }
            }
        }
    }

    private String nearest(String filter) {
        return versions(FileKind.FILTER).stream().map(Version::name).min(Comparator.comparingInt(name -> Values.distance(filter, name)))
                .filter(name -> Values.distance(filter, name) <= 2).map(name -> "; did you mean " + name + "?").orElse("");
    }

    /** A link-local address is told apart by its interface. */
    static String address(PeerSettings peer) {
        return peer.remoteAddress() + (peer.remoteAddress().isLinkLocal() ? peer.interfaceName().map(name -> "@" + name).orElse("") : "");
    }

    private void findSame(FileKind kind, String key, java.util.function.Function<Version, String> what, Set<String> blamed) {
        Map<String, Version> first = new HashMap<>();
        for (Version version : versions(kind)) {
            Version other = first.putIfAbsent(what.apply(version), version);
            if (other != null) {
                boolean blameOther = isNew(other) && !isNew(version);
                Version newer = blameOther ? other : version;
                Version older = blameOther ? version : other;
                first.put(what.apply(version), older);
                problem(newer.file(), newer.line(key), key, "TMB-CFG-011 " + what.apply(newer) + " stands in " + older.file() + " line " + older.line(key)
                        + " already; change or remove one of the two");
                blamed.add(newer.file());
            }
        }
    }

    /** RFC 7705 §3: local-as is another AS than our own, towards a neighbour of neither. RFC 4456 §6: a client is in our AS. */
    private void findSameAs(Set<String> blamed) {
        Version bgp = chosen.get(FileKind.BGP.fileName(""));
        if (bgp == null) {
            return;
        }
        ((BgpSettings) bgp.settings()).as().ifPresent(as -> {
            for (Version version : versions(FileKind.PEER)) {
                PeerSettings peer = (PeerSettings) version.settings();
                if (peer.localAs().isPresent() && (peer.remoteAs().equals(as) || peer.localAs().get().as().equals(as))) {
                    Version newer = isNew(version) || !isNew(bgp) ? version : bgp;
                    String key = newer == bgp ? "as" : "local-as";
                    problem(newer.file(), newer.line(key), key, "TMB-CFG-012 local-as " + peer.localAs().get().as() + " of peer " + peer.name() + " with remote-as "
                            + peer.remoteAs()
                            + " and as " + as + ": wanted a local-as other than as, towards a neighbour of another AS than as (RFC 7705)");
                    blamed.add(newer.file());
                }
                if (peer.routeReflectorClient() && !peer.remoteAs().equals(as)) {
                    Version newer = isNew(version) || !isNew(bgp) ? version : bgp;
                    String key = newer == bgp ? "as" : "route-reflector-client";
                    problem(newer.file(), newer.line(key), key, "TMB-CFG-012 route-reflector-client of peer " + peer.name() + " with remote-as " + peer.remoteAs()
                            + " and as " + as + ": wanted a neighbour of our own AS (RFC 4456 §6)");
                    blamed.add(newer.file());
                }
            }
        });
    }

    private List<Version> versions(FileKind kind) {
        return chosen.values().stream().filter(version -> version.kind() == kind).toList();
    }

    private void problem(String file, int line, String key, String message) {
        ConfigProblem problem = new ConfigProblem(file, line, key, message);
        if (!problems.contains(problem)) {
            problems.add(problem);
        }
    }

    private Outcome outcome() {
        NodeSettings node = NodeFile.build(Values.of(NodeFile.KEYS, new CfgFile("", Map.of()), new ArrayList<>()), hostName);
        BgpSettings bgp = BgpFile.build(Values.of(BgpFile.KEYS, new CfgFile("", Map.of()), new ArrayList<>()));
        DatastoreSettings datastore = DatastoreSettings.DEFAULT;
        Map<String, PeerSettings> peers = new HashMap<>();
        Map<String, FilterSettings> filters = new HashMap<>();
        Map<String, NetworkSettings> networks = new HashMap<>();
        Map<String, StaticRouteSettings> statics = new HashMap<>();
        CniSettings cni = CniSettings.OFF;
        AzureCniSettings azureCni = AzureCniSettings.DEFAULT;
        AzureSettings azure = AzureSettings.DEFAULT;
        Map<String, AzureSettings.Subscription> subscriptions = new HashMap<>();
        Map<String, CircuitSettings> circuits = new HashMap<>();
        PolicySettings policy = PolicySettings.DEFAULT;
        Map<String, String> texts = new HashMap<>();
        for (Version version : chosen.values()) {
            texts.put(version.file(), version.text());
            switch (version.settings()) {
                case NodeSettings settings -> node = settings;
                case BgpSettings settings -> bgp = settings;
                case PeerSettings settings -> peers.put(version.name(), settings);
                case FilterSettings settings -> filters.put(version.name(), settings);
                case NetworkSettings settings -> networks.put(version.name(), settings);
                case StaticRouteSettings settings -> statics.put(version.name(), settings);
                case CniSettings settings -> cni = settings;
                case AzureCniSettings settings -> azureCni = settings;
                case AzureSettings settings -> azure = settings;
                case AzureSettings.Subscription settings -> subscriptions.put(version.name(), settings);
                case CircuitSettings settings -> circuits.put(version.name(), settings);
                case PolicySettings settings -> policy = settings;
                case DatastoreSettings settings -> datastore = settings;
                default -> throw new IllegalStateException("settings of an unknown kind: " + version.settings().getClass());
            }
        }
        problems.sort(Comparator.comparing(ConfigProblem::file).thenComparingInt(ConfigProblem::line).thenComparing(ConfigProblem::key));
        return new Outcome(new Settings(node, bgp, peers, filters, networks, statics, datastore, cni, azureCni, azure.withSubscriptions(subscriptions), circuits, policy), problems, texts);
    }
}
