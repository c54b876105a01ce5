package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.PeeringSeen;
import tombolo.azure.expressroute.core.Doctor.Link;
import tombolo.azure.expressroute.core.Doctor.Patient;
import tombolo.azure.expressroute.core.Finding.Verdict;
import tombolo.azure.expressroute.core.NodeView.Port;
import tombolo.azure.expressroute.core.NodeView.Sent;
import tombolo.azure.expressroute.core.NodeView.Session;

/** The checks of one link of one peering, and of both together. */
final class LinkDoctor {
    /** What Microsoft's edge has on its interfaces; less on ours makes packets that it sends too long. */
    private static final int EDGE_MTU = 1_500;
    /** What the gateway of a virtual network lets through without a fragment. */
    private static final int GATEWAY_BYTES = 1_400;
    /** Longer lists are cut. */
    private static final int SHOWN = 5;

    private LinkDoctor() { }

    static List<Finding> link(Patient patient, Kind kind, Link link) {
        Optional<PeeringSeen> peering = patient.seen().flatMap(circuit -> circuit.peering(kind));
        Optional<Prefix> subnet = peering.flatMap(seen -> PeeringSeen.prefix(link == Link.PRIMARY ? seen.primary() : seen.secondary()));
        if (peering.isEmpty() || subnet.isEmpty()) {
            return List.of();
        }
        String where = kind.word() + ", " + link.name().toLowerCase(Locale.ROOT) + " link: ";
        List<Finding> findings = new ArrayList<>();
        if (patient.node().ports().isEmpty()) {
            findings.add(new Finding(3, where + "interface", Verdict.UNKNOWN, subnet.get().toString(), "gateway-dataplane does not answer", "start gateway-dataplane"));
        } else {
            port(patient, peering.get(), subnet.get(), where, findings);
        }
        arp(patient, kind, link, subnet.get(), where, findings);
        session(patient, kind, peering.get(), subnet.get(), where, findings);
        // IPv6 shares the interface and has a session of its own.
        PeeringSeen.prefix(link == Link.PRIMARY ? peering.get().primary6() : peering.get().secondary6()).ifPresent(ipv6 -> session(patient, kind, peering.get(), ipv6, where + "IPv6 ", findings));
        return findings;
    }

    private static void port(Patient patient, PeeringSeen peering, Prefix subnet, String where, List<Finding> findings) {
        Optional<Port> port = patient.node().port(subnet);
        IpAddress ours = PeeringRules.ours(subnet);
        if (port.isEmpty()) {
            findings.add(new Finding(14, where + "interface", Verdict.BAD, ours + " is this side's", "no interface has an address of " + subnet, "build the link: VLAN " + peering.vlan() + ", address " + ours + "/"
                    + subnet.length()));
            return;
        }
        Port found = port.get();
        boolean right = found.addresses().stream().anyMatch(each -> each.address().equals(ours));
        boolean swapped = found.addresses().stream().anyMatch(each -> each.address().equals(PeeringRules.microsofts(subnet)));
        findings.add(new Finding(6, where + "ends of the subnet", right ? Verdict.GOOD : Verdict.BAD, "ours " + ours + ", Microsoft's " + PeeringRules.microsofts(subnet),
                found.name() + " has " + found.addresses().stream().filter(each -> subnet.contains(each.address())).map(each -> each.address().toString()).sorted().toList(),
                right ? "" : swapped ? "the ends are swapped: Microsoft has the second address; give " + found.name() + " " + ours : "give " + found.name() + " the address " + ours));
        if (found.vlan().isPresent()) {
            boolean same = found.vlan().getAsInt() == peering.vlan();
            findings.add(new Finding(3, where + "VLAN", same ? Verdict.GOOD : Verdict.BAD, String.valueOf(peering.vlan()), found.vlan().getAsInt() + " on " + found.name(),
                    same ? "" : "make the interface with VLAN " + peering.vlan() + ", or er:apply " + patient.wanted().name() + " with the right private-vlan or microsoft-vlan"));
        } else {
            findings.add(new Finding(3, where + "VLAN", Verdict.UNKNOWN, String.valueOf(peering.vlan()), found.name() + " has no tag that the kernel tells",
                    "where another device sets the tag, compare it with VLAN " + peering.vlan()));
        }
        boolean up = found.up() && found.carrier();
        findings.add(new Finding(14, where + "carrier", up ? Verdict.GOOD : Verdict.BAD, "-", found.name() + (found.up() ? found.carrier() ? " is up" : " has no carrier" : " is down"),
                up ? "" : "bring " + found.name() + " up; without carrier: cable, optics, the provider's port"));
        findings.add(new Finding(16, where + "MTU", found.mtu() >= EDGE_MTU ? Verdict.GOOD : Verdict.WARN, EDGE_MTU + " at the edge; a gateway passes " + GATEWAY_BYTES + " bytes and no fragments",
                found.mtu() + " on " + found.name(), found.mtu() >= EDGE_MTU ? "" : "raise the MTU of " + found.name() + " to " + EDGE_MTU + ", or clamp TCP's MSS for what goes over it"));
    }

