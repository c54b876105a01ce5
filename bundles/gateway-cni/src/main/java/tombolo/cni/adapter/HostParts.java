package tombolo.cni.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointLimits;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat;
import tombolo.cni.adapter.Attachments.Failed;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.CniResult;
import tombolo.cni.core.HostPart;
import tombolo.cni.core.HostPart.Wishes;

/**
 * Ports of the host and limits of traffic that runtimes ask for with an attachment, whoever made its interface.
 *
 * <pre>
 *  ADD   attachment READY ─► recorded ─► ports and limits in force ─► result          refused: taken off the record, the attachment taken back
 *  DEL   the endpoint leaves the record, by DEL, GC, a failed ADD or a pod made anew ─► ports and limits off
 *  start all that is recorded and whose container is still there is told again, as the whole there is: nothing else stays in the kernel
 * </pre>
 *
 * Any thread; calls about one container wait for each other.
 */
final class HostParts {
    private static final Logger LOG = LoggerFactory.getLogger(HostParts.class);
    private static final long WAIT_MILLIS = 20_000;
    /** How long a start waits for a call about one of many. */
    private static final long BUSY_MILLIS = 1_000;

    private final EndpointLog log;
    private final ContainerLocks locks = new ContainerLocks();
    private volatile Optional<Nat> nat = Optional.empty();
    private volatile Optional<EndpointLimits> limits = Optional.empty();

    HostParts(EndpointLog log) {
        this.log = log;
        log.onPartGone(this::takeOff);
    }

    synchronized void nat(Nat service) {
        nat = Optional.of(service);
    }

    synchronized void limits(EndpointLimits service) {
        limits = Optional.of(service);
    }

    synchronized void natGone(Nat service) {
        nat = nat.filter(current -> current != service);
    }

    synchronized void limitsGone(EndpointLimits service) {
        limits = limits.filter(current -> current != service);
    }

    /** The bundles without which no ports can be mapped, or nothing be limited. */
    List<String> missing(boolean ports) {
        return (ports ? nat.isEmpty() : limits.isEmpty()) ? List.of("gateway-dataplane") : List.of();
    }

    /** Does an ADD. */
    interface Addition {
        CniResult run() throws Failed;
    }

    /** Answers an interface's name; "": not known. */
    interface HostEnd {
        String find() throws Failed;
    }

    /** Takes an ADD back. */
    interface Undoing {
        void run() throws Failed;
    }

    /** Adds an attachment with what is asked for beside it, or neither. @param back takes the attachment back */
    CniResult around(Add add, Addition addition, Undoing back) throws Failed {
        Wishes wishes = wishes(add);
        if (wishes.isNothing()) {
            return addition.run();
        }
        need(wishes);
        try (var _ = take(add.id().containerId())) {
            CniResult result = addition.run();
            try {
                put(add, result, log.get(add.id()).map(Endpoint::hostInterface).orElse(""), wishes);
                return result;
            } catch (Failed | RuntimeException e) {
                try {
                    back.run();
                } catch (Failed | RuntimeException later) {
                    LOG.warn("TMB-CNI-031 an ADD of {} failed ({}) and could not be taken back whole: {}. The next DEL or start does it", add.id(), e.getMessage(), later.getMessage());
                }
                throw e;
            }
        }
    }

    /** As a plugin of its own, behind whichever made the interface. @param host looks for the host's end */
    void chained(Add add, CniResult previous, HostEnd host) throws Failed {
        Wishes wishes = wishes(add);
        if (wishes.isNothing()) {
            return;
        }
        need(wishes);
        try (var _ = take(add.id().containerId())) {
            put(add, previous, host.find(), wishes);
        }
    }

    private static Wishes wishes(Add add) throws Failed {
        try {
            return HostPart.wishes(add.network());
        } catch (HostPart.Unfit e) {
            throw new Failed(e.error().code(), e.error().message(), e.error().details());
        }
    }

    private void need(Wishes wishes) throws Failed {
        if (!wishes.mappings().isEmpty() && nat.isEmpty() || wishes.bandwidth().isPresent() && limits.isEmpty()) {
            throw new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-dataplane", "start it, or wait");
        }
    }

