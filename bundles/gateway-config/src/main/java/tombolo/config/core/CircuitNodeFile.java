package tombolo.config.core;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.config.CircuitSettings.Applying;
import tombolo.api.config.CircuitSettings.Bfd;
import tombolo.api.config.CircuitSettings.Encapsulation;
import tombolo.api.config.CircuitSettings.Node;
import tombolo.api.config.CircuitSettings.Port;
import tombolo.api.config.CircuitSettings.Routes;
import tombolo.api.config.CircuitSettings.VxlanEnd;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.net.IpAddress;
import tombolo.api.subinterface.Subinterface;

/** The keys of {@code tombolo.expressroute.circuit-<name>.cfg} that are about this node. */
final class CircuitNodeFile {
    private static final int MOST_RANGES = 1_000;

    private enum Apply { CONFIRM, AUTOMATIC }

    private enum BfdWord { OFF, ON, STRICT }

    private static final Key<Apply> APPLY = Key.defaulting("apply", ValueType.choice(List.of(Apply.values())), "confirm",
            "automatic: what differs from this file is done without er:apply, in Azure and on this node, but for what costs or cuts. confirm: er:apply alone does something.");
    private static final Key<Boolean> COSTS = Key.defaulting("apply-costs", ValueType.BOOLEAN, "false", "true: apply = automatic also does what costs money, such as ordering the circuit.");
    private static final Key<Boolean> CUTS = Key.defaulting("apply-cuts", ValueType.BOOLEAN, "false", "true: apply = automatic also does what cuts traffic, or cannot be taken back.");
    private static final Key<Long> POLL = Key.defaulting("poll-interval", ValueType.number(30, 86_400), "60",
            "How often Azure is asked whether the circuit is as it was: one request, and about six where it is not, or every 15 minutes.").in("s");
    private static final Key<Encapsulation> ENCAPSULATION = Key.defaulting("encapsulation", ValueType.choice(List.of(Encapsulation.values())), "vlan",
            "How the peerings are told apart on a port. vlan: by the tag of private-vlan and microsoft-vlan (802.1Q). qinq: by that behind the provider's outer tag. vxlan: by a VXLAN"
                    + " of that number, for networks and kernels without tags.");
    private static final Key<Subinterface.Protocol> OUTER = Key.defaulting("outer-protocol", ValueType.special("802.1ad or 802.1q", text -> {
        if (!text.equals("802.1ad") && !text.equals("802.1q")) {
            throw ValueType.refused();
        }
        return Subinterface.Protocol.of(text).orElseThrow();
    }), "802.1ad", "With encapsulation = qinq: the outer tag's protocol, as the provider has it.");
    private static final Key<Long> MTU = Key.defaulting("link-mtu", ValueType.number(Subinterface.LEAST_MTU, Subinterface.MOST_MTU), "1500",
            "The MTU of the circuit's interfaces. Microsoft's edge has 1500; the port below must have room for tags or VXLAN beside it.").in("bytes");
    private static final Key<Long> MSS = Key.optional("tcp-mss", ValueType.number(536, 9_140), "none: TCP is left alone", "1350",
            "TCP connections over the circuit take no larger segments than this (IPv6: 20 less). A virtual network's gateway passes packets of 1400 bytes and no fragments.").in("bytes");
    private static final Key<BfdWord> BFD = Key.defaulting("bfd", ValueType.choice(List.of(BfdWord.values())), "on",
            "BFD beside the sessions, which finds a silent edge within a second; Microsoft's edge has it. strict: BGP waits for it.");
    private static final Key<Long> BFD_INTERVAL = Key.defaulting("bfd-interval", ValueType.number(10, 60_000), "300", "How often BFD's packets go and come. Microsoft's edge takes 300 or more.").in("ms");
    private static final Key<Long> BFD_MULTIPLIER = Key.defaulting("bfd-multiplier", ValueType.number(2, 255), "3", "After so many packets that did not come the path is lost.").in("packets");
    private static final Ends PRIMARY = Ends.of("primary", "eth1", "192.0.2.2", "4789");
    private static final Ends SECONDARY = Ends.of("secondary", "eth2", "198.51.100.2", "4790");
    private static final Key<List<PrefixRange>> ADVERTISE = Key.optional("private-advertise", ValueType.listOf(FilterFile.RANGE, MOST_RANGES), "none: nothing is advertised", "10.64.0.0/12 le 26",
            "What of this node's routes may be advertised on private peering. What lies in vnet-prefixes, and what Microsoft has told, never is.");
    private static final Key<List<String>> PRIVATE_IMPORT = filters("private-import", "none: all that Microsoft tells is accepted", "Filters (tombolo.bgp.filter-<name>.cfg) for what private peering tells.");
    private static final Key<List<String>> PRIVATE_EXPORT = filters("private-export", "none: as private-advertise says", "Filters in place of private-advertise.").instead("private-advertise");
    private static final Key<List<String>> MICROSOFT_IMPORT = filters("microsoft-import", "none: all that Microsoft tells is accepted", "Filters for what Microsoft peering tells.");
    private static final Key<List<String>> MICROSOFT_EXPORT = filters("microsoft-export", "none: what lies in microsoft-prefixes, to /29 and /64", "Filters for what is advertised on Microsoft peering.");

