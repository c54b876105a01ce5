package tombolo.api.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tombolo.api.net.Prefix;

/**
 * {@code etc/tombolo.azure.cni.cfg}: containers on Azure networks.
 *
 * @param mode            {@code address-mode}: whose addresses containers of {@code azure-vnet-ipam} and {@code azure-cns} get; default edge-prefix
 * @param source          {@code vnet-source}: who names the machine's VNET addresses; default wireserver
 * @param wireserverUrl   {@code wireserver-url}
 * @param imdsUrl         {@code imds-url}
 * @param interfacesFile  {@code interfaces-file}: absolute path
 * @param cnsUrl          {@code cns-url}: where a network's configuration has no {@code cnsurl}
 * @param refreshInterval {@code refresh-interval}, 10 s to 1 h; default 30 s
 * @param requestTimeout  {@code request-timeout}, 0.1 to 30 s, for a whole request; default 5 s
 * @param vnetPrefixes    {@code vnet-prefixes}: address space of VNETs that are reached from here, beside what circuits' files say
 * @param bridge          {@code bridge-name}: of bridge mode; default azure0
 * @param bridgeUplink    {@code bridge-uplink}: the interface that becomes a port of the bridge; none: no interface does
 * @param modeStated      whether {@code address-mode} stands in the file, and is not the default of one who never thought of it
 */
public record AzureCniSettings(Mode mode, Source source, String wireserverUrl, String imdsUrl, String interfacesFile, String cnsUrl, Duration refreshInterval,
                               Duration requestTimeout, List<Prefix> vnetPrefixes, String bridge, Optional<String> bridgeUplink, boolean modeStated) {
    public static final AzureCniSettings DEFAULT = new AzureCniSettings(Mode.EDGE_PREFIX, Source.WIRESERVER,
            "http://168.63.129.16/machine/plugins?comp=nmagent&type=getinterfaceinfov1", "http://169.254.169.254/metadata/instance/network?api-version=2021-02-01",
            "/etc/kubernetes/interfaces.json", "http://localhost:10090", Duration.ofSeconds(30), Duration.ofSeconds(5), List.of(), "azure0", Optional.empty(), false);

    public AzureCniSettings {
        vnetPrefixes = List.copyOf(vnetPrefixes);
    }

    /** With a mode that is stated. */
    public AzureCniSettings(Mode mode, Source source, String wireserverUrl, String imdsUrl, String interfacesFile, String cnsUrl, Duration refreshInterval, Duration requestTimeout,
                            List<Prefix> vnetPrefixes, String bridge, Optional<String> bridgeUplink) {
        this(mode, source, wireserverUrl, imdsUrl, interfacesFile, cnsUrl, refreshInterval, requestTimeout, vnetPrefixes, bridge, bridgeUplink, true);
    }

    /** Whether the operator says that this machine is at a site, where no VNET's fabric decides about anything. What nobody has said may be a machine in a VNET. */
    public boolean isAtSite() {
        return modeStated && mode == Mode.EDGE_PREFIX;
    }

    /** Whose addresses containers get. */
    public enum Mode {
        /** A prefix outside every VNET, advertised over the circuit: the cluster's pools. */
        EDGE_PREFIX,
        /** The node is a machine in the VNET: its secondary addresses. */
        IN_AZURE;

        /** As in the file. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public enum Source { WIRESERVER, IMDS, FILE }

    /** The values of {@code ipam.type} that are Azure's and not the cluster's pools'. */
    public Set<String> foreignTypes() {
        return mode == Mode.IN_AZURE ? Set.of("azure-vnet-ipam", "azure-vnet-ipamv6", "azure-cns", "azure-ipam") : Set.of();
    }
}
