package tombolo.api.ipam;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpamConfiguration;

/**
 * Gives out addresses of the cluster's pools and takes them back: a service of gateway-ipam. Any thread but a Loop's; every call may block until its result is
 * durable. Calls that run at once are combined into few transactions. An address is never held twice, whatever fails in between: what is stored changes from
 * one consistent state to the next in single transactions.
 *
 * @see tombolo.api.datastore.DatastoreException thrown where the store cannot do its work; where it says UNKNOWN, release by handle before trying again
 */
public interface Ipam {
    AutoAssignOutcome autoAssign(AutoAssign wish);

    AssignOutcome assign(Assign wish);

    /** @param releases 1 to 100,000; those of one block are released together or not at all */
    ReleaseOutcome release(List<Release> releases);

    /** Gives back all that is held under a handle. @param sequenceNumber leaves alone what was given out under another */
    ReleaseOutcome releaseByHandle(String handle, OptionalLong sequenceNumber);

    /** What is held under a handle, by address. */
    List<HeldAddress> addressesOf(String handle);

    /** Who holds the address; empty: nobody. */
    Optional<HeldAddress> holder(IpAddress address);

    /**
     * Takes blocks from their owner.
     *
     * @param block     empty: all of them
     * @param onlyEmpty leaves those that hold addresses
     */
    AffinityOutcome releaseAffinity(BlockOwner owner, Optional<Prefix> block, boolean onlyEmpty);

    /** The confirmed blocks of an owner, in order. */
    List<Prefix> blocksOf(BlockOwner owner);

    /** By pool, then by block; blocks outside all pools last. */
    List<PoolUse> usage();

    Borrowed borrowed();

    IpamConfiguration configuration();

    /** Changes the configuration that the whole cluster shares. */
    ConfigureOutcome configure(UnaryOperator<IpamConfiguration> change);

    /** Reads all that is stored and compares it with itself and with what is in use. */
    CheckReport check();

    /** Releases every address of a report (see {@link CheckReport#document}) that leaked, and deletes handles that hold nothing. */
    ReportRelease releaseLeaked(List<tombolo.api.json.Json.Obj> reports, boolean force);

    /** Replaces a pool by equal parts. @param parts a power of two, 2 to 1024 @param pool its name or its CIDR */
    SplitOutcome split(int parts, String pool);

    /** What {@link #releaseLeaked} came to. */
    sealed interface ReportRelease {
        /** @param lines as calicoctl prints them */
        record Done(List<String> lines) implements ReportRelease {
            public Done {
                lines = List.copyOf(lines);
            }
        }

        record Refused(Refusal refusal) implements ReportRelease { }
    }

    /** What {@link #split} came to. */
    sealed interface SplitOutcome {
        /** @param pools names and ranges of the new pools, in order */
        record Split(String pool, List<Part> pools) implements SplitOutcome {
            public Split {
                pools = List.copyOf(pools);
            }
        }

        record Part(String name, Prefix cidr) { }

        record Refused(Refusal refusal) implements SplitOutcome { }
    }
}
