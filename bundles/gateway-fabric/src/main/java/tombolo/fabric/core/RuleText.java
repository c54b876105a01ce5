package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.api.resource.BgpFilter;
import tombolo.api.resource.BgpFilter.MatchOperator;
import tombolo.api.resource.BgpFilter.Operation;
import tombolo.api.resource.BgpFilter.PeerType;

/** Writes the rules of one filter in the keys of {@code tombolo.bgp.filter-<name>.cfg}. */
final class RuleText {
    /** Calico's priority of a route is a kernel metric, told to other nodes as this minus it (confd: {@code BirdIntMaxValue}). */
    static final long PREFERENCE_OF_PRIORITY_ZERO = 2_147_483_647L;
    private static final int STEP = 10;
    private static final int MAX_PREPENDED = 25;

    private final Map<String, String> keys = new TreeMap<>();
    private int number;

    static long preference(long priority) {
        return PREFERENCE_OF_PRIORITY_ZERO - priority;
    }

    static String within(Prefix prefix) {
        return within(prefix, prefix.length());
    }

    /** Everything in the prefix from a length on. */
    static String within(Prefix prefix, int least) {
        return prefix + " ge " + least + " le " + prefix.family().bits();
    }

    static String list(Collection<String> items) {
        return items.stream().distinct().collect(Collectors.joining(", "));
    }

    /** @param settings pairs of a key behind {@code rule.<n>.} and its value */
    void rule(String action, String... settings) {
        Map<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            pairs.put(settings[i], settings[i + 1]);
        }
        rule(action, pairs);
    }

    private void rule(String action, Map<String, String> settings) {
        number += STEP;
        settings.forEach((key, value) -> keys.put("rule." + number + "." + key, value));
        keys.put("rule." + number + ".action", action);
    }

    Map<String, String> done(String byDefault) {
        keys.put("default", byDefault);
        return Map.copyOf(keys);
    }

    /** @param internal whether the session is iBGP, by which {@code peerType} is decided here and now */
    void rule(String filter, BgpFilter.Rule rule, boolean internal, Notes notes) {
        if (rule.peerType().filter(type -> (type == PeerType.IBGP) != internal).isPresent()) {
            return;
        }
        boolean rejects = rule.action() == BgpFilter.Action.REJECT;
        if (rule.interfaceName().isPresent()) {
            notes.add("TMB-FAB-014 BGPFilter(" + filter + ") matches the interface " + rule.interfaceName().get() + ", which is not known of a route here; "
                    + (rejects ? "the rule rejects what else it matches on every interface" : "the rule accepts nothing"));
            if (!rejects) {
                return;
            }
        }
        Map<String, String> settings = new TreeMap<>();
        if (rule.cidr().isPresent() && !prefix(rule, settings)) {
            return; // no prefix has such a length
        }
        if (rule.remotePeers()) {
            settings.put("match.source", "peers");
        }
        rule.community().ifPresent(community -> settings.put("match.community", community.toString()));
        if (!rule.asPathPrefix().isEmpty()) {
            settings.put("match.as-path", "^" + rule.asPathPrefix().stream().map(Asn::toString).collect(Collectors.joining("_")) + "_");
        }
        rule.priority().ifPresent(priority -> settings.put("match.local-preference", Long.toString(preference(priority))));
        if (!rejects) {
            operations(filter, rule.operations(), settings, notes);
        }
        rule(rejects ? "reject" : "accept", settings);
    }

    private static boolean prefix(BgpFilter.Rule rule, Map<String, String> settings) {
        Prefix cidr = rule.cidr().orElseThrow();
        MatchOperator operator = rule.matchOperator().orElse(MatchOperator.EQUAL);
        if (operator == MatchOperator.EQUAL || operator == MatchOperator.NOT_EQUAL) {
            settings.put(operator == MatchOperator.EQUAL ? "match.prefix" : "match.not-prefix", cidr.toString());
            return true;
        }
        int least = Math.max(cidr.length(), rule.minLength().orElse(0));
        int most = Math.min(cidr.family().bits(), rule.maxLength().orElse(cidr.family().bits()));
        if (least <= most) {
            settings.put(operator == MatchOperator.IN ? "match.prefix" : "match.not-prefix", cidr + " ge " + least + " le " + most);
            return true;
        }
        return operator == MatchOperator.NOT_IN;
    }

    private static void operations(String filter, List<Operation> operations, Map<String, String> settings, Notes notes) {
        List<String> communities = new ArrayList<>();
        List<Asn> path = new ArrayList<>();
        Optional<Integer> priority = Optional.empty();
        for (Operation operation : operations) {
            switch (operation) {
                case Operation.AddCommunity(var value) -> communities.add(value.toString());
                case Operation.PrependAsPath(List<Asn> prefix) -> path.addAll(0, prefix); // the later one stands before the earlier
                case Operation.SetPriority(int value) -> priority = Optional.of(value);
            }
        }
        if (!communities.isEmpty()) {
            settings.put("set.community.add", list(communities));
        }
        if (path.size() > MAX_PREPENDED) {
            notes.add("TMB-FAB-014 BGPFilter(" + filter + ") puts " + path.size() + " AS numbers before a path; the first " + MAX_PREPENDED + " are used");
        }
        if (!path.isEmpty()) {
            settings.put("set.prepend-path", path.stream().limit(MAX_PREPENDED).map(Asn::toString).collect(Collectors.joining(" ")));
        }
        priority.ifPresent(value -> settings.put("set.local-preference", Long.toString(preference(value))));
    }
}
