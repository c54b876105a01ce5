package tombolo.config.core;

import java.util.List;
import java.util.Optional;
import tombolo.api.config.FilterSettings.CommunityPattern;
import tombolo.api.config.NetworkSettings;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** {@code tombolo.bgp.network-<name>.cfg}. */
final class NetworkFile {
    private static final Key<Prefix> PREFIX = Key.required("prefix", ValueType.PREFIX, "10.200.0.0/16", "The prefix that this node originates.");
    private static final Key<IpAddress> NEXT_HOP = Key.optional("next-hop", ValueType.ADDRESS, "our own address on each session", "10.200.0.1",
            "The next hop that is advertised; of the family of prefix.");
    private static final Key<Long> MED = Key.optional("med", ValueType.number(0, 0xffff_ffffL), "none", "50",
            "MULTI_EXIT_DISC to attach; the lower is preferred by the neighbour.");
    private static final Key<List<CommunityPattern>> COMMUNITIES = Key.optional("communities", ValueType.listOf(Communities.EXACT, 64), "none",
            "65000:100, rt:65000:1, 65000:1:2",
            "Standard, extended and large communities to attach.");
    private static final Key<Boolean> REQUIRE_ROUTE = Key.defaulting("require-route", ValueType.BOOLEAN, "false",
            "true: the prefix is originated only while the kernel has a route for it that is not ours.");
    static final List<Key<?>> KEYS = List.of(PREFIX, NEXT_HOP, MED, COMMUNITIES, REQUIRE_ROUTE);

    private NetworkFile() { }

    static NetworkSettings build(String name, Values values) {
        Prefix prefix = values.need(PREFIX);
        Optional<IpAddress> nextHop = values.get(NEXT_HOP);
        nextHop.filter(address -> address.family() != prefix.family() || address.isUnspecified() || address.isMulticast()).ifPresent(address ->
                values.problem(NEXT_HOP.name(), "TMB-CFG-009 " + address + " cannot be the next hop of " + prefix
                        + "; wanted a unicast address of the same family"));
        return new NetworkSettings(name, prefix, nextHop, values.get(MED), values.get(COMMUNITIES).orElse(List.of()).stream().map(CommunityPattern::text)
                .toList(),
                values.need(REQUIRE_ROUTE));
    }
}
