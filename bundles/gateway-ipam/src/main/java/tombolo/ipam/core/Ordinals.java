package tombolo.ipam.core;

import java.math.BigInteger;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** Addresses counted from the start of a block, and blocks counted from the start of a pool. */
public final class Ordinals {
    /** A block of /20 (IPv4) or /116 (IPv6): the largest that Calico knows. */
    public static final int MAX_BLOCK = 4096;

    private Ordinals() { }

    /** Addresses of a block. @throws IllegalArgumentException where it is larger than any block */
    public static int size(Prefix block) {
        int bits = block.family().bits() - block.length();
        if (bits > 12) {
            throw new IllegalArgumentException(block + " is larger than a block: at most " + MAX_BLOCK + " addresses");
        }
        return 1 << bits;
    }

    /** Where an address lies in its block. */
    public static int of(Prefix block, IpAddress address) {
        if (!block.contains(address)) {
            throw new IllegalArgumentException(address + " is not in " + block);
        }
        return (int) (address.lo() - block.address().lo());
    }

    public static IpAddress address(Prefix block, int ordinal) {
        // the block is aligned: no carry beyond its own bits
        return new IpAddress(block.family(), block.address().hi(), block.address().lo() + ordinal);
    }

    /** How many blocks a pool has. */
    public static BigInteger blocks(Prefix pool, int blockSize) {
        return BigInteger.ONE.shiftLeft(Math.max(0, blockSize - pool.length()));
    }

    /** The block of that number. */
    public static Prefix block(Prefix pool, int blockSize, BigInteger index) {
        int shift = pool.family().bits() - blockSize;
        if (pool.family() == AddressFamily.IPV4) {
            return new Prefix(new IpAddress(AddressFamily.IPV4, 0, pool.address().lo() + (index.longValue() << shift)), blockSize);
        }
        BigInteger offset = index.shiftLeft(shift);
        // the pool is aligned: its own bits and those of the offset do not meet
        return new Prefix(IpAddress.v6(pool.address().hi() | offset.shiftRight(64).longValue(), pool.address().lo() | offset.longValue()), blockSize);
    }
}