    /** Azure's ARP table has two entries of a link: the edge's own, and ours if it has answered. */
    private static void arp(Patient patient, Kind kind, Link link, Prefix subnet, String where, List<Finding> findings) {
        Optional<List<EdgeTables.Arp>> table = patient.tables(kind, link).arp();
        String ours = PeeringRules.ours(subnet).toString();
        Optional<Port> port = patient.node().port(subnet);
        String node = port.map(each -> each.name() + (each.up() && each.carrier() ? " is up" : " is not usable")).orElse("no interface of " + subnet);
        if (table.isEmpty()) {
            findings.add(new Finding(4, where + "ARP", Verdict.UNKNOWN, "the table could not be had", node, "er:arp " + patient.wanted().name() + " says why"));
            return;
        }
        Optional<EdgeTables.Arp> entry = table.get().stream().filter(each -> each.address().equals(ours)).findFirst();
        if (entry.filter(EdgeTables.Arp::complete).isPresent()) {
            findings.add(new Finding(4, where + "ARP", Verdict.GOOD, ours + " is at " + entry.get().mac(), node, ""));
        } else {
            boolean edge = table.get().stream().anyMatch(each -> each.where().equalsIgnoreCase("Microsoft"));
            findings.add(new Finding(4, where + "ARP", Verdict.BAD, entry.isPresent() ? ours + " is Incomplete" : edge ? "only Microsoft's own entry" : "the table is empty", node,
                    "no frame of ours reaches the edge with the right tags: the provider's outer tag (S-tag) and VLAN as the inner one; a switch on the way that strips or replaces one is the usual cause."
                            + (edge ? "" : " An empty table means that the provider has not built the link's layer 2")));
        }
    }

