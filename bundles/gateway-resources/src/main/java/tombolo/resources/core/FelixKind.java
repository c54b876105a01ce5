package tombolo.resources.core;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.resource.FelixConfiguration;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.selector.Selector;

/**
 * {@code FelixConfiguration}: the parameters that are known are checked by type and range; others are kept. Source:
 * {@code api/pkg/apis/projectcalico/v3/felixconfig.go} and {@code felix/docs/config-params.json}.
 */
final class FelixKind {
    /** One parameter a word: its name, its type and what the type needs. */
    private static final String PARAMETERS = """
            allowIPIPPacketsFromWorkloads bool
            allowVXLANPacketsFromWorkloads bool
            awsSrcDstCheck choice DoNothing|Enable|Disable
            bpfAttachType choice TC|TCX
            bpfConnectTimeLoadBalancing choice TCP|Enabled|Disabled
            bpfConnectTimeLoadBalancingEnabled bool
            bpfCTLBLogFilter text
            bpfDataIfacePattern pattern
            bpfDisableGROForIfaces pattern
            bpfDisableUnprivileged bool
            bpfDSROptoutCIDRs nets
            bpfEnabled bool
            bpfEnforceRPF choice Disabled|Strict|Loose
            bpfExcludeCIDRsFromNAT nets
            bpfExternalServiceMode choice Tunnel|DSR
            bpfExtToServiceConnmark int 0 4294967295
            bpfForceTrackPacketsFromIfaces texts
            bpfHostConntrackBypass bool
            bpfHostNetworkedNATWithoutCTLB choice Enabled|Disabled
            bpfKubeProxyEndpointSlicesEnabled bool
            bpfKubeProxyIptablesCleanupEnabled bool
            bpfKubeProxyMinSyncPeriod duration
            bpfL3IfacePattern pattern
            bpfLogFilters map
            bpfLogLevel choice Off|Info|Debug
            bpfMapSizeConntrack int 1 2147483647
            bpfMapSizeIfState int 1 2147483647
            bpfMapSizeIPSets int 1 2147483647
            bpfMapSizeNATAffinity int 1 2147483647
            bpfMapSizeNATBackend int 1 2147483647
            bpfMapSizeNATFrontend int 1 2147483647
            bpfMapSizeRoute int 1 2147483647
            bpfPolicyDebugEnabled bool
            bpfProfiling choice Enabled|Disabled
            bpfPSNATPorts port
            bpfRedirectToPeer choice Enabled|Disabled|L2Only
            cgroupV2Path text
            chainInsertMode choice Insert|Append|insert|append
            dataplaneDriver text
            dataplaneWatchdogTimeout duration
            debugDisableLogDropping bool
            debugHost text
            debugMemoryProfilePath text
            debugPort int 0 65535
            debugSimulateCalcGraphHangAfter duration
            debugSimulateDataplaneApplyDelay duration
            debugSimulateDataplaneHangAfter duration
            defaultEndpointToHostAction choice Drop|Return|Accept
            deviceRouteProtocol int 0 255
            deviceRouteSourceAddress ipv4
            deviceRouteSourceAddressIPv6 ipv6
            disableConntrackInvalidCheck bool
            endpointReportingDelay duration
            endpointReportingEnabled bool
            endpointStatusPathPrefix text
            externalNodesList cidrs
            failsafeInboundHostPorts protoports
            failsafeOutboundHostPorts protoports
            featureDetectOverride text
            featureGates text
            floatingIPs choice Enabled|Disabled
            flowLogsFlushInterval duration
            flowLogsGoldmaneServer text
            flowLogsPolicyEvaluationMode choice None|Continuous
            genericXDPEnabled bool
            goGCThreshold int -1 100000
            goMaxProcs int -1 100000
            goMemoryLimitMB int -1 2147483647
            healthEnabled bool
            healthHost text
            healthPort int 0 65535
            healthTimeoutOverrides timeouts
            interfaceExclude text
            interfacePrefix text
            interfaceRefreshInterval duration
            ipForwarding choice Enabled|Disabled
            ipipEnabled bool
            ipipMTU int 0 65535
            ipsetsRefreshInterval duration
            iptablesBackend choice Auto|Legacy|NFT|auto|legacy|nft
            iptablesFilterAllowAction choice Accept|Return|ACCEPT|RETURN
            iptablesFilterDenyAction choice Drop|Reject|DROP|REJECT
            iptablesLockFilePath text
            iptablesLockProbeInterval duration
            iptablesLockTimeout duration
            iptablesMangleAllowAction choice Accept|Return|ACCEPT|RETURN
            iptablesMarkMask int 1 4294967295
            iptablesNATOutgoingInterfaceFilter text
            iptablesPostWriteCheckInterval duration
            iptablesRefreshInterval duration
            ipv6Support bool
            istioAmbientMode choice Enabled|Disabled
            kubeNodePortRanges ports 7
            logActionRateLimit text
            logActionRateLimitBurst int 0 9999
            logDebugFilenameRegex pattern
            logFilePath text
            logPrefix text
            logSeverityFile level
            logSeverityScreen level
            logSeveritySys level
            maxIpsetSize int 1 2147483647
            metadataAddr text
            metadataPort int 0 65535
            mtuIfacePattern pattern
            natOutgoingAddress ipv4
            natOutgoingExclusions choice IPPoolsOnly|IPPoolsAndHostIPs
            natPortRange port
            netlinkTimeout duration
            nftablesFilterAllowAction choice Accept|Return
            nftablesFilterDenyAction choice Drop|Reject
            nftablesMangleAllowAction choice Accept|Return
            nftablesMarkMask int 1 4294967295
            nftablesMode choice Disabled|Enabled|Auto
            nftablesRefreshInterval duration
            openstackRegion label
            policySyncPathPrefix text
            programClusterRoutes choice Enabled|Disabled|EnabledIPIPOnly|EnabledNoEncapOnly
            prometheusGoMetricsEnabled bool
            prometheusMetricsEnabled bool
            prometheusMetricsHost text
            prometheusMetricsPort int 0 65535
            prometheusProcessMetricsEnabled bool
            prometheusWireGuardMetricsEnabled bool
            removeExternalRoutes bool
            reportingInterval duration
            reportingTTL duration
            routeRefreshInterval duration
            routeSource choice WorkloadIPs|CalicoIPAM
            routeSyncDisabled bool
            serviceLoopPrevention choice Drop|Reject|Disabled
            sidecarAccelerationEnabled bool
            usageReportingEnabled bool
            usageReportingInitialDelay duration
            usageReportingInterval duration
            useInternalDataplaneDriver bool
            vxlanEnabled bool
            vxlanMTU int 0 65535
            vxlanMTUV6 int 0 65535
            vxlanPort int 1 65535
            vxlanVNI int 1 16777215
            windowsManageFirewallRules choice Enabled|Disabled
            wireguardEnabled bool
            wireguardEnabledV6 bool
            wireguardHostEncryptionEnabled bool
            wireguardInterfaceName interface
            wireguardInterfaceNameV6 interface
            wireguardKeepAlive duration
            wireguardListeningPort int 1 65535
            wireguardListeningPortV6 int 1 65535
            wireguardMTU int 0 65535
            wireguardMTUV6 int 0 65535
            wireguardRoutingRulePriority int 1 32765
            wireguardThreadingEnabled bool
            workloadSourceSpoofing choice Disabled|Any
            xdpEnabled bool
            xdpRefreshInterval duration
            """;
    /** Not 0, at most 65535 of them: the kernel's tables are 32 bits, a range of all of them is a slip. */
    private static final int MAX_TABLES = 65_535;
    private static final int MAX_REGION_CHARS = 63 - "openstack-region-".length();

