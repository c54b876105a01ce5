package tombolo.resources.core;

import static tombolo.resources.core.Forms.words;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.BgpConfiguration;
import tombolo.api.resource.BgpFilter;
import tombolo.api.resource.BgpPeer;
import tombolo.api.resource.CommunityValue;
import tombolo.api.resource.PeerAddress;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.SecretKeyRef;

/** BGP's kinds. Source: {@code api/pkg/apis/projectcalico/v3/bgp{config,peer,filter}.go} and {@code libcalico-go/lib/validator/v3}. */
final class BgpKinds {
    static final Map<String, String> LOG_LEVELS = words("Trace", "Trace", "Debug", "Debug", "Info", "Info", "Warning", "Warning", "Error", "Error", "Fatal", "Fatal");
    private static final Map<String, Boolean> ENABLED = words("Enabled", true, "Disabled", false);
    private static final Map<String, BgpConfiguration.BindMode> BIND_MODES = words("None", BgpConfiguration.BindMode.NONE, "NodeIP", BgpConfiguration.BindMode.NODE_IP);
    private static final Map<String, BgpConfiguration.ProgramClusterRoutes> PROGRAM = words("Enabled", BgpConfiguration.ProgramClusterRoutes.ENABLED, "Disabled",
            BgpConfiguration.ProgramClusterRoutes.DISABLED, "EnabledIPIPOnly", BgpConfiguration.ProgramClusterRoutes.ENABLED_IPIP_ONLY, "EnabledNoEncapOnly",
            BgpConfiguration.ProgramClusterRoutes.ENABLED_NO_ENCAP_ONLY);
    private static final Map<String, BgpPeer.NextHopMode> NEXT_HOPS = words("Auto", BgpPeer.NextHopMode.AUTO, "Self", BgpPeer.NextHopMode.SELF, "Keep", BgpPeer.NextHopMode.KEEP);
    private static final Map<String, BgpPeer.SourceAddress> SOURCES = words("UseNodeIP", BgpPeer.SourceAddress.USE_NODE_IP, "None", BgpPeer.SourceAddress.NONE);
    private static final Map<String, BgpPeer.ReversePeering> REVERSE = words("Auto", BgpPeer.ReversePeering.AUTO, "Manual", BgpPeer.ReversePeering.MANUAL);
    private static final Map<String, BgpFilter.MatchOperator> OPERATORS = words("Equal", BgpFilter.MatchOperator.EQUAL, "NotEqual", BgpFilter.MatchOperator.NOT_EQUAL, "In",
            BgpFilter.MatchOperator.IN, "NotIn", BgpFilter.MatchOperator.NOT_IN);
    private static final Map<String, BgpFilter.PeerType> PEER_TYPES = words("eBGP", BgpFilter.PeerType.EBGP, "iBGP", BgpFilter.PeerType.IBGP);
    private static final Map<String, BgpFilter.Action> ACTIONS = words("Accept", BgpFilter.Action.ACCEPT, "Reject", BgpFilter.Action.REJECT);
    private static final int MOST_PRIORITY = 2_147_483_646;
    private static final int MOST_OPERATIONS = 10;

    private BgpKinds() { }

    static ResourceSpec configuration(Reading reading) {
        Fields spec = reading.spec();
        List<BgpConfiguration.Community> communities = spec.objects("communities", Integer.MAX_VALUE, BgpKinds::community);
        List<BgpConfiguration.PrefixAdvertisement> advertisements = spec.objects("prefixAdvertisements", Integer.MAX_VALUE, each -> advertisement(each, communities));
        spec.require(communities.isEmpty() || !advertisements.isEmpty(), "communities", "are used by no entry of spec.prefixAdvertisements");
        Optional<Boolean> mesh = spec.bool("nodeToNodeMeshEnabled");
        Optional<SecretKeyRef> password = password(spec, "nodeMeshPassword");
        Optional<Duration> restart = spec.duration("nodeMeshMaxRestartTime");
        spec.require(password.isEmpty() || mesh.orElse(true), "nodeMeshPassword", "has no meaning while nodeToNodeMeshEnabled is false");
        spec.require(restart.isEmpty() || mesh.orElse(true), "nodeMeshMaxRestartTime", "has no meaning while nodeToNodeMeshEnabled is false");
        boolean ofNode = reading.name().startsWith("node.");
        spec.require(mesh.isEmpty() || !ofNode, "nodeToNodeMeshEnabled", "stands only in the resource named default");
        spec.require(password.isEmpty() || !ofNode, "nodeMeshPassword", "stands only in the resource named default");
        spec.require(restart.isEmpty() || !ofNode, "nodeMeshMaxRestartTime", "stands only in the resource named default");
        return new BgpConfiguration(spec.choice("logSeverityScreen", LOG_LEVELS), mesh, spec.parsedScalar("asNumber", Forms::asn), cidrs(spec, "serviceLoadBalancerIPs"),
                cidrs(spec, "serviceExternalIPs"), cidrs(spec, "serviceClusterIPs"), spec.choice("serviceLoadBalancerAggregation", ENABLED), communities, advertisements,
                spec.smallInteger("listenPort", 1, 65535), password, restart, spec.choice("bindMode", BIND_MODES),
                spec.parsedList("ignoredInterfaces", Integer.MAX_VALUE, text -> Forms.checked(text, each -> !each.equals("*") && Forms.INTERFACE_WILDCARD.matcher(each).matches(),
                        "wanted an interface name of up to 15 characters, with * inside but not alone")),
                spec.parsed("localWorkloadPeeringIPV4", Forms.address(AddressFamily.IPV4)), spec.parsed("localWorkloadPeeringIPV6", Forms.address(AddressFamily.IPV6)),
                spec.choice("programClusterRoutes", PROGRAM), spec.smallInteger("ipv4NormalRoutePriority", 1, MOST_PRIORITY),
                spec.smallInteger("ipv6NormalRoutePriority", 1, MOST_PRIORITY));
    }