    private static void session(Patient patient, Kind kind, PeeringSeen peering, Prefix subnet, String where, List<Finding> findings) {
        IpAddress neighbour = PeeringRules.microsofts(subnet);
        if (patient.node().sessions().isEmpty()) {
            findings.add(new Finding(5, where + "BGP", Verdict.UNKNOWN, "Microsoft is " + neighbour, "gateway-bgp-session does not answer", "start gateway-bgp-session"));
            return;
        }
        Optional<Session> found = patient.node().session(neighbour);
        if (found.isEmpty()) {
            boolean swapped = patient.node().session(PeeringRules.ours(subnet)).isPresent();
            findings.add(new Finding(swapped ? 6 : 14, where + "BGP", Verdict.BAD, "Microsoft is " + neighbour, swapped ? "the neighbour is set to " + PeeringRules.ours(subnet) + ", our own end" : "no neighbour of that address",
                    "set a BGP peer with remote-address = " + neighbour + " and remote-as = " + CircuitSettings.MICROSOFT));
            return;
        }
        Session session = found.get();
        findings.add(new Finding(14, where + "BGP", session.established() ? Verdict.GOOD : Verdict.BAD, "Microsoft is " + neighbour, session.peer() + " is " + session.state()
                + (session.detail().isEmpty() ? "" : ": " + session.detail()), session.established() ? "" : "mend what stands above and below; bgp:peer " + session.peer() + " says more"));
        boolean localAs = session.localAs().value() == peering.peerAsn();
        findings.add(new Finding(5, where + "our AS", localAs ? Verdict.GOOD : Verdict.BAD, "peer-asn " + peering.peerAsn(), session.localAs().toString(),
                localAs ? "" : "set local-as = " + peering.peerAsn() + " for " + session.peer() + ", or change peer-asn"));
        long azureAs = peering.azureAsn() == 0 ? CircuitSettings.MICROSOFT.value() : peering.azureAsn();
        boolean remoteAs = session.remoteAs().value() == azureAs;
        findings.add(new Finding(5, where + "Microsoft's AS", remoteAs ? Verdict.GOOD : Verdict.BAD, String.valueOf(azureAs), session.remoteAs().toString(),
                remoteAs ? "" : "set remote-as = " + azureAs + " for " + session.peer()));
        findings.add(md5(patient, kind, peering, session, where));
        findings.add(bfd(session, where));
        if (session.limited() && !session.established()) {
            int limit = CircuitLimits.prefixes(CircuitLimits.tier(patient.seen().map(CircuitSnapshot::tier).orElse("")), kind == Kind.MICROSOFT, subnet.address().isIpv4());
            findings.add(new Finding(2, where + "prefix limit", Verdict.BAD, "at most " + limit, "Microsoft has ended the session: maximum number of prefixes reached",
                    "advertise fewer (prefix-aggregate, prefix-least-important), or go to premium; Microsoft takes the session again once it is below the limit"));
        }
        session.advertised().ifPresentOrElse(sent -> sent(patient, kind, peering, sent, where, findings), () ->
                findings.add(new Finding(2, where + "prefixes", Verdict.UNKNOWN, "-", "gateway-bgp does not answer", "start gateway-bgp")));
    }

    /** Keys cannot be compared: ARM does not tell them. Whether there is one on either side can be, as far as it is said. */
    private static Finding md5(Patient patient, Kind kind, PeeringSeen peering, Session session, String where) {
        boolean file = patient.wish(kind).flatMap(Peering::sharedKey).isPresent();
        String azure = peering.keySaid() ? "a key is set" : file ? "not said; the file has one" : "not said";
        String node = session.md5() ? "a key is set" : "no key";
        boolean keyThere = peering.keySaid() || file;
        if (keyThere && !session.md5()) {
            return new Finding(5, where + "MD5", Verdict.BAD, azure, node, "set password-file of " + session.peer() + " to the same key");
        }
        if (!keyThere && session.md5() && !session.established()) {
            return new Finding(5, where + "MD5", Verdict.WARN, azure, node, "if Azure has no key, the session cannot come up: set the key of the peering and er:apply, or remove the one here");
        }
        return session.md5() && !session.established() ? new Finding(5, where + "MD5", Verdict.WARN, azure, node + "; whether it is the same cannot be told", "set it anew on both sides")
                : new Finding(5, where + "MD5", Verdict.GOOD, azure, node, "");
    }

    private static Finding bfd(Session session, String where) {
        String hold = session.holdSeconds().isPresent() ? "; without BFD a silent failure is noticed in " + session.holdSeconds().getAsInt() + " s" : "";
        String azure = "on for peerings made since 2018 (private) and 2020 (Microsoft)";
        if (session.bfd().isEmpty()) {
            return new Finding(13, where + "BFD", Verdict.UNKNOWN, azure, "gateway-bfd does not answer" + hold, "start gateway-bfd");
        }
        return switch (session.bfd().get()) {
            case OFF -> new Finding(13, where + "BFD", Verdict.WARN, azure, "off" + hold, "switch BFD on for " + session.peer() + "; an older peering must be reset in Azure first");
            // Without a session there is nothing that BFD could watch yet.
            case DOWN -> session.established() ? new Finding(13, where + "BFD", Verdict.WARN, azure, "on, and the edge does not answer" + hold,
                    "reset the peering in Azure if it is older; bfd:show tells what is heard") : new Finding(13, where + "BFD", Verdict.GOOD, azure, "on, and waits for the session", "");
            case UP -> new Finding(13, where + "BFD", Verdict.GOOD, azure, "up", "");
        };
    }

