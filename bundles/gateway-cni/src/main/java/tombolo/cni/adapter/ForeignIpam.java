package tombolo.cni.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.AddressSource.Outcome;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.CniRequest.Check;
import tombolo.cni.core.CniRequest.Del;
import tombolo.cni.core.CniResult;
import tombolo.cni.core.NetworkConfiguration;
import tombolo.runtime.json.JsonText;

/**
 * Addresses of an IPAM plugin that is not ours (host-local, static, dhcp), executed with the call's environment and configuration as CNI 1.1 §4 (Plugin
 * Delegation) says.
 *
 * <pre>
 *  ADD      file with the call ─► exec ADD ─► addresses;  refused: exec DEL, file off
 *  release  exec DEL with that call ─► file off            so that a start after a crash can give back what it finds half done
 *  STATUS, GC, CHECK  exec as it came
 * </pre>
 *
 * Any thread; calls about one container do not overlap.
 */
final class ForeignIpam {
    /** In an endpoint's record: its addresses go back to the plugin whose call was kept. */
    static final String SOURCE = "exec";
    private static final List<String> POD_CIDRS = List.of("usePodCidr", "usePodCidrIPv6");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");
    /** The reference's host-local takes 5 ms; a DHCP server may take its time. */
    private static final long PATIENCE_SECONDS = 20;
    private static final int MOST_OUTPUT = 1 << 20;

    private final Path folder;

