package tombolo.resources.core;

import static tombolo.resources.core.Forms.words;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyRule;

/** The rules of policies and profiles. Source: {@code api/pkg/apis/projectcalico/v3/policy_common.go} and {@code libcalico-go/lib/validator/v3}. */
final class RuleFields {
    /** Where a rule stands, which decides what it may hold. */
    enum Place { INGRESS, EGRESS }

    static final int MAX_RULES = 1024;
    private static final int MAX_NETS = 256;
    private static final int MAX_PORTS = 50;
    private static final int MAX_HTTP = 20;
    private static final int MAX_PATH_CHARS = 1024;
    private static final Map<String, PolicyRule.Action> ACTIONS = words("Allow", PolicyRule.Action.ALLOW, "Deny", PolicyRule.Action.DENY, "Log", PolicyRule.Action.LOG, "Pass",
            PolicyRule.Action.PASS);

    private RuleFields() { }

    /** @param global whether the policy has no namespace, so that a service must name its own */
    static List<PolicyRule> rules(Fields spec, String name, Place place, boolean global) {
        return spec.objects(name, MAX_RULES, rule -> rule(rule, place, global));
    }

    private static PolicyRule rule(Fields rule, Place place, boolean global) {
        Optional<PolicyRule.Action> action = rule.choice("action", ACTIONS);
        rule.required("action", action.map(Enum::name), "");
        OptionalInt version = rule.smallInteger("ipVersion", 4, 6);
        rule.require(version.isEmpty() || version.getAsInt() != 5, "ipVersion", "wanted 4 or 6");
        Optional<IpProtocol> protocol = rule.parsedScalar("protocol", IpProtocol::parse);
        Optional<IpProtocol> notProtocol = rule.parsedScalar("notProtocol", IpProtocol::parse);
        Optional<PolicyRule.Icmp> icmp = icmp(rule, "icmp");
        Optional<PolicyRule.Icmp> notIcmp = icmp(rule, "notICMP");
        PolicyRule.Entity source = entity(rule, "source", global);
        PolicyRule.Entity destination = entity(rule, "destination", global);
        Optional<PolicyRule.Http> http = rule.object("http").map(RuleFields::http);
        Map<String, String> annotations = rule.object("metadata").map(each -> {
            Map<String, String> read = each.textMap("annotations");
            each.checkRest();
            return read;
        }).orElse(Map.of());
        PolicyRule read = new PolicyRule(action.orElse(PolicyRule.Action.DENY), version, protocol, icmp, notProtocol, notIcmp, source, destination, http, annotations);
        checkProtocol(rule, read);
        checkNets(rule, read);
        checkServices(rule, read, place);
        rule.require(http.isEmpty() || action.orElse(PolicyRule.Action.ALLOW) == PolicyRule.Action.ALLOW, "http", "is only for Allow rules");
        rule.require(http.isEmpty() || place == Place.INGRESS, "http", "is not for egress rules");
        rule.checkRest();
        return read;
    }

    private static void checkProtocol(Fields rule, PolicyRule read) {
        boolean ports = read.protocol().map(IpProtocol::hasPorts).orElse(false) || rule.has("protocol") && read.protocol().isEmpty();
        for (String end : List.of("source", "destination")) {
            for (String name : List.of("ports", "notPorts")) {
                Fields inner = rule.objectOrEmpty(end);
                if (!ports && !inner.object().array(name).isEmpty()) {
                    rule.problem(Fields.RULE, end + "." + name, Fields.show(inner.object().get(name).orElseThrow()), "a rule with ports has protocol TCP, UDP or SCTP");
                }
            }
        }
        rule.require(read.http().isEmpty() || read.protocol().isEmpty() || read.protocol().get().equals(IpProtocol.TCP), "protocol", "a rule with http has protocol TCP or none");
        boolean control = read.protocol().map(each -> each.equals(IpProtocol.ICMP) || each.equals(IpProtocol.ICMPV6)).orElse(false);
        rule.require(read.icmp().isEmpty() || control, "icmp", "needs protocol ICMP or ICMPv6");
        for (Optional<IpProtocol> each : List.of(read.protocol(), read.notProtocol())) {
            rule.require(!each.equals(Optional.of(IpProtocol.ICMP)) || read.ipVersion().orElse(4) == 4, "ipVersion", "must be 4 with protocol ICMP");
            rule.require(!each.equals(Optional.of(IpProtocol.ICMPV6)) || read.ipVersion().orElse(6) == 6, "ipVersion", "must be 6 with protocol ICMPv6");
        }
    }

