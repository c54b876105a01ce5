package tombolo.policy.oracle;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.policy.oracle.Oracle.Probe;

/** Whether a packet gets through a node with host endpoints: by the documents' words, over the resources and a table of interfaces. */
public final class HostOracle {
    /** @param inbound and {@code outbound} ports that stay open, as {@code "17 80"} */
    public record Node(String name, Map<String, Set<IpAddress>> interfaces, Set<String> inbound, Set<String> outbound, boolean dropToHost) { }

    /** What became of a packet. @param tracked false: a policy said doNotTrack */
    public record Fate(boolean passes, boolean tracked) { }

    private static final Fate LOST = new Fate(false, true);
    private final Oracle oracle;
    private final Node node;
    private final Collection<Resource> resources;

    public HostOracle(Collection<Resource> resources, Node node) {
        this.oracle = new Oracle(resources);
        this.node = node;
        this.resources = oracle.all();
    }

    /** @param in by which it came; empty: this node sends it @param out by which it leaves; empty: it is for this node */
    public Fate fate(Optional<String> in, Optional<String> out, Probe probe) {
        boolean decided = false;
        boolean tracked = true;
        if (in.isPresent() && workload(in.get()).isEmpty() && untracked(host(in.get()), true, probe) || in.isEmpty() && workload(out.orElseThrow()).isEmpty() && untracked(host(out.get()), false, probe)) {
            decided = true;
            tracked = false;
        }
        if (deniedRaw(in, out, probe)) {
            return LOST;
        }
        if (in.isPresent() && !decided && !open(true, probe)) {
            String said = host(in.get()).map(host -> oracle.decide(host, true, probe, HostOracle::preDnat, false)).orElse("none");
            if (said.equals("deny")) {
                return LOST;
            }
            decided = said.equals("allow");
        }
        boolean passes = out.isEmpty() ? received(in.orElseThrow(), decided, probe) : in.isEmpty() ? sent(out.get(), decided, probe) : forwarded(in.get(), out.get(), decided, probe);
        return new Fate(passes, tracked);
    }

    private boolean untracked(Optional<ResourceId> host, boolean ingress, Probe probe) {
        return raw(host, ingress, probe).equals("allow");
    }

    private boolean deniedRaw(Optional<String> in, Optional<String> out, Probe probe) {
        return in.isPresent() ? workload(in.get()).isEmpty() && raw(host(in.get()), true, probe).equals("deny") 
                : workload(out.orElseThrow()).isEmpty() && raw(host(out.get()), false, probe).equals("deny");
    }

    private String raw(Optional<ResourceId> host, boolean ingress, Probe probe) {
        if (host.isEmpty() || open(ingress, probe) || answersOpen(ingress, probe) || isForAll(host.get())) {
            return "none";
        }
        return oracle.decide(host.get(), ingress, probe, HostOracle::doNotTrack, false);
    }

    private boolean received(String in, boolean decided, Probe probe) {
        Optional<ResourceId> workload = workload(in);
        if (workload.isPresent()) {
            return oracle.allows(workload.get(), false, probe) && !node.dropToHost;
        }
        Optional<ResourceId> host = host(in);
        return decided || host.isEmpty() || open(true, probe) || oracle.allows(host.get(), true, probe);
    }

    private boolean sent(String out, boolean decided, Probe probe) {
        Optional<ResourceId> host = host(out);
        return decided || workload(out).isPresent() || host.isEmpty() || open(false, probe) || oracle.allows(host.get(), false, probe);
    }

    private boolean forwarded(String in, String out, boolean decided, Probe probe) {
        if (!decided && !forwards(host(in), true, probe) || !forwards(host(out), false, probe)) {
            return false;
        }
        return workload(in).map(from -> oracle.allows(from, false, probe)).orElse(true) && workload(out).map(to -> oracle.allows(to, true, probe)).orElse(true);
    }

    /** No profile is asked: what no policy denies is forwarded. */
    private boolean forwards(Optional<ResourceId> host, boolean ingress, Probe probe) {
        return host.isEmpty() || !oracle.decide(host.get(), ingress, probe, HostOracle::onForward, true).equals("deny");
    }

    private boolean open(boolean ingress, Probe probe) {
        return (ingress ? node.inbound : node.outbound).contains(probe.protocol() + " " + probe.port());
    }

    private boolean answersOpen(boolean ingress, Probe probe) {
        return (ingress ? node.outbound : node.inbound).contains(probe.protocol() + " " + probe.sourcePort());
    }

    // ---------------------------------------------------------------- which policies

    private static Optional<PolicyBody> doNotTrack(Resource resource) {
        return resource.spec() instanceof GlobalNetworkPolicy policy && policy.doNotTrack() ? Optional.of(policy.body()) : Optional.empty();
    }

    private static Optional<PolicyBody> preDnat(Resource resource) {
        return resource.spec() instanceof GlobalNetworkPolicy policy && policy.preDnat() ? Optional.of(policy.body()) : Optional.empty();
    }

    private static Optional<PolicyBody> onForward(Resource resource) {
        boolean not = resource.spec() instanceof NetworkPolicy || resource.spec() instanceof GlobalNetworkPolicy policy && !policy.applyOnForward();
        return not ? Optional.empty() : Oracle.body(resource);
    }

    // ---------------------------------------------------------------- which endpoint

    private Optional<ResourceId> workload(String interfaceName) {
        return resources.stream().filter(each -> each.spec() instanceof WorkloadEndpoint endpoint && endpoint.interfaceName().equals(Optional.of(interfaceName))
                && endpoint.node().equals(Optional.of(node.name))).map(Resource::id).findFirst();
    }

    private boolean isForAll(ResourceId id) {
        return resources.stream().anyMatch(each -> each.id().equals(id) && ((HostEndpoint) each.spec()).interfaceName().equals(Optional.of("*")));
    }

    /** The first by name of those that match; one for all interfaces where there is no other. */
    private Optional<ResourceId> host(String interfaceName) {
        List<Resource> here = resources.stream().filter(each -> each.spec() instanceof HostEndpoint host && host.node().equals(node.name)).sorted(Comparator.comparing(each -> each.id().name())).toList();
        for (Resource each : here) {
            HostEndpoint host = (HostEndpoint) each.spec();
            Set<IpAddress> expected = new HashSet<>(host.expectedIps());
            expected.retainAll(node.interfaces.getOrDefault(interfaceName, Set.of()));
            if (host.interfaceName().isPresent() ? host.interfaceName().get().equals(interfaceName) : !expected.isEmpty()) {
                return Optional.of(each.id());
            }
        }
        return here.stream().filter(each -> isForAll(each.id())).map(Resource::id).findFirst();
    }
}
