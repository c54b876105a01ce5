package tombolo.shell.core;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tombolo.api.ipam.Borrowed;
import tombolo.api.ipam.CheckReport;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.PoolUse;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpamConfiguration;

/** What {@code ipam:show} and {@code ipam:check} print: calicoctl's tables and words. */
public final class IpamViews {
    private static final MathContext FIVE_DIGITS = new MathContext(5, RoundingMode.HALF_EVEN);

    private IpamViews() { }

    // ---- ipam:show

    public static Document usage(Services services, boolean blocks) {
        List<PoolUse> pools = services.need(Ipam.class).usage();
        List<List<String>> rows = new ArrayList<>();
        List<Map<String, Object>> json = new ArrayList<>();
        for (PoolUse pool : pools) {
            Sums sums = Sums.of(pool);
            if (pool.name().isPresent()) {
                rows.add(row("IP Pool", pool.cidr().toString(), sums));
            }
            List<Map<String, Object>> inPool = new ArrayList<>();
            for (PoolUse.BlockUse block : pool.blocks()) {
                Sums of = new Sums(BigInteger.valueOf(block.total()), block.inUse(), block.reserved(), BigInteger.valueOf(block.free()), block.cooling());
                if (blocks) {
                    rows.add(row("Block", block.cidr().toString(), of));
                }
                Map<String, Object> map = json(block.cidr().toString(), of);
                map.put("affinity", block.affinity());
                inPool.add(map);
            }
            Map<String, Object> map = json(pool.cidr().toString(), sums);
            map.put("name", pool.name());
            if (blocks) {
                map.put("blocks", inPool);
            }
            json.add(map);
        }
        return new Document(Text.map("pools", json), _ -> CalicoTable.render(List.of("GROUPING", "CIDR", "IPS TOTAL", "IPS IN USE", "IPS RESERVED", "IPS FREE", "IPS COOLING"), rows, 2));
    }

    private record Sums(BigInteger total, long inUse, long reserved, BigInteger free, long cooling) {
        /** What is not in a block yet is free. */
        static Sums of(PoolUse pool) {
            long inUse = pool.blocks().stream().mapToLong(PoolUse.BlockUse::inUse).sum();
            long reserved = pool.blocks().stream().mapToLong(PoolUse.BlockUse::reserved).sum();
            long cooling = pool.blocks().stream().mapToLong(PoolUse.BlockUse::cooling).sum();
            BigInteger inBlocks = BigInteger.valueOf(pool.blocks().stream().mapToLong(PoolUse.BlockUse::total).sum());
            BigInteger free = pool.total().subtract(inBlocks).max(BigInteger.ZERO).add(BigInteger.valueOf(pool.blocks().stream().mapToLong(PoolUse.BlockUse::free).sum()));
            return new Sums(pool.total().max(inBlocks), inUse, reserved, free, cooling);
        }
    }

    private static Map<String, Object> json(String cidr, Sums sums) {
        return Text.map("cidr", cidr, "total", sums.total(), "inUse", sums.inUse(), "reserved", sums.reserved(), "free", sums.free(), "cooling", sums.cooling());
    }

    private static List<String> row(String grouping, String cidr, Sums sums) {
        return List.of(grouping, cidr, five(new BigDecimal(sums.total())), share(BigInteger.valueOf(sums.inUse()), sums.total()), share(BigInteger.valueOf(sums.reserved()), sums.total()),
                share(sums.free(), sums.total()), share(BigInteger.valueOf(sums.cooling()), sums.total()));
    }

    private static String share(BigInteger count, BigInteger total) {
        int percent = total.signum() == 0 ? 0 : new BigDecimal(count.multiply(BigInteger.valueOf(100))).divide(new BigDecimal(total), 0, RoundingMode.HALF_EVEN).intValue();
        return five(new BigDecimal(count)) + " (" + percent + "%)";
    }

    /** Go's {@code %.5g}: five digits, and an exponent of two digits from 100,000 on. */
    static String five(BigDecimal number) {
        BigDecimal rounded = number.round(FIVE_DIGITS);
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (rounded.signum() == 0 || exponent < 5) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        return rounded.movePointLeft(exponent).stripTrailingZeros().toPlainString() + String.format("e+%02d", exponent);
    }