    private static List<Prefix> cidrs(Fields spec, String name) {
        return spec.objects(name, Integer.MAX_VALUE, each -> {
            Optional<Prefix> cidr = each.parsed("cidr", Forms::network);
            each.checkRest();
            return cidr;
        }).stream().flatMap(Optional::stream).toList();
    }

    private static BgpConfiguration.Community community(Fields each) {
        String name = each.required("name", each.text("name", Forms.is(Forms.NAME), Forms.NAME_RULE), "?");
        Optional<CommunityValue> value = each.parsed("value", CommunityValue::parse);
        each.required("value", value.map(CommunityValue::toString), "");
        each.checkRest();
        return new BgpConfiguration.Community(name, value.orElse(CommunityValue.parse("0:0")));
    }

    private static BgpConfiguration.PrefixAdvertisement advertisement(Fields each, List<BgpConfiguration.Community> communities) {
        Optional<Prefix> cidr = each.parsed("cidr", Forms::network);
        each.required("cidr", cidr.map(Prefix::toString), "");
        if (!each.has("communities")) {
            each.problem(Fields.MISSING, "communities", "", "must be given");
        }
        List<String> names = each.parsedList("communities", Integer.MAX_VALUE, text -> {
            boolean named = communities.stream().anyMatch(community -> community.name().equals(text));
            return named ? text : CommunityValue.parse(text).toString();
        });
        each.checkRest();
        return new BgpConfiguration.PrefixAdvertisement(cidr.orElse(Prefix.parse("0.0.0.0/0")), names);
    }

    private static Optional<SecretKeyRef> password(Fields spec, String name) {
        return spec.object(name).flatMap(outer -> {
            Optional<SecretKeyRef> secret = outer.object("secretKeyRef").map(each -> {
                SecretKeyRef ref = new SecretKeyRef(each.required("name", each.text("name"), ""), each.required("key", each.text("key"), ""), each.bool("optional").orElse(false));
                each.checkRest();
                return ref;
            });
            outer.checkRest();
            return secret;
        });
    }

    static ResourceSpec peer(Reading reading) {
        Fields spec = reading.spec();
        BgpPeer peer = new BgpPeer(spec.text("node", Forms.is(Forms.NAME), Forms.NAME_RULE), spec.parsed("nodeSelector", Forms::selector), spec.parsed("peerIP", PeerAddress::parse),
                number(spec, "asNumber"), number(spec, "localASNumber"), spec.parsed("peerSelector", Forms::selector), spec.bool("keepOriginalNextHop").orElse(false),
                spec.choice("nextHopMode", NEXT_HOPS), password(spec, "password"), spec.choice("sourceAddress", SOURCES).orElse(BgpPeer.SourceAddress.USE_NODE_IP),
                spec.duration("maxRestartTime"), spec.duration("keepaliveTime"), spec.smallInteger("numAllowedLocalASNumbers", 0, Integer.MAX_VALUE),
                spec.smallInteger("ttlSecurity", 0, 255), spec.parsed("reachableBy", IpAddress::parse),
                spec.parsedList("filters", Integer.MAX_VALUE, Forms::name), spec.parsed("localWorkloadSelector", Forms::selector), spec.choice("reversePeering", REVERSE));
        spec.require(!spec.has("node") || !spec.has("nodeSelector"), "node", "and nodeSelector exclude each other");
        spec.require(!spec.has("peerIP") || !spec.has("peerSelector"), "peerIP", "and peerSelector exclude each other");
        spec.require(peer.asNumber().isEmpty() || !spec.has("peerSelector"), "asNumber", "is that of the selected nodes where there is a peerSelector: leave it out");
        spec.require(spec.has("asNumber") || !spec.has("localWorkloadSelector"), "asNumber", "must be given with a localWorkloadSelector");
        spec.require(!spec.has("peerIP") || !spec.has("localWorkloadSelector"), "peerIP", "and localWorkloadSelector exclude each other");
        spec.require(!spec.has("peerSelector") || !spec.has("localWorkloadSelector"), "peerSelector", "and localWorkloadSelector exclude each other");
        spec.require(!spec.has("reachableBy") || spec.has("peerIP"), "reachableBy", "needs a peerIP");
        spec.require(peer.reachableBy().isEmpty() || peer.peerIp().isEmpty() || peer.reachableBy().get().family() == peer.peerIp().get().address().family(), "reachableBy",
                "must be of the family of peerIP");
        spec.require(!peer.keepOriginalNextHop() || peer.nextHopMode().isEmpty(), "keepOriginalNextHop", "is the old spelling of nextHopMode: only one of them");
        return peer;
    }

