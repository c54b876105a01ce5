package tombolo.config.core;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.net.Prefix;

/** {@code tombolo.azure.cni.cfg}. */
final class AzureCniFile {
    private static final AzureCniSettings DEFAULT = AzureCniSettings.DEFAULT;
    /** Plain HTTP: all of these are asked on the machine itself, or on its link. A user name in it would end up in logs. */
    private static final Pattern URL = Pattern.compile("http://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~%/-]*)?(?:\\?[A-Za-z0-9._~%&=-]*)?");
    private static final ValueType<String> HTTP = ValueType.matching(URL, "an http:// URL without a user name");
    private static final ValueType<String> PATH = ValueType.matching(Pattern.compile("/[^\\p{Cc}]{1,1023}"), "an absolute path");
    /** More address spaces than VNETs that one circuit may reach (Premium, 10 Gbps: 100), tenfold. */
    private static final int MOST_PREFIXES = 1_000;

    private static final Key<AzureCniSettings.Mode> MODE = Key.defaulting("address-mode", ValueType.special("edge-prefix or in-azure", text -> {
        for (AzureCniSettings.Mode mode : AzureCniSettings.Mode.values()) {
            if (mode.word().equals(text)) {
                return mode;
            }
        }
        throw ValueType.refused();
    }), DEFAULT.mode().word(), "Where containers whose network says azure-vnet-ipam or azure-cns have their addresses from. edge-prefix: the cluster's pools, which lie outside"
            + " every VNET and are advertised over the circuit; a VNET's own addresses cannot be carried to a colocation site by BGP. in-azure: this node is a machine in the"
            + " VNET, and they get its secondary addresses, or those that CNS gives. A stated edge-prefix also says that no fabric has to see each packet: azure-vnet's mode tunnel (which it"
            + " has where its configuration names none) is then taken for bridge, and transparent-tunnel for transparent. Where in-azure is stated, or nothing, both are refused.");
    private static final Key<AzureCniSettings.Source> SOURCE = Key.defaulting("vnet-source", ValueType.choice(List.of(AzureCniSettings.Source.values())), "wireserver",
            "Who tells this machine's addresses in the VNET: the wire server, the instance metadata service (imds), or a file. A network's ipam.environment"
                    + " (azure, mas, fileIpam) goes before it.");
    private static final Key<String> WIRESERVER = Key.defaulting("wireserver-url", HTTP, DEFAULT.wireserverUrl(), "The wire server's document of interfaces.");
    private static final Key<String> IMDS = Key.defaulting("imds-url", HTTP, DEFAULT.imdsUrl(), "The instance metadata service's document of interfaces.");
    private static final Key<String> INTERFACES = Key.defaulting("interfaces-file", PATH, DEFAULT.interfacesFile(), "The file of interfaces.");
    private static final Key<String> CNS = Key.defaulting("cns-url", HTTP, DEFAULT.cnsUrl(), "The container networking service, where a network's configuration has no cnsurl.");
    private static final Key<Long> REFRESH = Key.defaulting("refresh-interval", ValueType.number(10, 3_600), "30",
            "How often the machine's addresses are asked for anew. One that went away is given to no container any more; a container that has it is named in the log.").in("s");
    private static final Key<Long> TIMEOUT = Key.defaulting("request-timeout", ValueType.number(100, 30_000), "5000", "How long a whole request may take.").in("ms");
    private static final Key<List<Prefix>> PREFIXES = Key.optional("vnet-prefixes", ValueType.listOf(ValueType.PREFIX, MOST_PREFIXES), "none", "10.240.0.0/16, 10.241.0.0/16",
            "The address spaces of the VNETs that are reached from here. In edge-prefix mode no pool may overlap them: Azure routes its own space by itself, whatever BGP says. Neither may one"
                    + " overlap vnet-prefixes of tombolo.expressroute.circuit-<name>.cfg, which need not stand here too, nor what Azure tells of virtual"
                    + " networks that circuits lead to.");
    private static final Key<String> BRIDGE = Key.defaulting("bridge-name", ValueType.INTERFACE_NAME, DEFAULT.bridge(), "The bridge of the mode bridge. Change it only while no container of that mode is there.");
    private static final Key<String> UPLINK = Key.optional("bridge-uplink", ValueType.INTERFACE_NAME, "none", "eth0",
            "The interface that becomes a port of the bridge with the first container of the mode bridge; its addresses and routes move to the bridge. Without it the"
                    + " bridge has containers alone, and the host routes between them and the outside. With policy = required in"
                    + " tombolo.cni.cfg nothing passes between it and containers but through the host, so that policy holds there too: the wire reaches containers by routes to this host, and"
                    + " is not answered when it asks for their addresses. Without that, policy does not see what machines on the uplink's wire and containers send to each other directly.");
    static final List<Key<?>> KEYS = List.of(MODE, SOURCE, WIRESERVER, IMDS, INTERFACES, CNS, REFRESH, TIMEOUT, PREFIXES, BRIDGE, UPLINK);

    private AzureCniFile() { }

    static AzureCniSettings build(Values values) {
        if (values.get(UPLINK).filter(values.need(BRIDGE)::equals).isPresent()) {
            values.problem(UPLINK.name(), "TMB-CFG-009 the bridge and its uplink are both " + values.need(BRIDGE) + "; give the bridge a name of its own");
        }
        return new AzureCniSettings(values.need(MODE), values.need(SOURCE), values.need(WIRESERVER), values.need(IMDS), values.need(INTERFACES), values.need(CNS),
                Duration.ofSeconds(values.need(REFRESH)), Duration.ofMillis(values.need(TIMEOUT)), values.get(PREFIXES).orElse(List.of()), values.need(BRIDGE), values.get(UPLINK),
                values.has(MODE.name()));
    }
}
