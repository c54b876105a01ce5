package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Part;
import tombolo.api.net.Asn;
import tombolo.api.subinterface.Subinterface;
import tombolo.azure.expressroute.core.CircuitPlan.Action;
import tombolo.azure.expressroute.core.CircuitPlan.Step;
import tombolo.azure.expressroute.core.NodeSide.Change;

/** Adds to a circuit's plan what is to be done on this node. A pure function. */
public final class NodePlanner {
    /** A peer's keys for which its session goes on. */
    private static final Set<String> HARMLESS = Set.of("description", "bfd", "bfd-transmit-interval", "bfd-receive-interval", "bfd-multiplier", "export-limit-ipv4", "export-limit-ipv6",
            "export-limit-warn-percent", "export-limit-aggregate", "export-least-important");
    private static final String HERE = "on this node: ";

    private NodePlanner() { }

    /**
     * @param plan    of what is to be done in Azure
     * @param seen    Azure's answer; empty: there is no such circuit
     * @param own     this node's AS
     * @param applied what the circuit has on this node
     * @return with the node's steps behind Azure's; before them where the circuit is to go
     */
    public static CircuitPlan extend(CircuitPlan plan, CircuitSettings wanted, Optional<CircuitSnapshot> seen, Optional<Asn> own, NodeSide applied) {
        NodeWish wish = NodeWish.of(wanted, seen, own, applied);
        List<Step> here = plan.refusals().isEmpty() ? steps(applied, wish.side()) : List.of();
        List<Step> steps = new ArrayList<>();
        boolean leaves = wanted.state() == CircuitSettings.State.ABSENT;
        steps.addAll(leaves ? here : plan.steps());
        steps.addAll(leaves ? plan.steps() : here);
        List<String> waits = new ArrayList<>(plan.waits());
        waits.addAll(wish.waits());
        List<String> notes = new ArrayList<>(plan.notes());
        notes.addAll(wish.notes());
        return new CircuitPlan(plan.circuit(), steps, plan.refusals(), waits, notes);
    }

    /** Of a circuit whose file is gone: all that it has on this node goes, Azure is left alone. */
    public static CircuitPlan orphan(String circuit, NodeSide applied) {
        return new CircuitPlan(circuit, steps(applied, NodeSide.EMPTY), List.of(), List.of(), List.of("there is no etc/tombolo.expressroute.circuit-" + circuit
                + ".cfg any more: the circuit itself is left as it is in Azure, and is billed on"));
    }

    /** In an order in which each step stands on those before it: sessions end before their interfaces go, filters are there before the sessions that pass them and go behind them. */
    static List<Step> steps(NodeSide is, NodeSide wish) {
        List<Step> steps = new ArrayList<>();
        remove(Contribution.Kind.PEER, Optional.of("the session ends, and its routes go"), is, wish, steps);
        for (Subinterface each : is.links().reversed()) {
            if (wish.link(each.name()).isEmpty()) {
                steps.add(new Step(new Action.OnNode(new Change.RemoveLink(each.name())), HERE + "remove interface " + each.name(), "it is not wanted any more", Optional.empty(),
                        Optional.of("whatever goes over it")));
            }
        }
        wish.links().forEach(each -> is.link(each.name()).ifPresentOrElse(there -> change(there, each, steps), () -> steps.add(new Step(new Action.OnNode(new Change.PutLink(each)),
                HERE + "make interface " + describe(each), "there is none", Optional.empty(), Optional.empty()))));
        wish.parts().forEach(each -> is.part(each.kind(), each.name()).ifPresentOrElse(there -> change(there, each, steps), () -> steps.add(new Step(new Action.OnNode(new Change.PutPart(each)),
                HERE + "add " + describe(each), "there is none", Optional.empty(), Optional.empty()))));
        remove(Contribution.Kind.FILTER, Optional.empty(), is, wish, steps);
        return steps;
    }

