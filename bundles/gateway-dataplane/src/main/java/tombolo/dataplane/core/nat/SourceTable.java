package tombolo.dataplane.core.nat;

import static tombolo.api.nftables.Statement.destination;
import static tombolo.api.nftables.Statement.family;
import static tombolo.api.nftables.Statement.is;
import static tombolo.api.nftables.Statement.isNot;
import static tombolo.api.nftables.Statement.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import tombolo.api.nat.SourceTranslation;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Chain.Type;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;

/** Services that see containers under another address, as a rule each: there are a few for every network of containers, and none for a container. */
public final class SourceTable {
    private static final int LOCAL = 2; // RTN_LOCAL
    /** Before what is masqueraded (100): the first chain that translates a connection decides. */
    private static final int PRIORITY = 99;

    private SourceTable() { }

    /** Everything; nothing at all where nothing is translated, since chains that translate switch connection tracking on. */
    public static Change complete(Collection<SourceTranslation> all) {
        if (all.isEmpty()) {
            return Change.complete(List.of(), List.of());
        }
        List<Rule> rules = new ArrayList<>();
        for (SourceTranslation one : new TreeSet<>(all)) {
            rules.add(Rule.of("", family(one.server().family()), source(one.from()), destination(Prefix.host(one.server())), is(Field.PROTOCOL, Value.octet(one.protocol().number())),
                    is(Field.DESTINATION_PORT, Value.port(one.port())), isNot(Field.DESTINATION_TYPE, Value.number(LOCAL)), new Statement.Count(), new Statement.SourceNat(one.source())));
        }
        return Change.complete(List.of(Chain.base("sources-postrouting", new Hook(Type.NAT, Point.POSTROUTING, PRIORITY, false), "services that see containers under another address", rules)),
                List.of());
    }
}