    private FelixKind() { }

    static ResourceSpec decode(Reading reading) {
        Fields spec = reading.spec();
        PARAMETERS.lines().forEach(line -> check(spec, line.split(" ")));
        spec.require(!spec.has("routeTableRange") || !spec.has("routeTableRanges"), "routeTableRange", "and routeTableRanges exclude each other");
        spec.objects("routeTableRanges", Integer.MAX_VALUE, range -> {
            long least = range.integer("min", 1, 0xffff_ffffL).orElse(1L);
            long most = range.integer("max", 1, 0xffff_ffffL).orElse(least);
            range.require(least <= most, "min", "is above max");
            range.require(most - least < MAX_TABLES, "max", "a range holds " + MAX_TABLES + " tables at most");
            range.checkRest();
            return range;
        });
        Optional<Selector> nodes = spec.parsed("nodeSelector", Forms::selector);
        Json.Obj parameters = spec.object().without("nodeSelector");
        return new FelixConfiguration(nodes, parameters);
    }

    private static void check(Fields spec, String[] words) {
        String name = words[0];
        switch (words[1]) {
            case "bool" -> spec.bool(name);
            case "int" -> spec.integer(name, Long.parseLong(words[2]), Long.parseLong(words[3]));
            case "duration" -> spec.duration(name);
            case "choice" -> {
                Map<String, String> choices = new LinkedHashMap<>();
                Arrays.stream(words[2].split("\\|")).forEach(each -> choices.put(each, each));
                spec.choice(name, choices);
            }
            case "level" -> spec.choice(name, BgpKinds.LOG_LEVELS);
            case "ipv4" -> spec.parsed(name, Forms.address(AddressFamily.IPV4));
            case "ipv6" -> spec.parsed(name, Forms.address(AddressFamily.IPV6));
            case "cidrs" -> spec.parsedList(name, Integer.MAX_VALUE, text -> {
                Prefix prefix = Forms.looseNetwork(text);
                Forms.checked(text, _ -> prefix.family() == AddressFamily.IPV4, "wanted IPv4");
                return prefix;
            });
            case "port" -> spec.parsedScalar(name, Forms::port);
            case "ports" -> spec.parsedList(name, Integer.parseInt(words[2]), Forms::port);
            case "nets" -> spec.parsedList(name, Integer.MAX_VALUE, Forms::looseNetwork);
            case "texts" -> spec.texts(name);
            case "map" -> spec.textMap(name);
            case "timeouts" -> spec.objects(name, Integer.MAX_VALUE, each -> {
                each.required("name", each.text("name"), "");
                each.duration("timeout");
                each.require(each.has("timeout"), "timeout", "must be given");
                each.checkRest();
                return each;
            });
            case "pattern" -> spec.text(name, ConfigKinds::isPattern, "wanted a regular expression");
            case "interface" -> spec.text(name, Forms.is(Forms.INTERFACE), "wanted an interface name of 1 to 15 letters, digits, '_', '.' and '-'");
            case "label" -> spec.text(name, text -> text.length() <= MAX_REGION_CHARS && Forms.SIMPLE_NAME.matcher(text).matches(),
                    "wanted up to " + MAX_REGION_CHARS + " lower case letters, digits and '-'");
            case "protoports" -> spec.objects(name, Integer.MAX_VALUE, FelixKind::protoPort);
            default -> spec.text(name);
        }
    }

    private static IpProtocol protoPort(Fields each) {
        Optional<IpProtocol> protocol = each.parsedScalar("protocol", IpProtocol::parse);
        each.require(protocol.isEmpty() || protocol.get().hasPorts(), "protocol", "wanted TCP, UDP or SCTP");
        each.smallInteger("port", 0, 65535);
        each.parsed("net", Forms::looseNetwork);
        each.checkRest();
        return protocol.orElse(IpProtocol.TCP);
    }
}