    /** An AS number; 0 counts as not given, which is how the Go programs write that. */
    private static Optional<Asn> number(Fields spec, String name) {
        return spec.parsedScalar(name, text -> text.equals("0") ? Optional.<Asn>empty() : Optional.of(Forms.asn(text))).flatMap(each -> each);
    }

    static ResourceSpec filter(Reading reading) {
        Fields spec = reading.spec();
        return new BgpFilter(spec.objects("exportV4", Integer.MAX_VALUE, each -> rule(each, AddressFamily.IPV4)), spec.objects("importV4", Integer.MAX_VALUE,
                each -> rule(each, AddressFamily.IPV4)), spec.objects("exportV6", Integer.MAX_VALUE, each -> rule(each, AddressFamily.IPV6)), spec.objects("importV6", Integer.MAX_VALUE,
                each -> rule(each, AddressFamily.IPV6)));
    }

    private static BgpFilter.Rule rule(Fields rule, AddressFamily family) {
        Optional<Prefix> cidr = rule.parsed("cidr", Forms.network(family));
        Optional<BgpFilter.MatchOperator> operator = rule.choice("matchOperator", OPERATORS);
        rule.require(!rule.has("cidr") || rule.has("matchOperator"), "matchOperator", "must be given with a cidr");
        rule.require(rule.has("cidr") || !rule.has("matchOperator"), "cidr", "must be given with a matchOperator");
        rule.require(rule.has("cidr") || !rule.has("prefixLength"), "cidr", "must be given with a prefixLength");
        Fields length = rule.objectOrEmpty("prefixLength");
        OptionalInt least = length.smallInteger("min", 0, family.bits());
        OptionalInt most = length.smallInteger("max", 0, family.bits());
        length.checkRest();
        Optional<CommunityValue> community = rule.object("communities").flatMap(match -> {
            List<CommunityValue> values = match.parsedList("values", 1, CommunityValue::parse);
            match.require(match.object().array("values").size() == 1, "values", "wanted exactly one community");
            match.checkRest();
            return values.stream().findFirst();
        });
        Optional<BgpFilter.Action> action = rule.choice("action", ACTIONS);
        rule.required("action", action.map(Enum::name), "");
        List<BgpFilter.Operation> operations = rule.objects("operations", MOST_OPERATIONS, BgpKinds::operation).stream().flatMap(Optional::stream).toList();
        rule.require(!rule.has("operations") || rule.object().array("operations").isEmpty() || action.orElse(BgpFilter.Action.ACCEPT) == BgpFilter.Action.ACCEPT, "operations",
                "are only for a rule with action Accept");
        BgpFilter.Rule read = new BgpFilter.Rule(cidr, operator, least, most, rule.choice("source", Forms.<Boolean>words("RemotePeers", true)).orElse(false),
                rule.text("interface", Forms.is(Forms.INTERFACE_WILDCARD), "wanted 1 to 15 letters, digits, '_', '.', '-' and '*'"), rule.choice("peerType", PEER_TYPES), community,
                rule.parsedList("asPathPrefix", Integer.MAX_VALUE, Forms::asn), rule.smallInteger("priority", 1, MOST_PRIORITY), action.orElse(BgpFilter.Action.ACCEPT), operations);
        rule.checkRest();
        return read;
    }

    private static Optional<BgpFilter.Operation> operation(Fields each) {
        List<BgpFilter.Operation> set = new ArrayList<>();
        each.object("addCommunity").ifPresent(inner -> {
            inner.parsed("value", CommunityValue::parse).ifPresent(value -> set.add(new BgpFilter.Operation.AddCommunity(value)));
            inner.required("value", inner.text("value"), "");
            inner.checkRest();
        });
        each.object("prependASPath").ifPresent(inner -> {
            List<Asn> prefix = inner.parsedList("prefix", MOST_OPERATIONS, Forms::asn);
            inner.require(!inner.object().array("prefix").isEmpty(), "prefix", "wanted 1 to " + MOST_OPERATIONS + " AS numbers");
            inner.checkRest();
            set.add(new BgpFilter.Operation.PrependAsPath(prefix));
        });
        each.object("setPriority").ifPresent(inner -> {
            OptionalInt value = inner.smallInteger("value", 1, MOST_PRIORITY);
            if (!inner.has("value")) {
                inner.problem(Fields.MISSING, "value", "", "must be given");
            }
            inner.checkRest();
            set.add(new BgpFilter.Operation.SetPriority(value.orElse(1)));
        });
        long given = List.of("addCommunity", "prependASPath", "setPriority").stream().filter(each::has).count();
        if (given != 1) {
            each.problem(Fields.RULE, "", given + " operations", "wanted exactly one of addCommunity, prependASPath, setPriority");
        }
        each.checkRest();
        return set.stream().findFirst();
    }
}
