package tombolo.ipam.core;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.Cluster.Pool;

/**
 * All blocks of a pool, once around, from a place that depends on the node: callers on one node meet in one block, and nodes start far from each other.
 *
 * <p>DEVIATION: the seed is Calico's (FNV-32 of the name; the time for blocks of one address), the generator is not Go's. Where a walk starts is no part of
 * what is stored, and any start is right.
 */
public final class BlockWalk implements Iterator<Prefix> {
    private final Prefix pool;
    private final int blockSize;
    private final BigInteger blocks;
    private BigInteger index;
    private BigInteger returned = BigInteger.ZERO;

    private BlockWalk(Prefix pool, int blockSize, BigInteger blocks, BigInteger start) {
        this.pool = pool;
        this.blockSize = blockSize;
        this.blocks = blocks;
        this.index = start;
    }

    /** @param nanos the time, for blocks of one address: there, meeting in one block would only cost reads */
    public static BlockWalk of(Pool pool, String owner, long nanos) {
        BigInteger blocks = Ordinals.blocks(pool.cidr(), pool.spec().blockSize());
        return new BlockWalk(pool.cidr(), pool.spec().blockSize(), blocks, start(pool, owner, nanos, blocks));
    }

    private static BigInteger start(Pool pool, String owner, long nanos, BigInteger blocks) {
        boolean single = pool.spec().blockSize() == pool.cidr().family().bits();
        SplittableRandom random = new SplittableRandom(single ? nanos : fnv32(owner));
        // the number of blocks is a power of two: so many random bits are uniform
        byte[] bits = new byte[17];
        random.nextBytes(bits);
        bits[0] = 0;
        return new BigInteger(bits).mod(blocks);
    }

    /** FNV-1 with 32 bits: multiply, then exclusive or. */
    static long fnv32(String text) {
        int hash = 0x811c9dc5;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            hash = hash * 0x01000193 ^ octet & 0xff;
        }
        return hash & 0xffff_ffffL;
    }

    /** How many blocks the pool has. */
    public BigInteger blocks() {
        return blocks;
    }

    /** How far behind the start of the walk a block lies: the order of the walk. */
    public BigInteger distance(Prefix block) {
        int shift = pool.family().bits() - blockSize;
        BigInteger offset = unsigned(block).subtract(unsigned(pool)).shiftRight(shift);
        return offset.subtract(index).mod(blocks);
    }

    private static BigInteger unsigned(Prefix prefix) {
        return new BigInteger(1, prefix.address().toBytes());
    }

    /** Goes on as if so many had been returned. */
    void skip(long count) {
        BigInteger steps = BigInteger.valueOf(count).min(blocks);
        index = index.add(steps).mod(blocks);
        returned = returned.add(steps);
    }

    @Override
    public boolean hasNext() {
        return returned.compareTo(blocks) < 0;
    }

    @Override
    public Prefix next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Prefix block = Ordinals.block(pool, blockSize, index);
        index = index.add(BigInteger.ONE);
        if (index.equals(blocks)) {
            index = BigInteger.ZERO;
        }
        returned = returned.add(BigInteger.ONE);
        return block;
    }
}
