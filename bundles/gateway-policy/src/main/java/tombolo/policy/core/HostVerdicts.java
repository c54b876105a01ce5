package tombolo.policy.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Step;
import tombolo.api.resource.IpProtocol;
import tombolo.policy.core.NodeParameters.Failsafe;

/** What becomes of a new flow at a host endpoint: the stages in the order of the kernel's hooks. It shares the stages' order with {@code adapter.nft.HostTable} and no code. */
public final class HostVerdicts {
    private final Verdicts verdicts;
    private final HostInterfaces interfaces;
    private final NodeParameters parameters;

    public HostVerdicts(PolicyEngine engine, HostInterfaces interfaces, NodeParameters parameters) {
        this.verdicts = new Verdicts(engine);
        this.interfaces = interfaces;
        this.parameters = parameters;
    }

    /** What the host itself receives over the endpoint's interface, or sends. @param pending as if what is staged were enforced */
    Verdicts.Verdict own(Model.Endpoint host, Direction direction, Packet packet, boolean pending) {
        return own(host, direction, packet, packet, pending);
    }

    /** @param before the packet before its destination was changed, which is what the first stages see */
    public Verdicts.Verdict own(Model.Endpoint host, Direction direction, Packet before, Packet packet, boolean pending) {
        List<Step> steps = new ArrayList<>();
        if (interfaces.governedBy(host.id()).isEmpty()) {
            steps.add(step("interfaces", "allows: " + interfaces.idle().getOrDefault(host.id(), "it governs no interface")));
            return new Verdicts.Verdict(true, steps);
        }
        Optional<Boolean> early = early(host, direction, before, false, pending, steps);
        if (early.isPresent()) {
            return new Verdicts.Verdict(early.get(), steps);
        }
        if (between(direction, packet)) {
            steps.add(step("between nodes", "allows: no policy of a host endpoint cuts IPv6 off, or this node's tunnels"));
            return new Verdicts.Verdict(true, steps);
        }
        if (open(direction, packet)) {
            steps.add(step("failsafe ports", "allows: no policy of a host endpoint closes this port"));
            return new Verdicts.Verdict(true, steps);
        }
        Verdicts.Verdict last = pending ? verdicts.pendingAt(host, direction, packet) : verdicts.at(host, direction, packet);
        steps.addAll(last.steps());
        return new Verdicts.Verdict(last.allowed(), steps);
    }

    /** What is forwarded over the endpoint's interface. @param workload whether that is a workload's: what it sends is tracked */
    Verdicts.Verdict forwarded(Model.Endpoint host, Direction direction, Packet packet, boolean workload, boolean pending) {
        return forwarded(host, direction, packet, packet, workload, pending);
    }

    /** @param before the packet before its destination was changed */
    public Verdicts.Verdict forwarded(Model.Endpoint host, Direction direction, Packet before, Packet packet, boolean workload, boolean pending) {
        List<Step> steps = new ArrayList<>();
        Optional<Boolean> early = direction == Direction.INGRESS ? early(host, direction, before, workload, pending, steps) : Optional.empty();
        if (early.isPresent()) {
            return new Verdicts.Verdict(early.get(), steps);
        }
        Optional<Boolean> decided = verdicts.at(Stage.FORWARD, host, direction, packet, pending, steps);
        if (decided.isEmpty()) {
            steps.add(step("applyOnForward", "allows: no policy for what is forwarded decides"));
        }
        return new Verdicts.Verdict(decided.orElse(true), steps);
    }

    /** Whether a policy of the endpoint is asked about what is forwarded over its interface. @param workload as of {@link #forwarded} */
    boolean forwards(Model.Endpoint host, Direction direction, boolean workload, boolean pending) {
        boolean in = direction == Direction.INGRESS;
        return verdicts.has(Stage.FORWARD, host, direction, pending)
                || in && (verdicts.has(Stage.PRE_DNAT, host, direction, pending) || !workload && !forAll(host) && verdicts.has(Stage.UNTRACKED, host, direction, pending));
    }

    /** Whether a policy of the endpoint is asked about what a workload behind its interface sends to this host itself. */
    boolean arrives(Model.Endpoint host, boolean pending) {
        return verdicts.has(Stage.PRE_DNAT, host, Direction.INGRESS, pending);
    }

