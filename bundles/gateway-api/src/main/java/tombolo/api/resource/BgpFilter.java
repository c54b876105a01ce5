package tombolo.api.resource;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;

/** {@code BGPFilter}: the first rule that matches a route decides. No match: accepted on import, the next filter's turn on export. */
public record BgpFilter(List<Rule> exportV4, List<Rule> importV4, List<Rule> exportV6, List<Rule> importV6) implements ResourceSpec {
    public BgpFilter {
        exportV4 = List.copyOf(exportV4);
        importV4 = List.copyOf(importV4);
        exportV6 = List.copyOf(exportV6);
        importV6 = List.copyOf(importV6);
    }

    /**
     * What is set must all match.
     *
     * @param cidr          with {@code matchOperator}: both or neither
     * @param minLength     {@code prefixLength.min}; only with a cidr; empty: the cidr's own length
     * @param maxLength     {@code prefixLength.max}; empty: that of a single address
     * @param remotePeers   {@code source: RemotePeers}: only routes that a BGP peer told us
     * @param interfaceName up to 15 characters, {@code *} as a wildcard inside
     * @param community     {@code communities.values[0]}
     * @param asPathPrefix  the AS path begins with these
     * @param priority      1–2147483646
     * @param operations    with ACCEPT only, in their order
     */
    public record Rule(Optional<Prefix> cidr, Optional<MatchOperator> matchOperator, OptionalInt minLength, OptionalInt maxLength, boolean remotePeers, Optional<String> interfaceName,
                       Optional<PeerType> peerType, Optional<CommunityValue> community, List<Asn> asPathPrefix, OptionalInt priority, Action action, List<Operation> operations) {
        public Rule {
            asPathPrefix = List.copyOf(asPathPrefix);
            operations = List.copyOf(operations);
        }
    }

    public enum MatchOperator { EQUAL, NOT_EQUAL, IN, NOT_IN }

    public enum PeerType { EBGP, IBGP }

    public enum Action { ACCEPT, REJECT }

    /** A change to a route that is accepted. */
    public sealed interface Operation {
        record AddCommunity(CommunityValue value) implements Operation { }

        /** @param prefix 1 to 10; the path then starts with them in this order */
        record PrependAsPath(List<Asn> prefix) implements Operation {
            public PrependAsPath {
                prefix = List.copyOf(prefix);
            }
        }

        /** @param value 1–2147483646 */
        record SetPriority(int value) implements Operation { }
    }
}
