package tombolo.resources.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tombolo.api.json.Json;
import tombolo.api.resource.ResourceSpec;
import tombolo.resources.core.Kind.Home;

/** The table of all kinds. Aliases and columns are calicoctl's ({@code calicoctl/calicoctl/resourcemgr}). */
public final class Kinds {
    public static final String API = "projectcalico.org/v3";
    private static final Map<String, Kind> BY_NAME = new LinkedHashMap<>();
    private static final Map<String, Kind> BY_ALIAS = new LinkedHashMap<>();

    static {
        UnaryOperator<Json.Obj> none = UnaryOperator.identity();
        add("BGPConfiguration", false, "bgpconfigurations bgpconfig bgpconfigs", "NAME LOGSEVERITY MESHENABLED ASNUMBER", "", none, BgpKinds::configuration);
        add("BGPFilter", false, "bgpfilters bgpf bgpfs bf bfs", "NAME NUMEXPORTV4 NUMIMPORTV4 NUMEXPORTV6 NUMIMPORTV6", "", none, BgpKinds::filter);
        add("BGPPeer", false, "bgppeers bgpp bgpps bp bps", "NAME PEERIP NODE ASN", "", none, BgpKinds::peer);
        add("CalicoNodeStatus", false, "caliconodestatuses nodestatus nodestatuses", "NAME NODE", "CLASSES", none, ConfigKinds::nodeStatus);
        add("ClusterInformation", false, "clusterinformations clusterinfo clusterinfos", "NAME CLUSTERGUID CLUSTERTYPE CALICOVERSION DATASTOREREADY", "", none,
                ConfigKinds::clusterInformation);
        add("FelixConfiguration", false, "felixconfigurations felixconfig felixconfigs", "NAME", "", none, FelixKind::decode);
        add("GlobalNetworkPolicy", false, "globalnetworkpolicies gnp gnps", "NAME TIER", "ORDER SELECTOR", PolicyKinds::policyDefaults, PolicyKinds::globalPolicy);
        add("GlobalNetworkSet", false, "globalnetworksets gnetsets", "NAME", "NETS", none, PolicyKinds::globalSet);
        add("HostEndpoint", false, "hostendpoints hep heps", "NAME NODE", "INTERFACE IPS PROFILES", none, EndpointKinds::hostEndpoint);
        add("IPPool", false, "ippools ipp ipps pool pools", "NAME CIDR SELECTOR", "!NAME CIDR NAT IPIPMODE VXLANMODE DISABLED DISABLEBGPEXPORT ASSIGNMENTMODE SELECTOR",
                PoolKinds::poolDefaults, PoolKinds::pool);
        add("IPReservation", false, "ipreservations reservation reservations", "NAME", "CIDRS", none, PoolKinds::reservation);
        add("KubeControllersConfiguration", false, "kubecontrollersconfigurations kubecontrollersconfig kubecontrollersconfigs", "NAME", "", none, ConfigKinds::kubeControllers);
        add("LiveMigration", true, "livemigrations", "NAME", "", none, EndpointKinds::liveMigration);
        add("NetworkPolicy", true, "networkpolicies policy np policies pol pols", "NAME TIER", "ORDER SELECTOR", PolicyKinds::policyDefaults, PolicyKinds::policy);
        add("NetworkSet", true, "networksets netsets", "NAME", "NETS", none, PolicyKinds::set);
        add("Node", false, "nodes no nos", "NAME", "ASN IPV4 IPV6", none, EndpointKinds::node);
        add("Profile", false, "profiles pro pros", "NAME", "LABELS", none, PolicyKinds::profile);
        add("StagedGlobalNetworkPolicy", false, "stagedglobalnetworkpolicies sgnp sgnps", "NAME TIER", "ORDER SELECTOR", PolicyKinds::stagedDefaults, PolicyKinds::stagedGlobal);
        add("StagedKubernetesNetworkPolicy", true, "stagedkubernetesnetworkpolicies stagedkubernetespolicy sknp stagedkubernetespolicies skpol skpols", "NAME", "PODSELECTOR", none,
                PolicyKinds::stagedKubernetes);
        add("StagedNetworkPolicy", true, "stagednetworkpolicies stagedpolicy snp stagedpolicies spol spols", "NAME TIER", "ORDER SELECTOR", PolicyKinds::stagedDefaults,
                PolicyKinds::staged);
        add("Tier", false, "tiers", "NAME ORDER", "", PolicyKinds::tierDefaults, PolicyKinds::tier);
        add("WorkloadEndpoint", true, "workloadendpoints wep weps", "WORKLOAD NODE NETWORKS INTERFACE", "!NAME WORKLOAD NODE NETWORKS INTERFACE PROFILES NATS",
                EndpointKinds::endpointDefaults, EndpointKinds::workloadEndpoint);
        add("IPAMConfiguration", Home.IPAM_CONFIGURATION, "ipamconfigurations ipamconfig ipamconfigs", "NAME STRICTAFFINITY AUTOALLOCATEBLOCKS", "MAXBLOCKSPERHOST",
                PoolKinds::configuration);
        add("BlockAffinity", Home.IPAM, "blockaffinities affinity affinities", "NAME NODE CIDR STATE", "", PoolKinds::affinity);
        add("IPAMBlock", Home.IPAM, "ipamblocks ipamblock", "NAME CIDR AFFINITY", "", PoolKinds::block);
        add("IPAMHandle", Home.IPAM, "ipamhandles", "NAME HANDLEID", "", PoolKinds::handle);
    }

