package tombolo.shell.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import tombolo.api.ipam.AffinityOutcome;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.Borrowed;
import tombolo.api.ipam.CheckReport;
import tombolo.api.ipam.ConfigureOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.PoolUse;
import tombolo.api.ipam.Refusal;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpamConfiguration;

class IpamViewsTest {
    private static final IpAddress HELD = IpAddress.parse("10.0.0.1");

    /** One pool with one block, one held address. */
    private static final class OnePool implements Ipam {
        IpamConfiguration configuration = IpamConfiguration.DEFAULT;

        @Override
        public AutoAssignOutcome autoAssign(AutoAssign wish) {
            throw new UnsupportedOperationException();
        }

        @Override
        public AssignOutcome assign(Assign wish) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ReleaseOutcome release(List<Release> releases) {
            IpAddress address = releases.getFirst().address();
            return address.equals(HELD) ? new ReleaseOutcome.Released(List.of(address), List.of()) : new ReleaseOutcome.Released(List.of(), List.of(address));
        }

        @Override
        public ReleaseOutcome releaseByHandle(String handle, OptionalLong sequenceNumber) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<HeldAddress> addressesOf(String handle) {
            return List.of();
        }

        @Override
        public Optional<HeldAddress> holder(IpAddress address) {
            return address.equals(HELD) ? Optional.of(new HeldAddress(HELD, Prefix.parse("10.0.0.0/26"), Optional.of("net.c1"), Map.of("pod", "web", "node", "a"), 7)) : Optional.empty();
        }

        @Override
        public AffinityOutcome releaseAffinity(BlockOwner owner, Optional<Prefix> block, boolean onlyEmpty) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Prefix> blocksOf(BlockOwner owner) {
            return List.of();
        }

        @Override
        public List<PoolUse> usage() {
            return List.of(new PoolUse(Optional.of("default"), Prefix.parse("10.0.0.0/16"), BigInteger.valueOf(65536),
                    List.of(new PoolUse.BlockUse(Prefix.parse("10.0.0.0/26"), Optional.of("host:a"), 64, 1, 0, 63, 0))));
        }

        @Override
        public Borrowed borrowed() {
            return new Borrowed(List.of(new Borrowed.Address(HELD, "b", Prefix.parse("10.0.0.0/26"), "a", "pod", "default/web")), 2);
        }

        @Override
        public IpamConfiguration configuration() {
            return configuration;
        }

        @Override
        public ConfigureOutcome configure(UnaryOperator<IpamConfiguration> change) {
            configuration = change.apply(configuration);
            return new ConfigureOutcome.Configured(configuration);
        }

        @Override
        public CheckReport check() {
            return new CheckReport(List.of("Check complete; found 1 problems."), List.of("  10.0.0.1 belongs to X"), List.of("  10.0.0.1 leaked; attrs Main:h Extra:"), 1, Json.Obj.EMPTY, Map.of("leaked", 1L));
        }

        @Override
        public ReportRelease releaseLeaked(List<Json.Obj> reports, boolean force) {
            return new ReportRelease.Done(List.of("Released 1 IPs successfully"));
        }

        @Override
        public SplitOutcome split(int parts, String pool) {
            return parts == 2 ? new SplitOutcome.Split(pool, List.of(new SplitOutcome.Part("split-" + pool + "-0", Prefix.parse("10.0.0.0/17"))))
                    : new SplitOutcome.Refused(new Refusal(Refusal.Reason.INVALID, "TMB-IPM-070 no"));
        }
    }

    private final OnePool ipam = new OnePool();
    private final Services services = new Services() {
        @Override
        public <T> Optional<T> find(Class<T> type) {
            return type == Ipam.class ? Optional.of(type.cast(ipam)) : Optional.empty();
        }
    };

    private static String text(Document document) {
        return document.text().apply(Screen.PLAIN);
    }

