package tombolo.ipam.core;

import java.util.List;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.net.Prefix;

/** How far a wish came within one transaction. {@link Working} holds what an answer depends on, and nothing of a wish that got no answer. */
public sealed interface Step<T> {
    /** True once the transaction is written. */
    record Answer<T>(T answer) implements Step<T> { }

    /** This much fits into the transaction; the rest follows with the next. */
    record Partly<T>(List<HeldAddress> taken) implements Step<T> { }

    /** Nothing of it fits any more: the next transaction begins with it. */
    record Later<T>() implements Step<T> { }

    /** First this empty block has to be taken from its owner, if its sequence number is still that. */
    record Reclaim<T>(BlockOwner owner, Prefix block, long sequenceNumber) implements Step<T> { }

    /** Before a "no": all blocks have to be read again, unless they were just now. */
    record Stale<T>() implements Step<T> { }
}
