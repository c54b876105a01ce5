package tombolo.dataplane.core.nat;

import static tombolo.api.nftables.Statement.destination;
import static tombolo.api.nftables.Statement.family;
import static tombolo.api.nftables.Statement.in;
import static tombolo.api.nftables.Statement.is;
import static tombolo.api.nftables.Statement.isNot;
import static tombolo.api.nftables.Statement.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tombolo.api.nat.PortMapping.Protocol;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Chain.Type;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Ranges;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;

/**
 * Services that see containers under another address: a rule for each service and each address that it sees, however many containers are meant. Of two ranges that hold
 * a container the smaller decides.
 */
public final class SourceTable {
    private static final int LOCAL = 2; // RTN_LOCAL
    /** Before what is masqueraded (100): the first chain that translates a connection decides. */
    private static final int PRIORITY = 99;

    private SourceTable() { }

    /** @param length of the ranges from which it is said */
    private record Service(int length, IpAddress server, Protocol protocol, int port, IpAddress source) implements Comparable<Service> {
        private static final Comparator<Service> ORDER = Comparator.comparingInt(Service::length).reversed().thenComparing(Service::server).thenComparing(Service::protocol)
                .thenComparing(Service::port).thenComparing(Service::source);

        @Override
        public int compareTo(Service other) {
            return ORDER.compare(this, other);
        }

        /** Such as {@code sources-168.63.129.16-17-53-10.241.0.4-32}; no name has a colon. */
        String set() {
            return "sources-" + (server + "-" + protocol.number() + "-" + port + "-" + source + "-" + length).replace(':', '_');
        }
    }

    /** Everything; nothing at all where nothing is translated, since chains that translate switch connection tracking on. */
    public static Change complete(Collection<SourceTranslation> all) {
        if (all.isEmpty()) {
            return Change.complete(List.of(), List.of());
        }
        Map<Service, List<Prefix>> services = new TreeMap<>();
        for (SourceTranslation one : new TreeSet<>(all)) {
            services.computeIfAbsent(new Service(one.from().length(), one.server(), one.protocol(), one.port(), one.source()), _ -> new ArrayList<>()).add(one.from());
        }
        List<Rule> rules = new ArrayList<>();
        List<NamedSet> sets = new ArrayList<>();
        services.forEach((service, from) -> {
            AddressFamily family = service.server().family();
            boolean v4 = family == AddressFamily.IPV4;
            Statement whose = source(from.getFirst());
            if (from.size() > 1) {
                sets.add(NamedSet.intervals(service.set(), "", List.of(v4 ? DataType.IPV4_ADDRESS : DataType.IPV6_ADDRESS), Ranges.merged(family, from)));
                whose = in(service.set(), v4 ? Field.SOURCE_V4 : Field.SOURCE_V6);
            }
            rules.add(Rule.of("", family(family), whose, destination(Prefix.host(service.server())), is(Field.PROTOCOL, Value.octet(service.protocol().number())),
                    is(Field.DESTINATION_PORT, Value.port(service.port())), isNot(Field.DESTINATION_TYPE, Value.number(LOCAL)), new Statement.Count(), new Statement.SourceNat(service.source())));
        });
        return Change.complete(List.of(Chain.base("sources-postrouting", new Hook(Type.NAT, Point.POSTROUTING, PRIORITY, false), "services that see containers under another address", rules)),
                sets);
    }
}