    private static void sent(Patient patient, Kind kind, PeeringSeen peering, List<Sent> sent, String where, List<Finding> findings) {
        boolean microsoft = kind == Kind.MICROSOFT;
        for (boolean ipv4 : new boolean[] {true, false}) {
            List<Prefix> prefixes = sent.stream().map(Sent::prefix).filter(prefix -> prefix.address().isIpv4() == ipv4).toList();
            long count = prefixes.size();
            int limit = CircuitLimits.prefixes(CircuitLimits.tier(patient.seen().map(CircuitSnapshot::tier).orElse("")), microsoft, ipv4);
            if (ipv4 || count > 0) {
                boolean near = count * 100 >= (long) limit * patient.wanted().budget().warnPercent();
                findings.add(new Finding(2, where + (ipv4 ? "IPv4" : "IPv6") + " prefixes", count > limit ? Verdict.BAD : near ? Verdict.WARN : Verdict.GOOD, "at most " + limit, count + " advertised",
                        count > limit ? "Microsoft has ended the session or will: advertise fewer, aggregate, or go to premium; " + budget(prefixes, limit, patient) : near ? "aggregate, or go to premium, before the limit is reached" : ""));
            }
        }
        List<String> defaults = sent.stream().map(Sent::prefix).filter(prefix -> prefix.length() == 0).map(Prefix::toString).sorted().toList();
        findings.add(defaults.isEmpty() ? new Finding(12, where + "default route", Verdict.GOOD, "-", "none advertised", "")
                : new Finding(12, where + "default route", microsoft ? Verdict.BAD : Verdict.WARN, microsoft ? "refused" : "all traffic of the virtual networks comes here (forced tunnelling)",
                String.join(" ", defaults) + " advertised", microsoft ? "do not advertise it here" : "keep it only if it is meant: Windows activation and platform services then leave by this site, and when it is"
                + " withdrawn Azure goes back to the Internet by itself"));
        if (microsoft) {
            Set<Long> hidden = new TreeSet<>();
            sent.forEach(each -> each.path().stream().filter(as -> Asn.isPrivate(as)).forEach(hidden::add));
            findings.add(hidden.isEmpty() ? new Finding(10, where + "prepends", Verdict.GOOD, "-", "no private AS in the paths", "")
                    : new Finding(10, where + "prepends", Verdict.WARN, "private AS numbers are taken out", "paths with " + hidden, "prepend " + peering.peerAsn() + " or another public AS; these prepends count for nothing"));
            Map<Prefix, String> others = patient.node().elsewhere().orElse(Map.of());
            List<String> both = sent.stream().map(Sent::prefix).filter(others::containsKey).sorted().map(prefix -> prefix + " to " + others.get(prefix)).toList();
            findings.add(patient.node().elsewhere().isEmpty() ? new Finding(11, where + "the same prefix elsewhere", Verdict.UNKNOWN, "-", "gateway-bgp does not say what each of the other neighbours is told",
                    "start gateway-bgp; where it is busy, er:doctor " + patient.wanted().name() + " again") : both.isEmpty() ? new Finding(11, where + "the same prefix elsewhere", Verdict.GOOD, "-", "none", "")
                    : new Finding(11, where + "the same prefix elsewhere", Verdict.WARN, "answers may come by the Internet", shown(both), "translate what goes to Microsoft to addresses of its own, or advertise more specific ones here"));
        }
    }

    /** What the settings of the file would make of it. */
    private static String budget(List<Prefix> prefixes, int limit, Patient patient) {
        PrefixBudget.Outcome outcome = PrefixBudget.of(prefixes, limit, patient.wanted().budget(), "");
        return "within the limit by prefix-aggregate and prefix-least-important of the file: " + (outcome.aggregated().isEmpty() ? "" : outcome.aggregated().size() + " aggregates, ")
                + (outcome.heldBack().isEmpty() ? "nothing held back" : outcome.heldBack().size() + " held back: " + shown(outcome.heldBack().stream().map(Prefix::toString).toList()));
    }