    @Test
    void usageIsCalicoctlsTable() {
        assertEquals("""
                +----------+-------------+-----------+------------+--------------+--------------+-------------+
                | GROUPING | CIDR        | IPS TOTAL | IPS IN USE | IPS RESERVED |     IPS FREE | IPS COOLING |
                +----------+-------------+-----------+------------+--------------+--------------+-------------+
                | IP Pool  | 10.0.0.0/16 |     65536 |     1 (0%) |       0 (0%) | 65535 (100%) |      0 (0%) |
                | Block    | 10.0.0.0/26 |        64 |     1 (2%) |       0 (0%) |     63 (98%) |      0 (0%) |
                +----------+-------------+-----------+------------+--------------+--------------+-------------+
                """, text(IpamViews.usage(services, true)));
    }

    /** As Go's %.5g writes them. */
    @Test
    void numbersHaveFiveDigits() {
        assertEquals("65536", IpamViews.five(new BigDecimal(65536)));
        assertEquals("1.3107e+05", IpamViews.five(new BigDecimal(131072)));
        assertEquals("1e+05", IpamViews.five(new BigDecimal(100000)));
        assertEquals("0", IpamViews.five(BigDecimal.ZERO));
        assertEquals("2.8147e+14", IpamViews.five(new BigDecimal(BigInteger.ONE.shiftLeft(48))));
    }

    @Test
    void anAddressIsShownInCalicoctlsWords() {
        assertEquals("IP 10.0.0.1 is in use\nHandle ID: net.c1\nActive Owner Attributes:\n  node: a\n  pod: web\n", text(IpamViews.address(services, "10.0.0.1")));
        assertEquals("10.0.0.2 is not assigned\n", text(IpamViews.address(services, "10.0.0.2")));
        assertEquals("TMB-SHL-004", assertThrows(Failure.class, () -> IpamViews.address(services, "10.0.0")).code());
    }

    @Test
    void borrowedAddressesAndThoseNobodyCanTell() {
        String text = text(IpamViews.borrowed(services));
        assertTrue(text.contains("| 10.0.0.1 | b              | 10.0.0.0/26 | a           | pod  | default/web  |"), text);
        assertTrue(text.endsWith("Note: found 2 IP allocations without an explicit node association. Unable to determine if they are borrowed.\n"));
    }

    @Test
    void problemsAreShownOnlyWhereAskedFor() {
        assertTrue(!text(IpamViews.check(ipam.check(), false, false)).contains("leaked"));
        assertTrue(text(IpamViews.check(ipam.check(), false, true)).contains("leaked"));
        assertTrue(text(IpamViews.check(ipam.check(), true, false)).contains("belongs to"));
    }

    @Test
    void releaseSaysWhatCalicoctlSays() {
        assertEquals("Successfully released IP address 10.0.0.1\n", text(IpamActions.release(services, "10.0.0.1")));
        assertEquals("TMB-SHL-040 IP address 10.0.0.9 is not assigned.", assertThrows(Failure.class, () -> IpamActions.release(services, "10.0.0.9")).getMessage());
    }

    @Test
    void configureChangesOnlyWhatIsNamed() {
        assertEquals("Successfully set StrictAffinity to: true\nSuccessfully set MaxBlocksPerHost to: 4\n",
                text(IpamActions.configure(services, Optional.of("true"), Optional.of("4"), Optional.empty(), Optional.empty())));
        assertEquals(new IpamConfiguration(true, true, 4, Optional.empty(), 0), ipam.configuration);
        assertThrows(Failure.class, () -> IpamActions.configure(services, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThrows(Failure.class, () -> IpamActions.configure(services, Optional.of("yes"), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThrows(Failure.class, () -> IpamActions.configure(services, Optional.empty(), Optional.of("many"), Optional.empty(), Optional.empty()));
        assertTrue(text(IpamViews.configuration(services)).contains("| StrictAffinity               |  true |") || text(IpamViews.configuration(services)).contains("| StrictAffinity               | true  |"));
    }

    @Test
    void splitNamesThePartsOrWhyNot() {
        assertEquals("IP Pool default was successfully split into 1 smaller pools.\nCreated split-default-0 with CIDR 10.0.0.0/17.\n",
                text(IpamActions.split(services, 2, Optional.empty(), Optional.of("default"))));
        assertThrows(Failure.class, () -> IpamActions.split(services, 3, Optional.empty(), Optional.of("default")));
        assertThrows(Failure.class, () -> IpamActions.split(services, 2, Optional.empty(), Optional.empty()));
    }
}