    private static void checkNets(Fields rule, PolicyRule read) {
        Map<String, List<Prefix>> lists = words("source.nets", read.source().nets(), "source.notNets", read.source().notNets(), "destination.nets", read.destination().nets(),
                "destination.notNets", read.destination().notNets());
        Optional<AddressFamily> seen = Optional.empty();
        for (Map.Entry<String, List<Prefix>> list : lists.entrySet()) {
            for (Prefix net : list.getValue()) {
                if (read.ipVersion().isPresent() && (read.ipVersion().getAsInt() == 4) != (net.family() == AddressFamily.IPV4)) {
                    rule.problem(Fields.RULE, list.getKey(), net.toString(), "is not of the rule's ipVersion " + read.ipVersion().getAsInt());
                }
                if (seen.isPresent() && seen.get() != net.family()) {
                    rule.problem(Fields.RULE, list.getKey(), net.toString(), "one rule has networks of one family only");
                    return;
                }
                seen = Optional.of(net.family());
            }
        }
    }

    private static void checkServices(Fields rule, PolicyRule read, Place place) {
        String wrong = place == Place.EGRESS ? "source" : "destination";
        rule.require(!rule.objectOrEmpty(wrong).has("services"), wrong, "services stand in the destination of egress rules and in the source of ingress rules only");
        rule.require(read.destination().services().isEmpty() || read.destination().ports().isEmpty() && read.destination().notPorts().isEmpty(), "destination",
                "ports and services exclude each other: a service has its own ports");
    }

    private static Optional<PolicyRule.Icmp> icmp(Fields rule, String name) {
        return rule.object(name).map(each -> {
            PolicyRule.Icmp icmp = new PolicyRule.Icmp(each.smallInteger("type", 0, 254), each.smallInteger("code", 0, 255));
            each.require(!each.has("code") || each.has("type"), "code", "needs a type");
            each.checkRest();
            return icmp;
        });
    }

    private static PolicyRule.Entity entity(Fields rule, String name, boolean global) {
        Optional<Fields> there = rule.object(name);
        if (there.isEmpty()) {
            return PolicyRule.Entity.ANY;
        }
        Fields each = there.get();
        Optional<PolicyRule.Service> service = each.object("services").map(inner -> {
            PolicyRule.Service read = new PolicyRule.Service(inner.required("name", inner.text("name", Forms.is(Forms.NAME), Forms.NAME_RULE), "?"),
                    inner.text("namespace", Forms.is(Forms.NAME), Forms.NAME_RULE));
            inner.require(!global || inner.has("namespace"), "namespace", "must be given in a policy without a namespace");
            inner.checkRest();
            return read;
        });
        Optional<PolicyRule.ServiceAccounts> accounts = each.object("serviceAccounts").map(inner -> {
            PolicyRule.ServiceAccounts read = new PolicyRule.ServiceAccounts(inner.texts("names"), inner.parsed("selector", Forms::selector));
            inner.checkRest();
            return read;
        });
        PolicyRule.Entity entity = new PolicyRule.Entity(each.parsedList("nets", MAX_NETS, Prefix::parse), each.parsedList("notNets", MAX_NETS, Prefix::parse),
                each.parsed("selector", Forms::shortSelector), each.parsed("notSelector", Forms::shortSelector), each.parsed("namespaceSelector", Forms::shortSelector),
                each.parsedList("ports", MAX_PORTS, Forms::port), each.parsedList("notPorts", MAX_PORTS, Forms::port), accounts, service);
        each.require(each.object().text("selector").filter(text -> text.contains("global(")).isEmpty(), "selector", "global() stands only in a namespaceSelector");
        each.require(entity.namespaceSelector().filter(selector -> selector.canonical().contains("global()") && !selector.canonical().equals("global()")).isEmpty(), "namespaceSelector",
                "global() stands alone");
        if (service.isPresent()) {
            for (String other : List.of("nets", "notNets", "selector", "notSelector", "namespaceSelector", "serviceAccounts")) {
                each.require(!each.has(other) || each.object().get(other).equals(Optional.of(Json.Arr.EMPTY)), other, "and services exclude each other");
            }
        }
        each.checkRest();
        return entity;
    }

    private static PolicyRule.Http http(Fields each) {
        List<String> methods = each.parsedList("methods", MAX_HTTP, text -> text);
        each.require(new HashSet<>(methods).size() == methods.size(), "methods", "each method stands there once");
        List<PolicyRule.Http.Path> paths = each.objects("paths", MAX_HTTP, inner -> {
            Optional<String> exact = path(inner, "exact");
            Optional<String> prefix = path(inner, "prefix");
            if (inner.has("exact") == inner.has("prefix")) {
                inner.problem(Fields.RULE, "", Fields.show(inner.object()), "wanted either exact or prefix");
            }
            inner.checkRest();
            return new PolicyRule.Http.Path(exact.or(() -> prefix).orElse("/"), prefix.isPresent());
        });
        each.checkRest();
        return new PolicyRule.Http(methods, paths);
    }

    private static Optional<String> path(Fields inner, String name) {
        // RFC 3986 §3.3: a path begins with a slash and ends before a query or a fragment.
        return inner.text(name, text -> text.startsWith("/") && text.length() <= MAX_PATH_CHARS && text.chars().noneMatch(c -> c == '?' || c == '#' || c == ' '),
                "wanted a path of up to " + MAX_PATH_CHARS + " characters that begins with '/' and has no '?', '#' or blank");
    }
}