    private static void remove(Contribution.Kind kind, Optional<String> cuts, NodeSide is, NodeSide wish, List<Step> steps) {
        is.parts().stream().filter(each -> each.kind() == kind && wish.part(kind, each.name()).isEmpty()).forEach(each ->
                steps.add(new Step(new Action.OnNode(new Change.RemovePart(kind, each.name())), HERE + "remove " + describe(each), "it is not wanted any more", Optional.empty(), cuts)));
    }

    private static void change(Subinterface is, Subinterface wish, List<Step> steps) {
        if (is.equals(wish)) {
            return;
        }
        List<String> reasons = new ArrayList<>();
        boolean cuts = false;
        if (!is.encapsulation().equals(wish.encapsulation())) {
            reasons.add(is.encapsulation().text() + " to " + wish.encapsulation().text());
            cuts = true;
        }
        if (!is.addresses().equals(wish.addresses())) {
            reasons.add(addresses(is) + " to " + addresses(wish));
            cuts |= !wish.addresses().containsAll(is.addresses());
        }
        if (is.mtu() != wish.mtu()) {
            reasons.add("MTU " + is.mtu() + " to " + wish.mtu());
        }
        if (!is.tcpMss().equals(wish.tcpMss())) {
            reasons.add("TCP segments " + segments(is) + " to " + segments(wish));
        }
        steps.add(new Step(new Action.OnNode(new Change.PutLink(wish)), HERE + "change interface " + wish.name(), String.join(", ", reasons), Optional.empty(),
                cuts ? Optional.of("the sessions over it restart") : Optional.empty()));
    }

    private static void change(Part is, Part wish, List<Step> steps) {
        if (is.values().equals(wish.values())) {
            return;
        }
        Set<String> keys = new TreeSet<>(is.values().keySet());
        keys.addAll(wish.values().keySet());
        keys.removeIf(key -> java.util.Objects.equals(is.values().get(key), wish.values().get(key)));
        String reason = String.join(", ", keys.stream().map(key -> key + " " + shown(is.values(), key) + " to " + shown(wish.values(), key)).toList());
        boolean peer = wish.kind() == Contribution.Kind.PEER;
        Optional<String> cuts = !peer ? Optional.of("routes that pass no more are withdrawn, here or there")
                : HARMLESS.containsAll(keys) ? Optional.empty() : Optional.of(Set.of("import", "export").containsAll(keys) ? "routes that pass no more are withdrawn" : "the session restarts");
        steps.add(new Step(new Action.OnNode(new Change.PutPart(wish)), HERE + "change " + describe(wish), reason, Optional.empty(), cuts));
    }

    private static String shown(Map<String, String> values, String key) {
        return values.getOrDefault(key, "none");
    }

    private static String segments(Subinterface link) {
        return link.tcpMss().isPresent() ? "at most " + link.tcpMss().getAsInt() : "as they are";
    }

    static String addresses(Subinterface link) {
        return link.addresses().isEmpty() ? "no address" : String.join(" ", link.addresses().stream().map(each -> each.address() + "/" + each.prefixLength()).toList());
    }

    static String describe(Subinterface link) {
        return link.name() + ": " + link.encapsulation().text() + ", " + addresses(link) + ", MTU " + link.mtu() + (link.tcpMss().isPresent() ? ", TCP segments " + segments(link) : "");
    }

    static String describe(Part part) {
        Map<String, String> values = part.values();
        if (part.kind() != Contribution.Kind.PEER) {
            return "filter " + part.name() + (values.containsKey("rule.30.match.prefix") ? ": " + values.get("rule.30.match.prefix") : "");
        }
        return "BGP session " + part.name() + ": " + values.get("local-address") + " to " + values.get("remote-address") + " AS " + values.get("remote-as")
                + (values.containsKey("bfd") ? ", BFD " + values.get("bfd-transmit-interval") + " ms x " + values.get("bfd-multiplier") : "")
                + ", at most " + values.getOrDefault("export-limit-ipv4", values.getOrDefault("export-limit-ipv6", "-")) + " prefixes" + (values.containsKey("password-file") || values.containsKey("password-env") ? ", MD5" : "");
    }
}
