package tombolo.resources.core;

import static tombolo.resources.core.Forms.words;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.resource.BlockAffinity;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpReservation;
import tombolo.api.resource.IpamBlock;
import tombolo.api.resource.IpamConfiguration;
import tombolo.api.resource.IpamHandle;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.selector.Selector;

/** IPAM's kinds. Source: {@code api/pkg/apis/projectcalico/v3/ippool.go} and {@code libcalico-go/lib/clientv3/ippool.go}. */
final class PoolKinds {
    private static final Map<String, IpPool.Encapsulation> ENCAPSULATIONS = words("Never", IpPool.Encapsulation.NEVER, "Always", IpPool.Encapsulation.ALWAYS, "CrossSubnet",
            IpPool.Encapsulation.CROSS_SUBNET);
    private static final Map<String, IpPool.Use> USES = words("Workload", IpPool.Use.WORKLOAD, "Tunnel", IpPool.Use.TUNNEL, "LoadBalancer", IpPool.Use.LOAD_BALANCER);
    private static final Map<String, IpPool.AssignmentMode> MODES = words("Automatic", IpPool.AssignmentMode.AUTOMATIC, "Manual", IpPool.AssignmentMode.MANUAL);
    private static final Map<String, BlockAffinity.State> STATES = words("pending", BlockAffinity.State.PENDING, "confirmed", BlockAffinity.State.CONFIRMED, "pendingDeletion",
            BlockAffinity.State.PENDING_DELETION);
    private static final Map<String, BlockAffinity.Type> TYPES = words("host", BlockAffinity.Type.HOST, "virtual", BlockAffinity.Type.VIRTUAL);
    private static final Prefix NOWHERE = Prefix.parse("0.0.0.0/0");
    private static final Prefix LINK_LOCAL_V4 = Prefix.parse("169.254.0.0/16");
    private static final Prefix LINK_LOCAL_V6 = Prefix.parse("fe80::/10");

    private PoolKinds() { }

    static boolean overlap(Prefix one, Prefix other) {
        return one.family() == other.family() && (one.covers(other) || other.covers(one));
    }

    /** What Calico writes into a pool that leaves it out, so that its own programs read the same. */
    static Json.Obj poolDefaults(Json.Obj tree) {
        Json.Obj spec = tree.object("spec").orElse(Json.Obj.EMPTY);
        Optional<Prefix> cidr = spec.text("cidr").flatMap(PoolKinds::tryPrefix);
        if (cidr.isPresent()) {
            spec = spec.with("cidr", cidr.get().toString());
            if (spec.integer("blockSize").orElse(0) == 0 && !(spec.get("blockSize").orElse(Json.Null.NULL) instanceof Json.Text)) {
                spec = spec.with("blockSize", cidr.get().family() == AddressFamily.IPV4 ? 26 : 122);
            }
        }
        spec = orElse(spec, "ipipMode", new Json.Text("Never"));
        spec = orElse(spec, "vxlanMode", new Json.Text("Never"));
        spec = orElse(spec, "nodeSelector", new Json.Text("all()"));
        spec = orElse(spec, "allowedUses", Json.Arr.texts(List.of("Workload", "Tunnel")));
        spec = orElse(spec, "assignmentMode", new Json.Text("Automatic"));
        return tree.with("spec", spec);
    }

    static Json.Obj orElse(Json.Obj object, String name, Json value) {
        Json there = object.get(name).orElse(Json.Null.NULL);
        boolean empty = there instanceof Json.Null || there instanceof Json.Text(String text) && text.isEmpty() || there instanceof Json.Arr(List<Json> items) && items.isEmpty();
        return empty ? object.with(name, value) : object;
    }

    private static Optional<Prefix> tryPrefix(String text) {
        try {
            return Optional.of(Prefix.parse(text));
        } catch (IllegalArgumentException _) {
            return Optional.empty(); // the decoder says what is wrong with it
        }
    }

