package tombolo.policy.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tombolo.api.net.AddressFamily;
import tombolo.api.resource.PolicyRule.Icmp;

/** A compiled rule as a line for people. */
final class RuleWords {
    /** Networks that are written out; of more the number is told. */
    private static final int MOST = 4;

    private RuleWords() { }

    static String of(Model.Rule rule) {
        List<String> words = new ArrayList<>();
        words.add(rule.number() + ": " + rule.action().name().toLowerCase(Locale.ROOT));
        if (rule.families().size() == 1) {
            words.add(rule.families().contains(AddressFamily.IPV4) ? "IPv4" : "IPv6");
        }
        rule.protocol().ifPresent(protocol -> words.add(protocol.toString()));
        rule.notProtocol().ifPresent(protocol -> words.add("not " + protocol));
        rule.icmp().ifPresent(icmp -> words.add(text(icmp)));
        rule.notIcmp().ifPresent(icmp -> words.add("not " + text(icmp)));
        side("from", rule.source(), words);
        side("to", rule.destination(), words);
        return String.join(" ", words);
    }

    private static String text(Icmp icmp) {
        return "type " + icmp.type().orElse(0) + (icmp.code().isPresent() ? " code " + icmp.code().getAsInt() : "");
    }

    private static void side(String word, Model.Side side, List<String> words) {
        List<String> parts = new ArrayList<>();
        side.in().ifPresent(set -> parts.add(set.text()));
        side.notIn().ifPresent(set -> parts.add("not " + set.text()));
        list(side.nets(), "", parts);
        list(side.notNets(), "not ", parts);
        List<Object> ports = new ArrayList<>(side.ports());
        side.namedPorts().forEach(set -> ports.add(set.name()));
        list(ports, "port ", parts);
        List<Object> notPorts = new ArrayList<>(side.notPorts());
        side.notNamedPorts().forEach(set -> notPorts.add(set.name()));
        list(notPorts, "not port ", parts);
        if (!parts.isEmpty()) {
            words.add(word);
            words.add(String.join(" ", parts));
        }
    }

    private static void list(List<?> items, String before, List<String> parts) {
        if (!items.isEmpty()) {
            String text = String.join(",", items.stream().limit(MOST).map(Object::toString).toList());
            parts.add(before + text + (items.size() > MOST ? " and " + (items.size() - MOST) + " more" : ""));
        }
    }
}