    /** What a workload behind the endpoint's interface sends to this host itself: before destinations are changed it is asked like all that comes, behind that the workload's own policy decides. */
    public Verdicts.Verdict arriving(Model.Endpoint host, Packet packet, boolean pending) {
        List<Step> steps = new ArrayList<>();
        if (neighbours(packet)) {
            steps.add(step("neighbours", "allows: no policy of a host endpoint cuts IPv6 off"));
            return new Verdicts.Verdict(true, steps);
        }
        if (open(Direction.INGRESS, packet)) {
            steps.add(step("failsafe ports", "allows: no policy of a host endpoint closes this port"));
            return new Verdicts.Verdict(true, steps);
        }
        Optional<Boolean> decided = verdicts.at(Stage.PRE_DNAT, host, Direction.INGRESS, packet, pending, steps);
        if (decided.isEmpty()) {
            steps.add(step("preDNAT", "allows: no policy before destinations are changed decides"));
        }
        return new Verdicts.Verdict(decided.orElse(true), steps);
    }

    /** Whether a doNotTrack policy of the endpoint allows what comes by its interface from outside. */
    boolean untracks(Model.Endpoint host, Packet packet) {
        return !forAll(host) && !open(Direction.INGRESS, packet) && !neighbours(packet) && !answers(Direction.INGRESS, packet)
                && verdicts.at(Stage.UNTRACKED, host, Direction.INGRESS, packet, false, new ArrayList<>()).orElse(false);
    }

    /** Where doNotTrack is not in force. */
    private boolean forAll(Model.Endpoint host) {
        return interfaces.all().filter(host.id()::equals).isPresent();
    }

    /** What doNotTrack and preDNAT policies decide for all that follows. A failsafe port is none of their matter, nor is what finds neighbours. */
    private Optional<Boolean> early(Model.Endpoint host, Direction direction, Packet packet, boolean workload, boolean pending, List<Step> steps) {
        boolean in = direction == Direction.INGRESS;
        if (open(direction, packet) || neighbours(packet)) {
            return Optional.empty();
        }
        if (!workload && !forAll(host) && !answers(direction, packet)) {
            Optional<Boolean> untracked = verdicts.at(Stage.UNTRACKED, host, direction, packet, pending, steps);
            if (untracked.isPresent()) {
                if (untracked.get()) {
                    steps.add(step("doNotTrack", "is not tracked: what comes back is of no flow, and is asked about by itself"));
                }
                return untracked;
            }
        }
        return in ? verdicts.at(Stage.PRE_DNAT, host, direction, packet, pending, steps) : Optional.empty();
    }

    /** By which neighbours and groups of IPv6 are found (RFC 4890 §4.4.1), and the tunnels to other nodes. */
    private boolean between(Direction direction, Packet packet) {
        if (neighbours(packet)) {
            return true;
        }
        NodeParameters.Tunnels tunnels = parameters.tunnels();
        boolean tunnel = packet.protocol().equals(IpProtocol.UDP) && tunnels.vxlanPort().isPresent() && tunnels.vxlanPort().getAsInt() == packet.destinationPort()
                || packet.protocol().number() == NodeParameters.IP_IN_IP && tunnels.ipInIp();
        return tunnel && tunnels.nodes().contains(direction == Direction.INGRESS ? packet.source() : packet.destination());
    }

    private static boolean neighbours(Packet packet) {
        return packet.protocol().equals(IpProtocol.ICMPV6) && (packet.icmpType() >= 130 && packet.icmpType() <= 136 || packet.icmpType() == 143);
    }

    private boolean open(Direction direction, Packet packet) {
        boolean in = direction == Direction.INGRESS;
        return opens(in ? parameters.inbound() : parameters.outbound(), in ? packet.source() : packet.destination(), packet, packet.destinationPort());
    }

    /** Whether it may be what a failsafe port answers. */
    private boolean answers(Direction direction, Packet packet) {
        boolean in = direction == Direction.INGRESS;
        return opens(in ? parameters.outbound() : parameters.inbound(), in ? packet.source() : packet.destination(), packet, packet.sourcePort());
    }

    private static boolean opens(List<Failsafe> failsafes, IpAddress other, Packet packet, int port) {
        return failsafes.stream().anyMatch(each -> each.protocol().equals(packet.protocol()) && each.port() == port && each.net().map(net -> net.contains(other)).orElse(true));
    }

    private static Step step(String tier, String outcome) {
        return new Step(tier, Optional.empty(), 0, outcome);
    }
}
