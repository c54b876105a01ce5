package tombolo.ipam.adapter;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.KeyValue;
import tombolo.api.ipam.Borrowed;
import tombolo.api.ipam.PoolUse;
import tombolo.api.ipam.PoolUse.BlockUse;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.Block;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.Keys;
import tombolo.ipam.core.Malformed;
import tombolo.ipam.core.Reservations;
import tombolo.ipam.core.check.StoredState;

/** How full everything is, read from the store. */
final class Usage {
    private Usage() { }

    static List<PoolUse> of(Datastore store, Cluster cluster) {
        List<BlockUse> blocks = new ArrayList<>();
        for (KeyValue entry : store.list(Keys.BLOCKS).entries()) {
            Optional<Prefix> cidr = Keys.blockOf(entry.key());
            try {
                if (cidr.isPresent()) {
                    blocks.add(use(Stored.block(cidr.get(), entry.value()), cluster.reservations()));
                }
            } catch (Malformed _) {
                // ipam:check says so
            }
        }
        blocks.sort(java.util.Comparator.comparing(BlockUse::cidr));
        List<PoolUse> uses = new ArrayList<>();
        for (Cluster.Pool pool : cluster.pools()) {
            List<BlockUse> within = blocks.stream().filter(block -> pool.cidr().covers(block.cidr())).toList();
            blocks.removeAll(within);
            BigInteger total = BigInteger.ONE.shiftLeft(pool.cidr().family().bits() - pool.cidr().length());
            uses.add(new PoolUse(Optional.of(pool.name()), pool.cidr(), total, within));
        }
        for (AddressFamily family : AddressFamily.values()) {
            List<BlockUse> left = blocks.stream().filter(block -> block.cidr().family() == family).toList();
            if (!left.isEmpty()) {
                uses.add(new PoolUse(Optional.empty(), new Prefix(IpAddress.any(family), 0), BigInteger.ZERO, left));
            }
        }
        return uses;
    }

    private static BlockUse use(Block block, Reservations reservations) {
        Reservations here = reservations.within(block.cidr());
        int reserved = 0;
        for (int ordinal = 0; ordinal < block.size() && !here.cidrs().isEmpty(); ordinal++) {
            reserved += here.holds(block.address(ordinal)) ? 1 : 0;
        }
        return new BlockUse(block.cidr(), block.affinity(), block.size(), block.inUse(), reserved, block.free(reservations), block.cooling());
    }

    /** As calicoctl tells them: by the attribute {@code node} of each address. */
    static Borrowed borrowed(StoredState state) {
        List<Borrowed.Address> addresses = new ArrayList<>();
        int unclassified = 0;
        for (StoredState.Held held : state.held()) {
            Map<String, String> attributes = held.attributes();
            String owner = held.affinity().map(text -> text.substring(text.indexOf(':') + 1)).orElse("");
            if (!attributes.containsKey("node")) {
                unclassified++;
            } else if (!attributes.get("node").equals(owner)) {
                String namespace = attributes.getOrDefault("namespace", "");
                boolean machine = attributes.containsKey("vmi");
                boolean pod = attributes.containsKey("pod");
                addresses.add(new Borrowed.Address(held.address(), attributes.get("node"), held.block(), owner, machine ? "vmi" : pod ? "pod" : attributes.getOrDefault("type", ""),
                        machine || pod ? namespace + "/" + attributes.get(machine ? "vmi" : "pod") : ""));
            }
        }
        return new Borrowed(addresses, unclassified);
    }
}