    static ResourceSpec pool(Reading reading) {
        Fields spec = reading.spec();
        Optional<Prefix> cidr = spec.parsed("cidr", Prefix::parse);
        if (!spec.has("cidr")) {
            spec.problem(Fields.MISSING, "cidr", "", "must be given");
        }
        IpPool.Encapsulation vxlan = spec.choice("vxlanMode", ENCAPSULATIONS).orElse(IpPool.Encapsulation.NEVER);
        IpPool.Encapsulation ipip = spec.choice("ipipMode", ENCAPSULATIONS).orElse(IpPool.Encapsulation.NEVER);
        boolean disabled = spec.bool("disabled").orElse(false);
        boolean disableBgpExport = spec.bool("disableBGPExport").orElse(false);
        boolean v4 = cidr.map(each -> each.family() == AddressFamily.IPV4).orElse(true);
        OptionalInt given = cidr.isEmpty() ? spec.smallInteger("blockSize", 0, 128) : v4 ? spec.smallInteger("blockSize", 20, 32) : spec.smallInteger("blockSize", 116, 128);
        int blockSize = given.orElse(v4 ? 26 : 122);
        Optional<Selector> nodes = spec.parsed("nodeSelector", Forms::selector);
        Optional<Selector> namespaces = spec.parsed("namespaceSelector", Forms::selector);
        Set<IpPool.Use> uses = spec.choices("allowedUses", USES);
        IpPool.AssignmentMode mode = spec.choice("assignmentMode", MODES).orElse(IpPool.AssignmentMode.AUTOMATIC);
        IpPool pool = new IpPool(cidr.orElse(NOWHERE), vxlan, ipip, spec.bool("natOutgoing").orElse(false), disabled, disableBgpExport, blockSize,
                nodes.orElse(Selector.ALL).canonical(), namespaces.map(Selector::canonical), uses.isEmpty() ? EnumSet.of(IpPool.Use.WORKLOAD, IpPool.Use.TUNNEL) : uses, mode);
        cidr.ifPresent(each -> checkRange(spec, pool, given.isPresent() || !spec.has("blockSize")));
        spec.require(vxlan == IpPool.Encapsulation.NEVER || ipip == IpPool.Encapsulation.NEVER, "vxlanMode", "VXLAN and IPIP exclude each other on one pool");
        for (String name : List.of("nodeSelector", "namespaceSelector")) {
            spec.require(spec.object().text(name).filter(text -> text.contains("global(")).isEmpty(), name, "global() stands only in the namespace selector of a rule");
        }
        checkUses(spec, pool);
        spec.knows("nat-outgoing", "ipip"); // of the first API, still in old stores
        return pool;
    }

    private static void checkRange(Fields spec, IpPool pool, boolean sizeKnown) {
        Prefix cidr = pool.cidr();
        spec.require(pool.disabled() || !sizeKnown || cidr.length() <= pool.blockSize(), "cidr", "a pool that is not disabled holds at least one block of /" + pool.blockSize());
        spec.require(!overlap(cidr, LINK_LOCAL_V4), "cidr", "overlaps the link-local range " + LINK_LOCAL_V4);
        spec.require(!overlap(cidr, LINK_LOCAL_V6), "cidr", "overlaps the link-local range " + LINK_LOCAL_V6);
        spec.require(cidr.family() == AddressFamily.IPV4 || pool.ipipMode() == IpPool.Encapsulation.NEVER, "ipipMode", "IPIP is for IPv4 pools only");
    }

    private static void checkUses(Fields spec, IpPool pool) {
        if (pool.allowedUses().contains(IpPool.Use.LOAD_BALANCER)) {
            spec.require(pool.allowedUses().size() == 1, "allowedUses", "LoadBalancer stands alone");
            spec.require(pool.ipipMode() == IpPool.Encapsulation.NEVER && pool.vxlanMode() == IpPool.Encapsulation.NEVER, pool.ipipMode() == IpPool.Encapsulation.NEVER ? "vxlanMode"
                    : "ipipMode", "a pool for LoadBalancer has no encapsulation");
            spec.require(!pool.disableBgpExport(), "disableBGPExport", "a pool for LoadBalancer is exported");
            spec.require(pool.nodeSelector().equals("all()"), "nodeSelector", "a pool for LoadBalancer has the node selector all()");
        }
        spec.require(!pool.allowedUses().contains(IpPool.Use.TUNNEL) || pool.namespaceSelector().isEmpty(), "namespaceSelector", "a pool for Tunnel has no namespace selector");
    }

