package tombolo.config.core;

import java.util.List;
import java.util.Optional;

/** The kinds of files, each with its keys: the whole schema of etc/. */
public enum FileKind {
    NODE("tombolo.node", false, NodeFile.KEYS, "The node itself. The node runs without this file, on the defaults below."),
    BGP("tombolo.bgp", false, BgpFile.KEYS, "BGP as a whole. BGP is off until as and router-id are set."),
    PEER("tombolo.bgp.peer", true, PeerFile.KEYS, "One BGP neighbour. The session exists while this file does."),
    FILTER("tombolo.bgp.filter", true, FilterFile.KEYS, """
            A filter that peers name in their import and export keys.
            Rules are tried in the order of their numbers. A rule matches when each of its match keys does; within one key one entry is enough.
            A matching rule makes its changes (set keys) and then accepts, rejects or goes on to the next rule; behind the last rule stands default.
            A change of this file evaluates the routes anew and drops no session."""),
    NETWORK("tombolo.bgp.network", true, NetworkFile.KEYS,
            "A prefix that this node originates by BGP, while this file is there and export filters let it pass."),
    STATIC("tombolo.route.static", true, StaticFile.KEYS, "A static route of the kernel. The route exists while this file does."),
    CNI("tombolo.cni", false, CniFile.KEYS, "Containers: the node as the CNI plugin of a container runtime. It is off until enabled is true."),
    AZURE_CNI("tombolo.azure.cni", false, AzureCniFile.KEYS, "Containers on Azure networks. The node runs without this file, on the defaults below."),
    AZURE("tombolo.azure", false, AzureFile.KEYS, "How the node acts in Azure. It asks nobody until a tombolo.azure.subscription-<name>.cfg is there."),
    AZURE_SUBSCRIPTION("tombolo.azure.subscription", true, AzureSubscriptionFile.KEYS, "A subscription that the node may act in, and as whom."),
    CIRCUIT("tombolo.expressroute.circuit", true, CircuitFile.KEYS, """
            One ExpressRoute circuit as it is wanted.
            Nothing happens by this file alone, unless apply says so: er:plan CIRCUIT shows what would be done and what it costs or cuts, er:apply CIRCUIT does it.
            When the file goes away the circuit stays, and is billed on; see state. What it has on this node stays too, until er:apply CIRCUIT --yes takes it away."""),
    POLICY("tombolo.policy", false, PolicyFile.KEYS, "Policy: established flows and the log. The policies themselves are resources of the cluster. The node runs without this file, on the defaults below."),
    DATASTORE("tombolo.datastore", false, DatastoreFile.KEYS, """
            Where cluster-wide state is kept: embedded, in a directory of this node, or etcd, for several nodes. The node runs without this file, on the defaults below.
            A change of the engine copies nothing: datastore:migrate does.""");

    /** What every file of ours begins with; files of others in etc/ are not looked at. */
    public static final String OURS = "tombolo.";
    public static final String SUFFIX = ".cfg";

    private final String stem;
    private final boolean factory;
    private final List<Key<?>> keys;
    private final String purpose;

    FileKind(String stem, boolean factory, List<Key<?>> keys, String purpose) {
        this.stem = stem;
        this.factory = factory;
        this.keys = keys;
        this.purpose = purpose;
    }

    /** What a file's name says. @param name the part behind the dash; "" where there is one file of the kind */
    public record Named(FileKind kind, String name) { }

    /** The kind of a file by its name; empty where no kind has such a name. */
    public static Optional<Named> of(String fileName) {
        if (!isOurs(fileName)) {
            return Optional.empty();
        }
        String base = fileName.substring(0, fileName.length() - SUFFIX.length());
        for (FileKind kind : values()) {
            if (!kind.factory && base.equals(kind.stem)) {
                return Optional.of(new Named(kind, ""));
            }
            if (kind.factory && base.startsWith(kind.stem + "-")) {
                return Optional.of(new Named(kind, base.substring(kind.stem.length() + 1)));
            }
        }
        return Optional.empty();
    }

    public static boolean isOurs(String fileName) {
        return fileName.startsWith(OURS) && fileName.endsWith(SUFFIX) && fileName.length() >= OURS.length() + SUFFIX.length();
    }

    /** The file's name for a name of this kind; with {@code <name>} for people. */
    public String fileName(String name) {
        return stem + (factory ? "-" + name : "") + SUFFIX;
    }

    /** What stands before a key of this kind in listings: {@code bgp.peer-<name>}. */
    String place(String name) {
        return stem.substring(OURS.length()) + (factory ? "-" + name : "");
    }

    public boolean isFactory() {
        return factory;
    }

    public List<Key<?>> keys() {
        return keys;
    }

    public String purpose() {
        return purpose;
    }
}