    public static Document borrowed(Services services) {
        Borrowed borrowed = services.need(Ipam.class).borrowed();
        List<List<String>> rows = borrowed.addresses().stream().map(each -> List.of(each.address().toString(), each.node(), each.block().toString(), each.owner(), each.type(), each.to())).toList();
        List<Object> json = borrowed.addresses().stream().<Object>map(each -> Text.map("ip", each.address().toString(), "borrowingNode", each.node(), "block", each.block().toString(),
                "blockOwner", each.owner(), "type", each.type(), "allocatedTo", each.to())).toList();
        String note = borrowed.unclassified() == 0 ? "" : "\nNote: found " + borrowed.unclassified() + " IP allocations without an explicit node association. Unable to determine if they are borrowed.\n";
        return new Document(Text.map("borrowed", json, "unclassified", borrowed.unclassified()),
                _ -> CalicoTable.render(List.of("IP", "BORROWING-NODE", "BLOCK", "BLOCK OWNER", "TYPE", "ALLOCATED-TO"), rows, 6) + note);
    }

    public static Document address(Services services, String text) {
        IpAddress address = Text.address(text);
        Optional<HeldAddress> holder = services.need(Ipam.class).holder(address);
        if (holder.isEmpty()) {
            return new Document(Text.map("ip", address.toString(), "inUse", false), _ -> address + " is not assigned\n");
        }
        HeldAddress held = holder.get();
        String attributes = held.attributes().isEmpty() ? "No Active Owner attributes defined\n" : held.attributes().entrySet().stream()
                .map(entry -> "  " + Table.clean(entry.getKey() + ": " + entry.getValue()) + "\n").collect(Collectors.joining("", "Active Owner Attributes:\n", ""));
        return new Document(Text.map("ip", address.toString(), "inUse", true, "handle", held.handle(), "block", held.block().toString(), "sequenceNumber",
                Long.toUnsignedString(held.sequenceNumber()), "attributes", held.attributes()),
                _ -> "IP " + address + " is in use\nHandle ID: " + held.handle().map(Table::clean).orElse("<none>") + "\n" + attributes);
    }

    public static Document configuration(Services services) {
        IpamConfiguration configuration = services.need(Ipam.class).configuration();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("StrictAffinity", Boolean.toString(configuration.strictAffinity())));
        rows.add(List.of("AutoAllocateBlocks", Boolean.toString(configuration.autoAllocateBlocks())));
        rows.add(List.of("MaxBlocksPerHost", Integer.toString(configuration.maxBlocksPerHost())));
        rows.add(List.of("KubeVirtVMAddressPersistence", configuration.kubeVirtVmAddressPersistence().map(text -> "\"" + text + "\"").orElse("<nil>")));
        rows.add(List.of("IPCooldownSeconds", Integer.toString(configuration.ipCooldownSeconds())));
        return new Document(Text.map("strictAffinity", configuration.strictAffinity(), "autoAllocateBlocks", configuration.autoAllocateBlocks(), "maxBlocksPerHost",
                configuration.maxBlocksPerHost(), "kubeVirtVMAddressPersistence", configuration.kubeVirtVmAddressPersistence(), "ipCooldownSeconds", configuration.ipCooldownSeconds()),
                _ -> CalicoTable.render(List.of("PROPERTY", "VALUE"), rows, 2));
    }

    // ---- ipam:check

    /** @param wholeReport also every address; @param problems also what is wrong, line by line */
    public static Document check(CheckReport report, boolean wholeReport, boolean problems) {
        StringBuilder text = new StringBuilder();
        report.lines().forEach(line -> text.append(Table.clean(line)).append('\n'));
        if (wholeReport && !report.perAddress().isEmpty()) {
            text.append("\nAll IPs:\n");
            report.perAddress().forEach(line -> text.append(Table.clean(line)).append('\n'));
        }
        if ((wholeReport || problems) && !report.problems().isEmpty()) {
            text.append("\nProblems:\n");
            report.problems().forEach(line -> text.append(Table.clean(line)).append('\n'));
        }
        return new Document(Text.map("problems", report.problemCount(), "counts", report.counts(), "details", report.problems().stream().map(String::strip).toList()), _ -> text.toString());
    }
}
