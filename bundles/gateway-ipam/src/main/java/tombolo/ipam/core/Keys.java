package tombolo.ipam.core;

import java.util.Optional;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** The layout of Calico's IPAM in etcd ({@code libcalico-go/lib/backend/model}: block.go, block_affinity.go, ipam_handle.go, ipam_config.go). */
public final class Keys {
    public static final KeyPrefix BLOCKS = KeyPrefix.of("/calico/ipam/v2/assignment/");
    public static final KeyPrefix HOST_AFFINITIES = KeyPrefix.of("/calico/ipam/v2/host/");
    public static final KeyPrefix VIRTUAL_AFFINITIES = KeyPrefix.of("/calico/ipam/v2/virtual/");
    public static final KeyPrefix HANDLES = KeyPrefix.of("/calico/ipam/v2/handle/");
    public static final Key CONFIG = Key.of("/calico/ipam/v2/config");
    /** All of the above. */
    public static final KeyPrefix ALL = KeyPrefix.of("/calico/ipam/v2/");
    /** One key for each process that allocates: the number of its last batch, by which it recognises a write whose answer was lost. */
    public static final KeyPrefix WRITERS = KeyPrefix.of("/tombolo/v1/ipam/writers/");

    private Keys() { }

    public static Key block(Prefix cidr) {
        return Key.of(BLOCKS.text() + family(cidr.family()) + "/block/" + dashed(cidr));
    }

    public static Key affinity(BlockOwner owner, Prefix cidr) {
        return Key.of("/calico/ipam/v2/" + owner.kind().word() + "/" + owner.name() + "/" + family(cidr.family()) + "/block/" + dashed(cidr));
    }

    public static Key handle(String id) {
        return Key.of(HANDLES.text() + id);
    }

    /** The block that a key names; empty for another kind of key. */
    public static Optional<Prefix> blockOf(Key key) {
        String[] parts = key.text().split("/", -1);
        // "", calico, ipam, v2, assignment, ipv4, block, 10.0.0.0-26
        return parts.length == 8 && key.startsWith(BLOCKS) && parts[6].equals("block") ? cidr(parts[7], parts[5]) : Optional.empty();
    }

    /** Owner and block of an affinity's key. */
    public record AffinityKey(BlockOwner owner, Prefix cidr) { }

    /** What an affinity's key names; empty for another kind of key. */
    public static Optional<AffinityKey> affinityOf(Key key) {
        String[] parts = key.text().split("/", -1);
        // "", calico, ipam, v2, host, NODE, ipv4, block, 10.0.0.0-26
        if (parts.length != 9 || !key.startsWith(ALL) || !parts[7].equals("block")) {
            return Optional.empty();
        }
        return BlockOwner.parse(parts[4] + ":" + parts[5]).flatMap(owner -> cidr(parts[8], parts[6]).map(cidr -> new AffinityKey(owner, cidr)));
    }

    public static Optional<String> handleOf(Key key) {
        return key.startsWith(HANDLES) && key.text().length() > HANDLES.text().length() ? Optional.of(key.text().substring(HANDLES.text().length())) : Optional.empty();
    }

    private static Optional<Prefix> cidr(String dashed, String family) {
        int dash = dashed.lastIndexOf('-');
        try {
            Prefix cidr = new Prefix(IpAddress.parse(dashed.substring(0, Math.max(0, dash))), Integer.parseInt(dashed.substring(dash + 1)));
            return family.equals(family(cidr.family())) ? Optional.of(cidr) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static String dashed(Prefix cidr) {
        return cidr.address() + "-" + cidr.length();
    }

    private static String family(AddressFamily family) {
        return family == AddressFamily.IPV4 ? "ipv4" : "ipv6";
    }
}
