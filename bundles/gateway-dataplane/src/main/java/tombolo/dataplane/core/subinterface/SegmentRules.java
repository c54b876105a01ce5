package tombolo.dataplane.core.subinterface;

import static tombolo.api.nftables.Statement.family;
import static tombolo.api.nftables.Statement.is;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tombolo.api.net.AddressFamily;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Chain.Type;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Statement.Operator;
import tombolo.api.nftables.Value;
import tombolo.api.subinterface.Subinterface;

/**
 * Rules that lower TCP's largest segments over interfaces that ask for it. Both directions: what either end says in its SYN is what the other sends. Forwarded packets
 * and this node's own alike, behind routing on the way out and before it on the way in.
 */
public final class SegmentRules {
    private static final int TCP = 6;
    private static final int SYN = 2;
    /** An IPv6 header is 40 bytes, one of IPv4 20. */
    private static final int LONGER_HEADER = 20;
    /** nft's mangle. */
    private static final int PRIORITY = -150;

    private SegmentRules() { }

    /** Everything; nothing at all where no interface asks for it. */
    public static Change of(List<Subinterface> links) {
        Map<String, Integer> most = new TreeMap<>();
        links.forEach(link -> link.tcpMss().ifPresent(mss -> most.put(link.name(), mss)));
        if (most.isEmpty()) {
            return Change.complete(List.of(), List.of());
        }
        return Change.complete(List.of(chain("segments-in", Point.PREROUTING, Field.INPUT_INTERFACE, most), chain("segments-out", Point.POSTROUTING, Field.OUTPUT_INTERFACE, most)), List.of());
    }

    private static Chain chain(String name, Point point, Field side, Map<String, Integer> most) {
        List<Rule> rules = new ArrayList<>();
        most.forEach((link, mss) -> {
            for (AddressFamily family : AddressFamily.values()) {
                rules.add(Rule.of("", is(side, Value.interfaceName(link)), family(family), is(Field.PROTOCOL, Value.octet(TCP)),
                        new Statement.Masked(Field.TCP_FLAGS, Value.octet(SYN), Operator.NOT_EQUAL, Value.octet(0)),
                        new Statement.LowerSegments(family == AddressFamily.IPV4 ? mss : mss - LONGER_HEADER)));
            }
        });
        return Chain.base(name, new Hook(Type.FILTER, point, PRIORITY, false), "TCP's segments over circuits", rules);
    }
}
