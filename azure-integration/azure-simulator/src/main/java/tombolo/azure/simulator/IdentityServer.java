package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The token endpoint of a machine: that of the instance metadata service (IMDS), or that of the Azure Arc agent, which first has the caller read a file that only
 * the privileged can. Plain HTTP on loopback, as both are.
 */
final class IdentityServer implements AutoCloseable {
    private static final String PATH = "/metadata/identity/oauth2/token";

    private final Directory directory;
    private final Supplier<Directory.Application> identity;
    private final SimulatorSettings settings;
    private final Optional<Path> challenges;
    private final Map<String, Path> open = new ConcurrentHashMap<>();
    private final WebServer server;

    /** @param challenges folder of the agent's files; empty for IMDS */
    IdentityServer(Directory directory, Supplier<Directory.Application> identity, SimulatorSettings settings, Optional<Path> challenges) {
        this.directory = directory;
        this.identity = identity;
        this.settings = settings;
        this.challenges = challenges;
        this.server = WebServer.http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), call -> Optional.of(answer(call)));
    }

    int port() {
        return server.port();
    }

    private Reply answer(Call call) {
        if (!call.path().equals(PATH) || !"GET".equals(call.method())) {
            return refused(404, "not_found", "only GET " + PATH + " is served");
        }
        if (!call.header("Metadata").map(String::toLowerCase).equals(Optional.of("true"))) {
            return refused(400, "invalid_request", "Required metadata header not specified");
        }
        Map<String, String> query = call.query();
        if (!query.containsKey("api-version") || !query.containsKey("resource")) {
            return refused(400, "invalid_request", "Required query variable 'resource' or 'api-version' is missing");
        }
        if (challenges.isPresent()) {
            Path file = call.header("Authorization").filter(header -> header.startsWith("Basic ")).map(header -> open.remove(header.substring("Basic ".length()))).orElse(null);
            if (file == null) {
                return challenge(challenges.get());
            }
            delete(file);
        }
        long now = settings.times().clock().instant().getEpochSecond();
        long lifetime = settings.times().token().toSeconds();
        // Numbers as text: both services write them so.
        return Reply.json(200, Text.object().put("access_token", directory.token(identity.get())).put("client_id", "").put("expires_in", Long.toString(lifetime))
                .put("expires_on", Long.toString(now + lifetime)).put("ext_expires_in", Long.toString(lifetime)).put("not_before", Long.toString(now))
                .put("resource", query.get("resource")).put("token_type", "Bearer"));
    }

    private Reply challenge(Path folder) {
        String secret = UUID.randomUUID().toString();
        try {
            Files.createDirectories(folder);
            Path file = Files.writeString(folder.resolve(UUID.randomUUID() + ".key"), secret);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r-----"));
            open.put(secret, file);
            return refused(401, "unauthorized", "the file's content is wanted").header("WWW-Authenticate", "Basic realm=" + file);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private static Reply refused(int status, String error, String description) {
        ObjectNode body = Text.object().put("error", error).put("error_description", description);
        return Reply.json(status, body);
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    @Override
    public void close() {
        server.close();
        open.values().forEach(IdentityServer::delete);
    }
}
