package tombolo.api.ipam;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import tombolo.api.net.Prefix;

/**
 * How full a pool is.
 *
 * @param name  empty for the blocks that no pool holds any more
 * @param cidr  of the pool; {@code 0.0.0.0/0} or {@code ::/0} for blocks without one
 * @param total addresses of the pool, in blocks or not
 */
public record PoolUse(Optional<String> name, Prefix cidr, BigInteger total, List<BlockUse> blocks) {
    public PoolUse {
        blocks = List.copyOf(blocks);
    }

    /**
     * How full a block is.
     *
     * @param inUse    held or cooling; @param reserved by an IPReservation; an address can be both
     * @param free     can be given out now
     * @param cooling  released a short while ago, not yet to be given out again
     */
    public record BlockUse(Prefix cidr, Optional<String> affinity, int total, int inUse, int reserved, int free, int cooling) { }
}