    /** The keys of one link. */
    private record Ends(Key<String> port, Key<Long> outer, Key<IpAddress> remote, Key<Long> udp) {
        static Ends of(String link, String port, String remote, String udp) {
            return new Ends(Key.optional(link + "-interface", ValueType.INTERFACE_NAME, "none: the " + link + " link is not on this node", port,
                    "The port by which the " + link + " link is reached. The circuit's interfaces are made on it; it is itself never changed."),
                    Key.optional(link + "-outer-vlan", ValueType.number(1, 4094), "none", "30", "With encapsulation = qinq: the provider's tag (S-tag) on that port."),
                    Key.optional(link + "-vxlan-remote", ValueType.ADDRESS, "none", remote, "With encapsulation = vxlan: the far end."),
                    Key.defaulting(link + "-vxlan-port", ValueType.number(1, 65_535), udp, "With encapsulation = vxlan: the UDP port; each link of a node needs its own."));
        }

        List<Key<?>> all() {
            return List.of(port, outer, remote, udp);
        }
    }

    static final List<Key<?>> KEYS = List.of(APPLY, COSTS, CUTS, POLL, ENCAPSULATION, OUTER, PRIMARY.port(), PRIMARY.outer(), PRIMARY.remote(), PRIMARY.udp(), SECONDARY.port(), SECONDARY.outer(),
            SECONDARY.remote(), SECONDARY.udp(), MTU, MSS, BFD, BFD_INTERVAL, BFD_MULTIPLIER, ADVERTISE, PRIVATE_IMPORT, PRIVATE_EXPORT, MICROSOFT_IMPORT, MICROSOFT_EXPORT);

    private CircuitNodeFile() { }

    private static Key<List<String>> filters(String name, String otherwise, String effect) {
        return Key.optional(name, ValueType.listOf(ValueType.FILTER_NAME, 15), otherwise, "EXAMPLE", effect);
    }

    static Applying applying(Values values) {
        boolean automatic = values.need(APPLY) == Apply.AUTOMATIC;
        for (Key<Boolean> key : List.of(COSTS, CUTS)) {
            if (values.need(key) && !automatic) {
                values.problem(key.name(), "TMB-CFG-009 has no meaning without apply = automatic; set that too, or leave this one out");
            }
        }
        return new Applying(automatic, values.need(COSTS), values.need(CUTS), values.needInt(POLL));
    }

