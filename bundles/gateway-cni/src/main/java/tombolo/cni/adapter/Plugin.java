package tombolo.cni.adapter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.json.Json;
import tombolo.api.kernel.KernelException;
import tombolo.cni.adapter.Attachments.Failed;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest;
import tombolo.cni.core.CniResult;
import tombolo.cni.core.CniVersion;
import tombolo.cni.core.NetworkConfiguration;
import tombolo.cni.core.NetworkConfiguration.Kind;
import tombolo.runtime.json.JsonText;

/** A call in, an answer out: reads the request, has it done, spells the result or the error. Any thread. */
public final class Plugin {
    private static final Logger LOG = LoggerFactory.getLogger(Plugin.class);
    private static final int FAILED = 1;

    private final Attachments attachments;
    private final IpamPlugin ipam;
    private final HostParts parts;
    private final NetworkLists lists;
    private final Supplier<Means> means;
    private final ConcurrentHashMap<String, LongAdder> answered = new ConcurrentHashMap<>();

    Plugin(Attachments attachments, IpamPlugin ipam, HostParts parts, NetworkLists lists, Supplier<Means> means) {
        this.attachments = attachments;
        this.ipam = ipam;
        this.parts = parts;
        this.lists = lists;
        this.means = means;
    }

    /** Answers so far, such as {@code ADD ok} and {@code ADD 11}. */
    public Map<String, Long> answered() {
        Map<String, Long> counts = new TreeMap<>();
        answered.forEach((name, count) -> counts.put(name, count.sum()));
        return counts;
    }

    public Call.Answer answer(Call call) {
        Optional<Json> configuration = Optional.empty();
        if (call.configuration().length > 0) {
            try {
                configuration = Optional.of(JsonText.parse(call.configuration()));
            } catch (JsonText.Malformed e) {
                return refused("?", CniVersion.UNSTATED, new CniError(CniError.NOT_DECODABLE, "the network configuration on stdin is no JSON: " + e.getMessage(),
                        "line " + e.line() + ", column " + e.column()));
            }
        }
        CniRequest request = CniRequest.read(call.plugin(), call.environment(), configuration);
        return switch (request) {
            case CniRequest.Refused(CniVersion version, CniError error) -> refused("?", version, error);
            case CniRequest.Version(String stated) -> {
                count("VERSION", "ok");
                yield text(0, Json.Obj.of("cniVersion", new Json.Text(stated)).with("supportedVersions", Json.Arr.texts(CniVersion.texts())));
            }
            case CniRequest.State(String plugin) -> guarded("GET_ENDPOINT_STATE", CniVersion.UNSTATED, () -> Optional.of(attachments.state(plugin)));
            case CniRequest.Add add -> guarded("ADD", add.network().version(), () -> Optional.of(add(add)));
            case CniRequest.Del del -> guarded("DEL", del.network().version(), () -> {
                delete(del);
                return Optional.empty();
            });
            case CniRequest.Check check -> guarded("CHECK", check.network().version(), () -> {
                if (!check.network().kind().isBesideAnother()) {
                    attachments.check(check);
                }
                parts.check(check.id());
                return Optional.empty();
            });
            case CniRequest.Gc gc -> guarded("GC", gc.network().version(), () -> {
                collect(gc);
                return Optional.empty();
            });
            case CniRequest.Status status -> guarded("STATUS", status.network().version(), () -> {
                status(status.network(), status.path());
                return Optional.empty();
            });
        };
    }

    private void collect(CniRequest.Gc gc) throws Failed {
        List<String> failures = new ArrayList<>(switch (gc.network().kind()) {
            case PORTMAP, BANDWIDTH -> parts.collect(gc.network().name(), gc.valid());
            case IPAM -> attachments.collect(gc.network().name(), gc.valid(), true);
            case TOMBOLO, CALICO, AZURE -> attachments.collect(gc.network().name(), gc.valid(), false);
        });
        if (delegates(gc.network())) {
            ForeignIpam.collect(gc.network(), gc.path()).ifPresent(failures::add);
        }
        if (!failures.isEmpty()) {
            throw new Failed(CniError.TRY_AGAIN_LATER, failures.size() + " attachments could not be removed", String.join("; ", failures.subList(0, Math.min(10, failures.size()))));
        }
    }

    private void status(NetworkConfiguration network, String path) throws Failed {
        List<String> missing = missing(network);
        if (!missing.isEmpty()) {
            throw new Failed(CniError.NOT_AVAILABLE, "no container can be added; not running: " + String.join(", ", missing), "start it, or wait");
        }
        if (means.get().locked() && !network.kind().equals(Kind.PORTMAP) && !network.kind().equals(Kind.BANDWIDTH)) {
            throw new Failed(CniError.NOT_AVAILABLE, "no container can be added; the datastore is locked", "datastore:unlock ends that");
        }
        Optional<CniError> delegated = delegates(network) ? ForeignIpam.status(network, path) : Optional.empty();
        if (delegated.isPresent()) {
            throw new Failed(delegated.get().code(), delegated.get().message(), delegated.get().details());
        }
    }