    /** What both links must have in common. */
    static List<Finding> bothLinks(Patient patient, Kind kind) {
        Optional<PeeringSeen> peering = patient.seen().flatMap(circuit -> circuit.peering(kind));
        Optional<Prefix> primary = peering.flatMap(seen -> PeeringSeen.prefix(seen.primary()));
        Optional<Prefix> secondary = peering.flatMap(seen -> PeeringSeen.prefix(seen.secondary()));
        if (primary.isEmpty() || secondary.isEmpty() || patient.node().sessions().isEmpty()) {
            return List.of();
        }
        Optional<Session> one = patient.node().session(PeeringRules.microsofts(primary.get()));
        Optional<Session> two = patient.node().session(PeeringRules.microsofts(secondary.get()));
        long up = List.of(one, two).stream().filter(each -> each.filter(Session::established).isPresent()).count();
        List<Finding> findings = new ArrayList<>(List.of(new Finding(14, kind.word() + ": both links", up == 2 ? Verdict.GOOD : up == 1 ? Verdict.WARN : Verdict.BAD, "the SLA wants both", up + " of 2 sessions are up",
                up == 2 ? "" : "bring the other up: Microsoft's maintenance takes one link at a time" + (up == 0 ? "; there is no connection now" : ""))));
        Optional<List<Sent>> sentOne = one.filter(Session::established).flatMap(Session::advertised);
        Optional<List<Sent>> sentTwo = two.filter(Session::established).flatMap(Session::advertised);
        if (sentOne.isPresent() && sentTwo.isPresent()) {
            findings.add(symmetric(kind, sentOne.get(), sentTwo.get()));
        }
        edge(patient, kind).ifPresent(findings::add);
        return findings;
    }

    private static Finding symmetric(Kind kind, List<Sent> one, List<Sent> two) {
        Set<Prefix> first = new HashSet<>(one.stream().map(Sent::prefix).toList());
        Set<Prefix> second = new HashSet<>(two.stream().map(Sent::prefix).toList());
        List<String> only = new ArrayList<>();
        first.stream().filter(prefix -> !second.contains(prefix)).sorted().forEach(prefix -> only.add(prefix + " on primary only"));
        second.stream().filter(prefix -> !first.contains(prefix)).sorted().forEach(prefix -> only.add(prefix + " on secondary only"));
        return only.isEmpty() ? new Finding(1, kind.word() + ": the same on both links", Verdict.GOOD, "-", first.size() + " prefixes on each", "")
                : new Finding(1, kind.word() + ": the same on both links", Verdict.WARN, "answers come back by the link that has the prefix", shown(only),
                "advertise the same on both and choose by AS path; firewalls and NAT with state drop what comes back another way");
    }

    /** The edge's own tables, where they could be had: do both edges have what we think we advertise? */
    private static Optional<Finding> edge(Patient patient, Kind kind) {
        Optional<List<EdgeTables.Route>> one = patient.tables(kind, Link.PRIMARY).routes();
        Optional<List<EdgeTables.Route>> two = patient.tables(kind, Link.SECONDARY).routes();
        if (one.isEmpty() || two.isEmpty()) {
            return Optional.empty();
        }
        Set<String> first = new TreeSet<>(one.get().stream().map(EdgeTables.Route::network).toList());
        Set<String> second = new TreeSet<>(two.get().stream().map(EdgeTables.Route::network).toList());
        List<String> only = new ArrayList<>();
        first.stream().filter(network -> !second.contains(network)).forEach(network -> only.add(network + " on primary only"));
        second.stream().filter(network -> !first.contains(network)).forEach(network -> only.add(network + " on secondary only"));
        return Optional.of(only.isEmpty() ? new Finding(1, kind.word() + ": both edges have the same routes", Verdict.GOOD, first.size() + " on each", "-", "")
                : new Finding(1, kind.word() + ": both edges have the same routes", Verdict.WARN, shown(only), "-", "a prefix that one edge lacks comes back by the other; see er:routes " + patient.wanted().name()));
    }

    private static String shown(List<String> all) {
        return String.join(", ", all.subList(0, Math.min(SHOWN, all.size()))) + (all.size() > SHOWN ? " and " + (all.size() - SHOWN) + " more" : "");
    }
}
