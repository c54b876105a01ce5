package tombolo.bgp.core.rib;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tombolo.api.bgp.SessionUp;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.runtime.StateKeeper.Region;

/**
 * The tables as a region that outlives the bundle: the very arrays, nothing is copied.
 *
 * <pre>
 * a.*            attribute table
 * peers, names   one row a peer: index, session number, decision keys, then for each family its counts and marks
 * IPV4.*, IPV6.* prefix table, path table, first, best
 * IPV4.group.N.* sent, source, members: what the members of an update group were told, and for those behind, of which prefixes that is not sure
 * </pre>
 *
 * Not carried over, since it follows from these: next-hop sets, what the kernel should hold, filters' memories.
 */
final class Handover {
    /** Changes with the meaning of any array; the manifest's Tombolo-State names it too. */
    static final int LAYOUT_VERSION = 1;
    private static final int PEER_COLUMNS = 8;
    private static final int FAMILY_COLUMNS = 9;

    private Handover() { }

    // ---- out ----

    static Region export(RibEngine engine, long baseNanos) {
        Map<String, Long> scalars = new HashMap<>();
        Map<String, Object> tables = new HashMap<>();
        engine.ribs.values().forEach(rib -> rib.export(rib.family + ".", scalars, tables));
        peers(engine, tables);
        scalars.put("base", baseNanos);
        Region attributes = engine.attributes.export();
        scalars.put("a.layout", (long) attributes.layoutVersion());
        attributes.scalars().forEach((name, value) -> scalars.put("a." + name, value));
        attributes.tables().forEach((name, table) -> tables.put("a." + name, table));
        return new Region(LAYOUT_VERSION, scalars, tables);
    }

    private static void peers(RibEngine engine, Map<String, Object> tables) {
        List<long[]> rows = new ArrayList<>();
        List<byte[]> names = new ArrayList<>();
        for (int index = Peer.LOCAL; index < engine.peers.limit(); index++) {
            Peer peer = engine.peers.find(index);
            if (peer == null) {
                continue;
            }
            SessionUp up = peer.up;
            IpAddress address = peer.address;
            long[] row = new long[PEER_COLUMNS + 2 * FAMILY_COLUMNS];
            row[0] = index;
            row[1] = up == null || peer.ended ? 0 : up.sessionNumber();
            row[2] = peer.ibgp ? 1 : 0;
            row[3] = peer.routerId;
            row[4] = address == null ? 0 : address.isIpv4() ? 4 : 6;
            row[5] = address == null ? 0 : address.hi();
            row[6] = address == null ? 0 : address.lo();
            int at = PEER_COLUMNS;
            for (AddressFamily family : AddressFamily.values()) {
                PeerFamily share = peer.family(family);
                long[] values = {share.epoch, share.keepStale ? 1 : 0, share.epochsOpen, share.received, share.accepted, share.best, share.stale,
                    share.endOfRib ? 1 : 0, share.refreshing ? 1 : 0};
                System.arraycopy(values, 0, row, at, FAMILY_COLUMNS);
                at += FAMILY_COLUMNS;
            }
            rows.add(row);
            names.add(peer.name.getBytes(StandardCharsets.UTF_8));
        }
        tables.put("peers", rows.toArray(long[][]::new));
        tables.put("names", names.toArray(byte[][]::new));
    }

    // ---- in ----

    static AttributeTable attributes(Region region) {
        Map<String, Long> scalars = new HashMap<>();
        Map<String, Object> tables = new HashMap<>();
        region.scalars().forEach((name, value) -> {
            if (name.startsWith("a.") && !name.equals("a.layout")) {
                scalars.put(name.substring(2), value);
            }
        });
        region.tables().forEach((name, table) -> {
            if (name.startsWith("a.")) {
                tables.put(name.substring(2), table);
            }
        });
        return AttributeTable.adopt(new Region(Math.toIntExact(scalar(region, "a.layout")), scalars, tables));
    }

    static void adoptPeers(RibEngine engine, Region region) {
        long[][] rows = (long[][]) table(region.tables(), "peers");
        byte[][] names = (byte[][]) table(region.tables(), "names");
        for (int i = 0; i < rows.length; i++) {
            long[] row = rows[i];
            Peer peer = row[0] == Peer.LOCAL ? engine.peers.local() : engine.peers.restore((int) row[0], new String(names[i], StandardCharsets.UTF_8));
            peer.adoptedSession = row[1];
            peer.ibgp = row[2] != 0;
            peer.routerId = (int) row[3];
            peer.address = row[4] == 0 ? null : new IpAddress(row[4] == 4 ? AddressFamily.IPV4 : AddressFamily.IPV6, row[5], row[6]);
            int at = PEER_COLUMNS;
            for (AddressFamily family : AddressFamily.values()) {
                PeerFamily share = peer.family(family);
                share.epoch = (int) row[at];
                share.keepStale = row[at + 1] != 0;
                share.epochsOpen = (int) row[at + 2];
                share.received = (int) row[at + 3];
                share.accepted = (int) row[at + 4];
                share.best = (int) row[at + 5];
                share.stale = (int) row[at + 6];
                share.endOfRib = row[at + 7] != 0;
                share.refreshing = row[at + 8] != 0;
                at += FAMILY_COLUMNS;
            }
        }
    }

    static long scalar(Region region, String name) {
        return scalar(region.scalars(), name);
    }

    static long scalar(Map<String, Long> scalars, String name) {
        return Objects.requireNonNull(scalars.get(name), name);
    }

    static Object table(Map<String, Object> tables, String name) {
        return Objects.requireNonNull(tables.get(name), name);
    }
}