    /** Whether the plugin's addresses are another plugin's, which it executes. */
    private static boolean delegates(NetworkConfiguration network) {
        return !network.kind().isBesideAnother() && ForeignIpam.wanted(network);
    }

    /** What an ADD of this plugin needs, as far as it is known, and no other's. */
    private List<String> missing(NetworkConfiguration network) {
        Means now = means.get();
        return switch (network.kind()) {
            case PORTMAP -> parts.missing(true);
            case BANDWIDTH -> parts.missing(false);
            case IPAM -> now.addresses().missing(network.ipam()).stream().toList();
            case TOMBOLO, CALICO, AZURE -> {
                boolean gives = givesAddresses(network);
                List<String> missing = new ArrayList<>(gives ? Wanted.missing(now, network) : now.missing(false));
                if (!ForeignIpam.wanted(network) && gives) {
                    now.addresses().missing(network.ipam()).ifPresent(missing::add);
                }
                yield missing;
            }
        };
    }

    /**
     * Whether the plugin's ADD gives the container its addresses. As the last of a foreign list it does not, and that is seen by a result of those before it, which STATUS
     * has not (CNI 1.1 §STATUS), by {@code "mode": "policy-only"}, or in the list itself. A {@code {"type": "tombolo"}} of which nothing of that says anything may be
     * either, and only a plugin that <em>knows</em> that it cannot serve an ADD says so: an error here would keep a node out of use whose chain needs no pool, for ever.
     */
    private boolean givesAddresses(NetworkConfiguration network) {
        if (network.previous().isPresent() || Attachments.isPolicyOnly(network)) {
            return false;
        }
        boolean alone = network.kind() != Kind.TOMBOLO || !network.ipam().isEmpty() || network.text("mode").isPresent();
        return alone || lists.begins(network.name(), "tombolo").orElse(false);
    }

    /** The answer to a call that is not taken on. */
    public Call.Answer busy(String reason) {
        return refused("?", CniVersion.UNSTATED, CniError.of(CniError.TRY_AGAIN_LATER, reason));
    }

    private Json.Obj add(CniRequest.Add add) throws Failed {
        CniVersion version = add.network().version();
        return switch (add.network().kind()) {
            case TOMBOLO, CALICO, AZURE -> parts.around(add, () -> attachments.add(add), () ->
                    attachments.delete(new CniRequest.Del(add.id(), Optional.of(add.netns()), add.arguments(), add.network()))).toJson(version);
            case PORTMAP, BANDWIDTH -> {
                CniResult previous = add.network().previous().orElseThrow(() ->
                        new Failed(CniError.INVALID_CONFIGURATION, add.network().text("type").orElse("portmap") + " needs prevResult: it must not be the first plugin of its list", ""));
                parts.chained(add, previous, () -> attachments.hostEnd(add, previous));
                yield previous.toJson(version);
            }
            case IPAM -> ipam.assign(add).toJson(version);
        };
    }

    private void delete(CniRequest.Del del) throws Failed {
        switch (del.network().kind()) {
            case TOMBOLO, CALICO, AZURE -> {
                attachments.delete(del);
                parts.remove(del.id());
            }
            case IPAM -> ipam.release(del);
            case PORTMAP, BANDWIDTH -> parts.remove(del.id());
        }
    }

    private interface Work {
        Optional<Json.Obj> run() throws Failed;
    }

    private Call.Answer guarded(String command, CniVersion version, Work work) {
        try {
            Optional<Json.Obj> result = work.run();
            count(command, "ok");
            return result.map(tree -> text(0, tree)).orElseGet(() -> new Call.Answer(0, new byte[0]));
        } catch (Failed e) {
            return refused(command, version, e.error());
        } catch (DatastoreException e) {
            return refused(command, version, new CniError(CniError.TRY_AGAIN_LATER, "the datastore cannot do its work: " + e.getMessage(), ""));
        } catch (KernelException e) {
            return refused(command, version, new CniError(CniError.KERNEL, String.valueOf(e.getMessage()), ""));
        } catch (RuntimeException e) {
            LOG.error("TMB-CNI-018 a call {} ended in a fault of ours", command, e);
            return refused(command, version, new CniError(CniError.IO_FAILURE, "a fault in the gateway: " + e, "see its log, TMB-CNI-018"));
        }
    }

    private Call.Answer refused(String command, CniVersion version, CniError error) {
        count(command, Integer.toString(error.code()));
        LOG.info("TMB-CNI-019 {} answered with error {}: {}{}", command, error.code(), error.message(), error.details().isEmpty() ? "" : " (" + error.details() + ")");
        return text(FAILED, error.toJson(version));
    }

    private void count(String command, String end) {
        answered.computeIfAbsent(command + " " + end, _ -> new LongAdder()).increment();
    }

    private static Call.Answer text(int status, Json.Obj tree) {
        return new Call.Answer(status, (JsonText.line(tree) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