    /** @param closed whether there is private peering. @param open whether there is Microsoft peering */
    static Node node(Values values, boolean closed, boolean open) {
        Encapsulation encapsulation = values.need(ENCAPSULATION);
        without(values, closed, "private-vlan", ADVERTISE, PRIVATE_IMPORT, PRIVATE_EXPORT);
        without(values, open, "microsoft-vlan", MICROSOFT_IMPORT, MICROSOFT_EXPORT);
        Optional<Port> primary = port(PRIMARY, values, encapsulation);
        Optional<Port> secondary = port(SECONDARY, values, encapsulation);
        if (encapsulation == Encapsulation.VXLAN && primary.flatMap(Port::vxlan).map(VxlanEnd::port).filter(port -> secondary.flatMap(Port::vxlan).filter(end -> end.port() == port).isPresent()).isPresent()) {
            values.problem(SECONDARY.udp().name(), "TMB-CFG-011 is the primary link's too; the kernel takes a VXLAN's number once for a port");
        }
        boolean sameWire = primary.isPresent() && secondary.isPresent() && encapsulation != Encapsulation.VXLAN && primary.get().interfaceName().equals(secondary.get().interfaceName())
                && primary.get().outerVlan().equals(secondary.get().outerVlan());
        if (sameWire) {
            values.problem(SECONDARY.port().name(), "TMB-CFG-011 " + secondary.get().interfaceName() + " is the primary link's too, with the same tags; each link has a port or an outer tag of its own");
        }
        BfdWord bfd = values.need(BFD);
        return new Node(encapsulation, values.need(OUTER), primary, secondary, values.needInt(MTU), values.getInt(MSS).map(OptionalInt::of).orElse(OptionalInt.empty()),
                bfd == BfdWord.OFF ? Optional.empty() : Optional.of(new Bfd(bfd == BfdWord.STRICT, values.needInt(BFD_INTERVAL), values.needInt(BFD_MULTIPLIER))),
                new Routes(values.get(ADVERTISE).orElse(List.of()), values.get(PRIVATE_IMPORT).orElse(List.of()), values.get(PRIVATE_EXPORT).orElse(List.of())),
                new Routes(List.of(), values.get(MICROSOFT_IMPORT).orElse(List.of()), values.get(MICROSOFT_EXPORT).orElse(List.of())));
    }

    private static void without(Values values, boolean there, String needed, Key<?>... keys) {
        for (Key<?> key : keys) {
            if (!there && values.has(key.name())) {
                values.problem(key.name(), "TMB-CFG-009 has no meaning without " + needed + "; set that and the peering's subnets too");
            }
        }
    }

    private static Optional<Port> port(Ends ends, Values values, Encapsulation encapsulation) {
        Optional<String> name = values.get(ends.port());
        if (name.isEmpty()) {
            return Optional.empty(); // tags and far ends may stand there already: a port that is taken out for a while leaves no mistake
        }
        if (encapsulation == Encapsulation.QINQ && values.get(ends.outer()).isEmpty()) {
            values.problem(ends.outer().name(), "TMB-CFG-005 the key is missing; encapsulation = qinq needs the provider's tag");
        }
        if (encapsulation == Encapsulation.VXLAN && values.get(ends.remote()).isEmpty()) {
            values.problem(ends.remote().name(), "TMB-CFG-005 the key is missing; encapsulation = vxlan needs the far end");
        }
        values.get(ends.remote()).filter(remote -> remote.isUnspecified() || remote.isMulticast() || remote.isLinkLocal()).ifPresent(remote ->
                values.problem(ends.remote().name(), "TMB-CFG-009 " + remote + " is not one far end's; wanted a unicast address"));
        OptionalInt outer = encapsulation == Encapsulation.QINQ ? values.getInt(ends.outer()).map(OptionalInt::of).orElse(OptionalInt.empty()) : OptionalInt.empty();
        Optional<VxlanEnd> vxlan = encapsulation == Encapsulation.VXLAN ? values.get(ends.remote()).map(remote -> new VxlanEnd(remote, values.needInt(ends.udp()))) : Optional.empty();
        return Optional.of(new Port(name.get(), outer, vxlan));
    }
}