    static ResourceSpec reservation(Reading reading) {
        return new IpReservation(reading.spec().parsedList("reservedCIDRs", Integer.MAX_VALUE, Forms::network));
    }

    static ResourceSpec configuration(Reading reading) {
        Fields spec = reading.spec();
        IpamConfiguration configuration = new IpamConfiguration(spec.bool("strictAffinity").orElse(false), spec.bool("autoAllocateBlocks").orElse(true),
                spec.smallInteger("maxBlocksPerHost", 0, Integer.MAX_VALUE).orElse(0), spec.choice("kubeVirtVMAddressPersistence", words("Enabled", "Enabled", "Disabled", "Disabled")),
                spec.smallInteger("ipCooldownSeconds", 0, 1200).orElse(0));
        spec.require(configuration.strictAffinity() || configuration.autoAllocateBlocks(), "autoAllocateBlocks",
                "without strictAffinity blocks must be allocated automatically: an address would else have nowhere to come from");
        spec.require(configuration.maxBlocksPerHost() == 0 || configuration.strictAffinity(), "maxBlocksPerHost", "a limit of blocks needs strictAffinity: without it a node borrows beyond it");
        return configuration;
    }

    static ResourceSpec affinity(Reading reading) {
        Fields spec = reading.spec();
        // The Go programs write deleted as a text.
        boolean deleted = spec.value("deleted").filter(value -> value.equals(new Json.Text("true")) || value.equals(Json.Bool.TRUE)).isPresent();
        return new BlockAffinity(spec.choice("state", STATES).orElse(BlockAffinity.State.UNSET), spec.required("node", spec.text("node"), ""),
                spec.choice("type", TYPES).orElse(BlockAffinity.Type.HOST), spec.parsed("cidr", Prefix::parse).orElse(NOWHERE), deleted);
    }

    static ResourceSpec block(Reading reading) {
        Fields spec = reading.spec();
        spec.knows("affinityClaimTime", "attributes", "sequenceNumber", "sequenceNumberForAllocation", "strictAffinity", "allocations", "unallocated");
        List<OptionalInt> allocations = new ArrayList<>();
        spec.object().array("allocations").forEach(item -> allocations.add(item instanceof Json.Num number && number.integer().isPresent()
                ? OptionalInt.of((int) number.integer().getAsLong()) : OptionalInt.empty()));
        List<Integer> unallocated = new ArrayList<>();
        spec.object().array("unallocated").forEach(item -> {
            if (item instanceof Json.Num number && number.integer().isPresent()) {
                unallocated.add((int) number.integer().getAsLong());
            }
        });
        return new IpamBlock(spec.parsed("cidr", Prefix::parse).orElse(NOWHERE), spec.text("affinity"), allocations, unallocated, spec.bool("deleted").orElse(false));
    }

    static ResourceSpec handle(Reading reading) {
        Fields spec = reading.spec();
        Map<String, Integer> blocks = new LinkedHashMap<>();
        spec.objectOrEmpty("block").object().members().forEach((cidr, count) -> {
            if (count instanceof Json.Num number && number.integer().isPresent()) {
                blocks.put(cidr, (int) number.integer().getAsLong());
            }
        });
        return new IpamHandle(spec.text("handleID").orElse(reading.name()), blocks, spec.bool("deleted").orElse(false));
    }

    /** How many addresses of a block are held. */
    static long held(IpamBlock block) {
        return block.allocations().stream().filter(OptionalInt::isPresent).count();
    }
}