    private Kinds() { }

    private static void add(String name, boolean namespaced, String aliases, String columns, String more, UnaryOperator<Json.Obj> defaults, Function<Reading, ResourceSpec> decoder) {
        add(name, namespaced, Home.RESOURCES, aliases, columns, more, defaults, decoder);
    }

    private static void add(String name, Home home, String aliases, String columns, String more, Function<Reading, ResourceSpec> decoder) {
        add(name, false, home, aliases, columns, more, UnaryOperator.identity(), decoder);
    }

    /** @param more further columns of the wide table, or all of them behind an exclamation mark; the first alias is the plural */
    private static void add(String name, boolean namespaced, Home home, String aliases, String columns, String more, UnaryOperator<Json.Obj> defaults,
                            Function<Reading, ResourceSpec> decoder) {
        List<String> words = List.of(aliases.split(" "));
        List<String> narrow = List.of(columns.split(" "));
        List<String> wide = new ArrayList<>(more.startsWith("!") ? List.of() : narrow);
        if (!more.isEmpty()) {
            wide.addAll(List.of(more.replace("!", "").split(" ")));
        }
        Kind kind = new Kind(name, words.getFirst(), namespaced, home, words, narrow, List.copyOf(wide), defaults, decoder);
        BY_NAME.put(name, kind);
        BY_ALIAS.put(name.toLowerCase(Locale.ROOT), kind);
        words.forEach(word -> BY_ALIAS.put(word, kind));
    }

    /** By the exact name that documents use. */
    public static Optional<Kind> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** By a word that people type: singular, plural or short, in any case. */
    public static Optional<Kind> typed(String word) {
        return Optional.ofNullable(BY_ALIAS.get(word.toLowerCase(Locale.ROOT)));
    }

    public static List<Kind> all() {
        return List.copyOf(BY_NAME.values());
    }

    /** A kind that is not in the table: it lives, like all others, below its plural, and its documents are not read. */
    public static Kind unknown(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String plural = lower.endsWith("y") ? lower.substring(0, lower.length() - 1) + "ies" : lower.endsWith("s") ? lower + "es" : lower + "s";
        return new Kind(name, plural, false, Home.RESOURCES, List.of(), List.of("NAME"), List.of("NAME"), tree -> tree, _ -> new ResourceSpec.Unknown());
    }

    /** What to say of a kind that is not in the table. */
    static String wrong(String name) {
        return "is not a kind of " + API + Spelling.meant(name, BY_NAME.keySet()).map(meant -> "; did you mean " + meant + "?").orElse("; known are " + String.join(", ", BY_NAME.keySet()));
    }
}