    /** @param folder where the calls of what is held are kept; made where it is not there */
    ForeignIpam(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** One execution's environment and stdin. @param arguments CNI_ARGS */
    private record Call(String type, EndpointId id, String netns, String path, String arguments, Json.Obj configuration) { }

    /** The plugin that an ADD's configuration names, as a source of addresses. */
    AddressSource source(Add add) {
        return new AddressSource() {
            @Override
            public Outcome assign(Ask ask) {
                return ForeignIpam.this.assign(add, ask.handle());
            }

            @Override
            public Optional<String> release(String handle) {
                return ForeignIpam.this.release(handle);
            }
        };
    }

    /** Whether a configuration's addresses come from a plugin that is not ours. */
    static boolean wanted(NetworkConfiguration network) {
        return !network.ipam().isEmpty() && !Addressing.OURS.contains(network.ipam());
    }

    /** Calico's words in a configuration of host-local for what Kubernetes says of the node; empty: there are none, or the addresses are ours. */
    static Optional<String> podCidr(NetworkConfiguration network) {
        Json.Obj ipam = network.tree().object("ipam").orElse(Json.Obj.EMPTY);
        Stream<Json> ranges = ipam.array("ranges").stream().flatMap(set -> set instanceof Json.Arr(List<Json> items) ? items.stream() : Stream.empty());
        return wanted(network) ? Stream.concat(Stream.of(ipam), ranges).flatMap(range -> range instanceof Json.Obj one ? one.text("subnet").stream() : Stream.empty())
                .filter(subnet -> POD_CIDRS.stream().anyMatch(subnet::equalsIgnoreCase)).findFirst() : Optional.empty();
    }

    private Outcome assign(Add add, String handle) {
        Call call = new Call(add.network().ipam(), add.id(), add.netns(), add.path(), arguments(add.arguments()), add.network().tree());
        Ended ended;
        try {
            keep(handle, call);
            ended = execute(call, "ADD");
        } catch (IOException e) {
            return new Outcome.Refused(call.type() + ": " + e.getMessage(), false);
        }
        if (ended.status() == 0) {
            Optional<CniResult> result = CniResult.readResult(add.network().version(), ended.output());
            List<InterfaceAddress> addresses = result.map(CniResult::ips).orElse(List.of()).stream().map(CniResult.Ip::address).toList();
            if (!addresses.isEmpty()) {
                return new Outcome.Assigned(addresses);
            }
        }
        Optional<String> left = release(handle);
        String reason = ended.status() == 0 ? "its result has no address" : ended.output().text("msg").orElse("it ended with " + ended.status());
        return new Outcome.Refused(call.type() + ": " + reason + left.map(text -> "; giving back what it may hold: " + text).orElse(""),
                ended.output().integer("code").orElse(0) == CniError.TRY_AGAIN_LATER);
    }

    /** Whether something is or may be held under a handle. */
    private boolean holds(String handle) {
        return Files.exists(file(handle));
    }

    /** Gives back what is held. Empty: done; else why not. */
    Optional<String> release(String handle) {
        Path file = file(handle);
        try {
            Optional<Call> call = read(file);
            if (call.isPresent()) {
                Ended ended = execute(call.get(), "DEL");
                if (ended.status() != 0) {
                    return Optional.of(call.get().type() + ": " + ended.output().text("msg").orElse("it ended with " + ended.status()));
                }
            }
            Files.deleteIfExists(file);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** For a container that is not known here: the DEL's own configuration is all there is. */
    Optional<String> release(Del del, String handle) {
        if (holds(handle)) {
            return release(handle);
        }
        try {
            Ended ended = execute(new Call(del.network().ipam(), del.id(), del.netns().orElse(""), del.path(), arguments(del.arguments()), del.network().tree()), "DEL");
            return ended.status() == 0 ? Optional.empty() : Optional.of(del.network().ipam() + ": " + ended.output().text("msg").orElse("it ended with " + ended.status()));
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Empty: it holds what it gave out; else what it says. */
    Optional<String> check(Check check) {
        try {
            Ended ended = execute(new Call(check.network().ipam(), check.id(), check.netns(), check.path(), arguments(check.arguments()), check.network().tree()), "CHECK");
            return ended.status() == 0 ? Optional.empty() : Optional.of(check.network().ipam() + ": " + ended.output().text("msg").orElse("it ended with " + ended.status()));
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Its STATUS, which is part of ours (CNI 1.1 §STATUS: a delegated plugin's error is the executing plugin's). Empty: it is ready, or older than STATUS. */
    static Optional<CniError> status(NetworkConfiguration network, String path) {
        try {
            Ended ended = execute(network.ipam(), path, Map.of("CNI_COMMAND", "STATUS"), network.tree());
            return ended.isDone() ? Optional.empty() : Optional.of(new CniError(ended.code() == CniError.LIMITED_CONNECTIVITY ? CniError.LIMITED_CONNECTIVITY : CniError.NOT_AVAILABLE,
                    "no container can be added; " + network.ipam() + ": " + ended.message(), ended.output().text("details").orElse("")));
        } catch (IOException e) {
            return Optional.of(new CniError(CniError.NOT_AVAILABLE, "no container can be added; " + network.ipam() + ": " + e.getMessage(), ""));
        }
    }

    /** Its GC: what it holds for attachments that nobody knows here goes as well. Empty: done, or it is older than GC; else why not. */
    static Optional<String> collect(NetworkConfiguration network, String path) {
        try {
            Ended ended = execute(network.ipam(), path, Map.of("CNI_COMMAND", "GC"), network.tree());
            return ended.isDone() ? Optional.empty() : Optional.of(network.ipam() + ": " + ended.message());
        } catch (IOException e) {
            return Optional.of(network.ipam() + ": " + e.getMessage());
        }
    }

    // ------------------------------------------------------------------------------------------------ executing

    private record Ended(int status, Json.Obj output) {
        /** Also where a plugin of before 1.1.0 does not know the command, which it says by the code of a wrong CNI_COMMAND. */
        boolean isDone() {
            return status == 0 || code() == CniError.INVALID_ENVIRONMENT;
        }

        long code() {
            return output.integer("code").orElse(0);
        }

        String message() {
            return output.text("msg").orElse("it ended with " + status);
        }
    }

    private static Ended execute(Call call, String command) throws IOException {
        return execute(call.type(), call.path(), Map.of("CNI_COMMAND", command, "CNI_CONTAINERID", call.id().containerId(), "CNI_IFNAME", call.id().interfaceName(), "CNI_NETNS", call.netns(),
                "CNI_ARGS", call.arguments()), call.configuration());
    }

    private static Ended execute(String type, String path, Map<String, String> environment, Json.Obj configuration) throws IOException {
        Process process = start(type, path, environment);
        CompletableFuture<byte[]> output = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (InputStream in = process.getInputStream()) {
                output.complete(in.readNBytes(MOST_OUTPUT + 1));
            } catch (IOException e) {
                output.completeExceptionally(e);
            }
        });
        try {
            try (var stdin = process.getOutputStream()) {
                stdin.write(JsonText.bytes(configuration));
            } catch (IOException _) {
                // it ended without reading: what it answers says why
            }
            byte[] bytes = output.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (bytes.length > MOST_OUTPUT || !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("its answer does not end");
            }
            return new Ended(process.exitValue(), bytes.length > 0 && JsonText.parse(bytes) instanceof Json.Obj tree ? tree : Json.Obj.EMPTY);
        } catch (JsonText.Malformed e) {
            throw new IOException("its answer is no JSON: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + PATIENCE_SECONDS + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("its answer cannot be read: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(String type, String path, Map<String, String> stated) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program(type, path).toString()).redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("CNI_"));
        environment.putAll(stated);
        environment.put("CNI_PATH", path);
        return builder.start();
    }

    private static Path program(String type, String path) throws IOException {
        if (!TYPE.matcher(type).matches()) {
            throw new IOException("'" + type + "' is no name of a plugin");
        }
        for (String place : path.split(":")) {
            Path program = Path.of(place).resolve(type);
            if (place.startsWith("/") && Files.isExecutable(program)) {
                return program;
            }
        }
        throw new IOException("there is no plugin " + type + " in CNI_PATH (" + path + ")");
    }

    // ------------------------------------------------------------------------------------------------ keeping

    private void keep(String handle, Call call) throws IOException {
        Json.Obj tree = Json.Obj.of("type", new Json.Text(call.type())).with("container", call.id().containerId()).with("interface", call.id().interfaceName())
                .with("netns", call.netns()).with("path", call.path()).with("arguments", call.arguments()).with("configuration", call.configuration());
        Path file = file(handle);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, JsonText.bytes(tree));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static Optional<Call> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Json.Obj tree = JsonText.parse(Files.readAllBytes(file)) instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            return Optional.of(new Call(tree.text("type").orElse(""), new EndpointId(tree.text("container").orElse(""), tree.text("interface").orElse("")), tree.text("netns").orElse(""),
                    tree.text("path").orElse(""), tree.text("arguments").orElse(""), tree.object("configuration").orElse(Json.Obj.EMPTY)));
        } catch (JsonText.Malformed | IllegalArgumentException e) {
            throw new IOException(file + " is damaged (" + e.getMessage() + "); release the address by hand and delete it", e);
        }
    }

    private Path file(String handle) {
        try {
            return folder.resolve(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(handle.getBytes(StandardCharsets.UTF_8)), 0, 16) + ".json");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static String arguments(Map<String, String> arguments) {
        List<String> pairs = new ArrayList<>();
        new TreeMap<>(arguments).forEach((key, value) -> pairs.add(key + "=" + value));
        return String.join(";", pairs);
    }
}