    private void put(Add add, CniResult result, String host, Wishes wishes) throws Failed {
        Optional<HostPart> before = log.part(add.id());
        Optional<Exposed> exposed = before.flatMap(HostPart::exposed);
        if (!wishes.mappings().isEmpty()) {
            exposed = Optional.of(new Exposed(wishes.mappings(), containers(add, result), wishes.masked(), wishes.conditions()));
        }
        Optional<Bandwidth> bandwidth = wishes.bandwidth().or(() -> before.flatMap(HostPart::bandwidth));
        HostPart part = new HostPart(add.network().name(), add.netns(), host, exposed, bandwidth);
        try {
            log.putPart(add.id(), part);
            enforce(add.id(), part);
            if (!log.part(add.id()).equals(Optional.of(part))) { // the endpoint was taken away meanwhile
                takeOff(add.id(), part);
                throw new Failed(CniError.UNKNOWN_CONTAINER, "container " + add.id().containerId() + " was removed while its ports were being mapped", "");
            }
        } catch (Failed | RuntimeException e) {
            removeLogged(add.id());
            throw e;
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }

    private void enforce(EndpointId id, HostPart part) throws Failed {
        if (part.exposed().isPresent()) {
            Nat service = nat.orElseThrow(() -> new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-dataplane", "start it, or wait"));
            switch (service.map(id, part.exposed().get())) {
                case Nat.Outcome.Done _ -> { }
                case Nat.Outcome.Taken taken -> throw new Failed(CniError.PORT_TAKEN, "runtimeConfig.portMappings: port " + taken.wanted() + " of the host leads to container "
                        + taken.by().containerId() + " already", taken.by().equals(id) ? "it is asked for twice" : "theirs is " + taken.theirs() + "; nat:list shows all");
                case Nat.Outcome.Refused refused -> throw new Failed(refused.later() ? CniError.TRY_AGAIN_LATER : CniError.KERNEL, "ports cannot be mapped: " + refused.reason(), "");
            }
        }
        if (part.bandwidth().isPresent()) {
            if (part.hostInterface().isEmpty()) {
                throw new Failed(CniError.UNSUPPORTED_FIELD, "runtimeConfig.bandwidth: '" + part.bandwidth().get() + "' cannot be limited: the result names no interface on the host", "");
            }
            EndpointLimits service = limits.orElseThrow(() -> new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-dataplane", "start it, or wait"));
            Optional<String> refused = service.limit(part.hostInterface(), part.bandwidth().get());
            if (refused.isPresent()) {
                throw new Failed(CniError.KERNEL, "runtimeConfig.bandwidth cannot be limited: " + refused.get(), "");
            }
        }
    }

    private static List<InterfaceAddress> containers(Add add, CniResult result) throws Failed {
        List<InterfaceAddress> addresses = result.addresses(add.id().interfaceName());
        if (addresses.isEmpty()) {
            throw new Failed(CniError.INVALID_CONFIGURATION, "the result names no address of " + add.id().interfaceName() + " that ports could lead to", "");
        }
        return addresses;
    }

    // ------------------------------------------------------------------------------------------------ ends

    /** Ends what was asked for with an attachment; done as well where nothing was. */
    void remove(EndpointId id) throws Failed {
        try (var _ = take(id.containerId())) {
            log.removePart(id);
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }

    /** Removes what a foreign chain's attachments asked for and that are not among those that are to stay; answers what could not be removed. */
    List<String> collect(String network, Set<EndpointId> valid) {
        List<String> failures = new ArrayList<>();
        log.parts().forEach((id, part) -> {
            if (part.network().equals(network) && !valid.contains(id)) {
                try {
                    remove(id);
                } catch (Failed e) {
                    failures.add(id + ": " + e.getMessage());
                }
            }
        });
        return failures;
    }

    /** CHECK of what was asked for with an attachment; done as well where nothing was. */
    void check(EndpointId id) throws Failed {
        Optional<HostPart> part = log.part(id);
        if (part.flatMap(HostPart::exposed).isPresent() && nat.isEmpty() || part.flatMap(HostPart::bandwidth).isPresent() && limits.isEmpty()) {
            throw new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-dataplane", "start it, or wait");
        }
        List<String> differences = differences(id);
        if (!differences.isEmpty()) {
            throw new Failed(CniError.DIFFERS, "ports or limits are not as the ADD left them", String.join("; ", differences));
        }
    }

    /** What of an attachment's ports and limits is not in force. */
    List<String> differences(EndpointId id) {
        List<String> differences = new ArrayList<>();
        Optional<HostPart> part = log.part(id);
        Optional<Exposed> exposed = part.flatMap(HostPart::exposed);
        if (exposed.isPresent() && !nat.flatMap(service -> Optional.ofNullable(service.view().exposed().get(id))).equals(exposed)) {
            differences.add("ports " + exposed.get().mappings() + " are not mapped");
        }
        part.flatMap(HostPart::bandwidth).ifPresent(bandwidth -> differences.addAll(limits.map(service -> service.differences(part.get().hostInterface(), bandwidth))
                .orElse(List.of("gateway-dataplane is not running: whether traffic is limited cannot be seen"))));
        return differences;
    }

    /** Tells all that is recorded, as after a start: what the kernel has besides goes. What cannot be told now is told when the services are there. */
    void restore() {
        Map<EndpointId, Exposed> all = new TreeMap<>();
        Set<String> limited = new HashSet<>();
        log.parts().forEach((id, part) -> {
            boolean startedAnew = log.isPartOfAnotherBoot(id);
            if (startedAnew || !Files.exists(Path.of(part.netns()))) {
                LOG.info("TMB-CNI-032 {} and its namespace {} are gone{}; its ports and limits go as well", id, part.netns(), startedAnew ? Attachments.STARTED_ANEW : "");
                removeLogged(id);
                return;
            }
            part.exposed().ifPresent(exposed -> all.put(id, exposed));
            if (part.bandwidth().isPresent()) {
                limited.add(part.hostInterface());
            }
        });
        if (nat.isPresent() && nat.get().all(all) instanceof Nat.Outcome.Refused refused) {
            LOG.warn("TMB-CNI-033 {} containers' ports are not told: {}. What is in the kernel stays until they are", all.size(), refused.reason());
        }
        tellWhatChanged(all);
        Optional<EndpointLimits> service = limits;
        if (service.isPresent()) {
            try {
                service.get().keepOnly(limited);
            } catch (KernelException e) {
                LOG.warn("TMB-CNI-034 limits of an earlier life cannot be looked for: {}", e.getMessage());
            }
            log.parts().forEach((id, part) -> {
                if (part.bandwidth().isPresent()) {
                    limitAgain(service.get(), id);
                }
            });
        }
    }

    /** Where a limit is not as it was made, by whatever happened while nobody looked. */
    private void limitAgain(EndpointLimits limits, EndpointId id) {
        Optional<ContainerLocks.Release> lock = locks.take(id.containerId(), BUSY_MILLIS);
        if (lock.isEmpty()) {
            return; // whoever works on it does that
        }
        try (var _ = lock.get()) {
            Optional<HostPart> part = log.part(id).filter(one -> one.bandwidth().isPresent());
            if (part.isEmpty()) {
                return;
            }
            String host = part.get().hostInterface();
            Bandwidth wanted = part.get().bandwidth().orElseThrow();
            List<String> differences = limits.differences(host, wanted);
            if (!differences.isEmpty()) {
                // What somebody else put there may still be there behind it: only a second look says that it is repaired.
                String left = limits.limit(host, wanted).orElseGet(() -> String.join("; ", limits.differences(host, wanted)));
                LOG.warn("TMB-CNI-049 {} was not limited as it should be ({}): {}", id, String.join("; ", differences), left.isEmpty() ? "repaired" : "not repaired: " + left);
            }
        } catch (KernelException e) {
            LOG.warn("TMB-CNI-050 whether {} is limited as it should be cannot be seen, or not put right: {}. CHECK tells the difference; the next start tries again", id, e.getMessage());
        }
    }

    /** What came and went while the whole was being told. */
    private void tellWhatChanged(Map<EndpointId, Exposed> told) {
        Map<EndpointId, HostPart> now = log.parts();
        nat.ifPresent(service -> {
            now.forEach((id, part) -> part.exposed().filter(exposed -> !exposed.equals(told.get(id))).ifPresent(exposed -> service.map(id, exposed)));
            told.keySet().stream().filter(id -> now.get(id) == null).forEach(service::unmap);
        });
    }

    private void removeLogged(EndpointId id) {
        try {
            log.removePart(id);
        } catch (IOException e) {
            LOG.warn("TMB-CNI-048 the record of {} cannot be written: {}. The next DEL or start does it", id, e.getMessage());
        }
    }

    /** Off the kernel; where that cannot be done now, the next start finds nothing recorded and takes it off. */
    private void takeOff(EndpointId id, HostPart part) {
        try {
            if (part.exposed().isPresent() && nat.isPresent() && nat.get().unmap(id) instanceof Nat.Outcome.Refused refused) {
                LOG.warn("TMB-CNI-035 the ports of {} cannot be taken off now: {}", id, refused.reason());
            }
            if (part.bandwidth().isPresent() && limits.isPresent()) {
                limits.get().unlimit(part.hostInterface());
            }
        } catch (KernelException e) {
            LOG.warn("TMB-CNI-035 the limits of {} cannot be taken off now: {}", id, e.getMessage());
        }
    }

    private ContainerLocks.Release take(String containerId) throws Failed {
        return locks.take(containerId, WAIT_MILLIS).orElseThrow(() ->
                new Failed(CniError.TRY_AGAIN_LATER, "another call for container " + containerId + " takes longer than " + WAIT_MILLIS / 1000 + " s", ""));
    }
}
