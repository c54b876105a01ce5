package tombolo.resources.core;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.json.Json;

/** Tables as calicoctl prints them: columns of at least 5, three blanks between, a blank line behind each table. */
public final class Tables {
    private static final int LEAST_WIDTH = 5;
    private static final int GAP = 3;
    private static final int MAX_LIST_CHARS = 80;

    private Tables() { }

    /** @param asNumber that of the cluster, for nodes that have none of their own */
    public static String print(Kind kind, List<Json.Obj> trees, boolean wide, boolean namespaces, String asNumber) {
        return print(kind, trees, wide ? kind.wide() : kind.columns(), namespaces, asNumber);
    }

    static String print(Kind kind, List<Json.Obj> trees, List<String> chosen, boolean namespaces, String asNumber) {
        List<String> columns = new ArrayList<>(chosen);
        if (namespaces && kind.namespaced()) {
            columns.addFirst("NAMESPACE");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(columns);
        for (Json.Obj tree : trees) {
            rows.add(columns.stream().map(column -> cell(kind, column, tree, asNumber)).toList());
        }
        StringBuilder out = new StringBuilder();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int column = i;
                int width = Math.max(LEAST_WIDTH, rows.stream().mapToInt(each -> each.get(column).codePointCount(0, each.get(column).length())).max().orElse(0) + GAP);
                String cell = row.get(i);
                out.append(cell).repeat(" ", width - cell.codePointCount(0, cell.length()));
            }
            out.append('\n');
        }
        return out.append('\n').toString();
    }

    private static String cell(Kind kind, String column, Json.Obj tree, String asNumber) {
        Json.Obj metadata = Names.metadata(tree);
        Json.Obj spec = tree.object("spec").orElse(Json.Obj.EMPTY);
        String text = switch (column) {
            case "NAME" -> metadata.text("name").orElse("");
            case "NAMESPACE" -> metadata.text("namespace").orElse("");
            case "LOGSEVERITY" -> spec.text("logSeverityScreen").orElse("");
            case "MESHENABLED" -> spec.bool("nodeToNodeMeshEnabled").map(Object::toString).orElse("-");
            case "ASNUMBER" -> spec.get("asNumber").map(Fields::show).orElse("-");
            case "PEERIP" -> spec.text("peerIP").orElse("");
            case "ASN" -> kind.name().equals("Node") ? nodeAsn(spec, asNumber) : spec.get("asNumber").map(Fields::show).orElse("0");
            case "NODE" -> kind.name().equals("BGPPeer") ? filled(spec, "node").or(() -> filled(spec, "nodeSelector")).orElse("(global)") : spec.text("node").orElse("");
            case "IPV4" -> spec.object("bgp").flatMap(bgp -> bgp.text("ipv4Address")).orElse("");
            case "IPV6" -> spec.object("bgp").flatMap(bgp -> bgp.text("ipv6Address")).orElse("");
            case "CIDR" -> spec.text("cidr").orElse("");
            case "NAT" -> truth(spec, "natOutgoing");
            case "IPIPMODE" -> filled(spec, "ipipMode").orElse("Never");
            case "VXLANMODE" -> filled(spec, "vxlanMode").orElse("Never");
            case "DISABLED" -> truth(spec, "disabled");
            case "DISABLEBGPEXPORT" -> truth(spec, "disableBGPExport");
            case "ASSIGNMENTMODE" -> filled(spec, "assignmentMode").orElse("Automatic");
            case "SELECTOR" -> spec.text(kind.name().equals("IPPool") ? "nodeSelector" : "selector").orElse("");
            case "TIER" -> spec.text("tier").orElse("");
            case "ORDER" -> spec.get("order").filter(Json.Num.class::isInstance).map(order -> goFloat(((Json.Num) order).literal())).orElse("<nil>");
            case "NETS" -> truncated(joined(spec, "nets"));
            case "CIDRS" -> truncated(joined(spec, "reservedCIDRs"));
            case "INTERFACE" -> spec.text("interfaceName").orElse("");
            case "IPS" -> joined(spec, "expectedIPs");
            case "PROFILES" -> joined(spec, "profiles");
            case "WORKLOAD" -> filled(spec, "workload").or(() -> filled(spec, "pod")).orElse("");
            case "NETWORKS" -> joined(spec, "ipNetworks");
            case "NATS" -> String.join(",", spec.array("ipNATs").stream().map(nat -> nat instanceof Json.Obj each ? "{" + each.text("internalIP").orElse("") + " "
                    + each.text("externalIP").orElse("") + "}" : "").toList());
            case "LABELS" -> String.join(",", new TreeMap<>(spec.object("labelsToApply").orElse(Json.Obj.EMPTY).members()).entrySet().stream()
                    .map(label -> label.getKey() + "=" + Fields.show(label.getValue())).toList());
            case "NUMEXPORTV4" -> Integer.toString(spec.array("exportV4").size());
            case "NUMIMPORTV4" -> Integer.toString(spec.array("importV4").size());
            case "NUMEXPORTV6" -> Integer.toString(spec.array("exportV6").size());
            case "NUMIMPORTV6" -> Integer.toString(spec.array("importV6").size());
            case "CLASSES" -> joined(spec, "classes");
            case "CLUSTERGUID" -> spec.text("clusterGUID").orElse("");
            case "CLUSTERTYPE" -> spec.text("clusterType").orElse("");
            case "CALICOVERSION" -> spec.text("calicoVersion").orElse("");
            case "DATASTOREREADY" -> spec.bool("datastoreReady").map(Object::toString).orElse("<nil>");
            case "STRICTAFFINITY" -> truth(spec, "strictAffinity");
            case "AUTOALLOCATEBLOCKS" -> Boolean.toString(spec.bool("autoAllocateBlocks").orElse(true));
            case "MAXBLOCKSPERHOST" -> spec.get("maxBlocksPerHost").map(Fields::show).orElse("0");
            case "PODSELECTOR" -> spec.get("podSelector").map(Fields::show).orElse("");
            case "STATE" -> spec.text("state").orElse("");
            case "AFFINITY" -> spec.text("affinity").orElse("");
            case "HANDLEID" -> spec.text("handleID").orElse("");
            default -> "";
        };
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    private static String nodeAsn(Json.Obj spec, String asNumber) {
        return spec.object("bgp").map(bgp -> bgp.get("asNumber").map(Fields::show).orElse("(" + asNumber + ")")).orElse("");
    }

    private static Optional<String> filled(Json.Obj spec, String name) {
        return spec.text(name).filter(text -> !text.isEmpty());
    }

    private static String truth(Json.Obj spec, String name) {
        return Boolean.toString(spec.bool(name).orElse(false));
    }

    private static String joined(Json.Obj spec, String name) {
        return String.join(",", spec.array(name).stream().map(Fields::show).toList());
    }

    private static String truncated(String text) {
        return text.length() > MAX_LIST_CHARS ? text.substring(0, MAX_LIST_CHARS - 3) + "..." : text;
    }

    /** As Go prints a float64: the fewest digits, with an exponent where it is below -4 or from 6 on: a million is {@code 1e+06}. */
    static String goFloat(String literal) {
        BigDecimal value = new BigDecimal(Double.toString(Double.parseDouble(literal)), MathContext.DECIMAL64).stripTrailingZeros();
        if (value.signum() == 0) {
            return "0";
        }
        int exponent = value.precision() - value.scale() - 1;
        if (exponent < -4 || exponent >= 6) {
            String digits = value.unscaledValue().abs().toString();
            String mantissa = digits.length() > 1 ? digits.charAt(0) + "." + digits.substring(1) : digits;
            return (value.signum() < 0 ? "-" : "") + mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
        }
        return value.toPlainString();
    }

    /** What differs between two trees, a line each: {@code spec.natOutgoing: false → true}. */
    public static List<String> differences(Json before, Json after) {
        List<String> lines = new ArrayList<>();
        differences("", before, after, lines);
        return lines;
    }

    private static void differences(String path, Json before, Json after, List<String> lines) {
        if (before.equals(after)) {
            return;
        }
        if (before instanceof Json.Obj(Map<String, Json> old) && after instanceof Json.Obj(Map<String, Json> fresh)) {
            TreeMap<String, Json> names = new TreeMap<>(old);
            names.putAll(fresh);
            names.keySet().forEach(name -> differences(path.isEmpty() ? name : path + "." + name, old.getOrDefault(name, Json.Null.NULL), fresh.getOrDefault(name, Json.Null.NULL), lines));
            return;
        }
        lines.add(path + ": " + (before instanceof Json.Null ? "(none)" : Fields.show(before)) + " → " + (after instanceof Json.Null ? "(none)" : Fields.show(after)));
    }
}
