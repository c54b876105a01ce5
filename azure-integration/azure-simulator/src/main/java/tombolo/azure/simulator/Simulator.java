package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tombolo.azure.simulator.edge.Edge;
import tombolo.azure.simulator.edge.EdgeWish;

/** The simulated cloud: ARM, its directory, the provider and the edge. Any thread. */
public final class Simulator implements AutoCloseable {
    private static final int REMEMBERED_CALLS = 20_000;

    /**
     * A call that came in, tokens and control calls not among them.
     *
     * @param uri path and query as they were sent
     * @param status 0 where the connection ended without an answer
     * @param requestId {@code x-ms-request-id} of the answer
     * @param clientRequestId {@code x-ms-client-request-id}; empty text where none was sent
     */
    public record Seen(String method, URI uri, int status, String requestId, String clientRequestId, String body) { }

    private final SimulatorSettings settings;
    private final World world;
    private final Directory directory;
    private final Arm arm;
    private final ServiceProvider provider;
    private final LabCertificate certificate;
    private final WebServer server;
    private final IdentityServer imds;
    private final IdentityServer arc;
    private final Edge edge;
    private final EdgeKeeper keeper;
    private final Control control;
    private final Deque<Seen> seen = new ArrayDeque<>();
    private volatile Optional<Directory.Application> machine = Optional.empty();

    private Simulator(SimulatorSettings settings, Edge edge) {
        this.settings = settings;
        this.world = new World(settings, edge);
        this.directory = new Directory(settings);
        this.arm = new Arm(world, new Throttle(settings));
        this.provider = new ServiceProvider(world);
        this.control = new Control(this);
        this.certificate = LabCertificate.issue(List.of(settings.place().listen(), InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")));
        this.imds = new IdentityServer(directory, this::machine, settings, Optional.empty());
        this.arc = new IdentityServer(directory, this::machine, settings, Optional.of(settings.place().folder().resolve("tokens")));
        this.edge = edge;
        this.keeper = new EdgeKeeper(world, edge);
        this.server = WebServer.https(new InetSocketAddress(settings.place().listen(), settings.place().port()), certificate.context(), this::serve);
    }

    /** Starts it; the CA's certificate and the endpoints are written to the settings' folder. Closing it closes the edge. */
    public static Simulator start(SimulatorSettings settings, Edge edge) {
        try {
            Files.createDirectories(settings.place().folder());
            Simulator simulator = new Simulator(settings, edge);
            simulator.certificate.write(simulator.authorityFile());
            ObjectNode endpoints = Text.object().put("resourceManager", simulator.endpoint().toString()).put("activeDirectory", simulator.endpoint().toString())
                    .put("identity", simulator.imdsEndpoint().toString()).put("arcIdentity", simulator.arcEndpoint().toString()).put("authority", simulator.authorityFile().toString());
            Files.writeString(settings.place().folder().resolve("endpoints.json"), Text.pretty(endpoints) + "\n");
            return simulator;
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    private Directory.Application machine() {
        return machine.orElseGet(() -> directory.application("machine", "machine"));
    }

    /** Whom tokens of the machine's own identity (IMDS, Arc) speak for. */
    public void machineIs(Directory.Application application) {
        machine = Optional.of(application);
    }

    /** ARM and the directory: {@code https://localhost:PORT}, or the address that it listens on. */
    public URI endpoint() {
        String host = settings.place().listen().isLoopbackAddress() ? "localhost" : settings.place().listen().getHostAddress();
        return URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port());
    }

    /** In place of {@code http://169.254.169.254}. */
    public URI imdsEndpoint() {
        return URI.create("http://localhost:" + imds.port());
    }

    /** In place of {@code http://localhost:40342}. */
    public URI arcEndpoint() {
        return URI.create("http://localhost:" + arc.port());
    }

    /** The certificate to trust, as PEM. */
    public Path authorityFile() {
        return settings.place().folder().resolve("ca.pem");
    }

    public X509Certificate authority() {
        return certificate.authority();
    }

    /** A context for clients that trust this simulator alone. */
    public SSLContext trusting() {
        return trusting(certificate.authority());
    }

    static SSLContext trusting(Certificate authority) {
        try {
            java.security.KeyStore store = java.security.KeyStore.getInstance(java.security.KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry("lab", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (java.security.GeneralSecurityException | IOException problem) {
            throw new IllegalStateException(problem);
        }
    }

    public Directory directory() {
        return directory;
    }

    public ServiceProvider provider() {
        return provider;
    }

    /** A subscription of that tenant, and a resource group in it. */
    public Simulator subscription(String id, String name, String tenant) {
        return world.locked(() -> {
            world.subscriptions().put(id.toLowerCase(Locale.ROOT), new World.Subscription(id.toLowerCase(Locale.ROOT), name, tenant));
            return this;
        });
    }

    /** @param location such as {@code westeurope} */
    public Simulator group(String subscription, String name, String location) {
        return world.locked(() -> {
            Arm.group(world, subscription.toLowerCase(Locale.ROOT), name, location);
            return this;
        });
    }

    /** The registries know this AS as the owner of the prefix: Microsoft peering takes it. */
    public void register(long asn, String prefix) {
        world.locked(() -> world.registered().add(asn + " " + Cidr.parse(prefix)));
    }

    /** The next {@code times} calls whose {@code METHOD path} the pattern finds. */
    public void fail(String pattern, int times, Misfortune what) {
        world.fates().call(Pattern.compile(pattern), times, what);
    }

    /** The next {@code times} operations that such a call starts end as failed, with that error. */
    public void failOperation(String pattern, int times, String code, String message) {
        world.fates().operation(Pattern.compile(pattern), times, new Fates.Wish(Operations.Fate.FAILS, code, message, Duration.ZERO));
    }

    public void cancelOperation(String pattern, int times) {
        world.fates().operation(Pattern.compile(pattern), times, new Fates.Wish(Operations.Fate.CANCELED, "Canceled", "Operation was canceled.", Duration.ZERO));
    }

    /** They say InProgress for ever. */
    public void stallOperation(String pattern, int times) {
        world.fates().operation(Pattern.compile(pattern), times, new Fates.Wish(Operations.Fate.NEVER_ENDS, "", "", Duration.ZERO));
    }

    public void delayOperation(String pattern, int times, Duration extra) {
        world.fates().operation(Pattern.compile(pattern), times, new Fates.Wish(Operations.Fate.SUCCEEDS, "", "", extra));
    }

    /** Faults that have not happened yet are taken back. */
    public void clearFaults() {
        world.fates().clear();
    }

    /** Changes a resource behind everybody's back, at once, as somebody in the portal or the provider would; nothing is checked. */
    public void edit(String id, Consumer<ObjectNode> body) {
        world.locked(() -> {
            Resource resource = world.find(ResourceId.parse(id)).orElseThrow(() -> new IllegalStateException("no resource " + id));
            body.accept(resource.body());
            resource.apply();
            resource.touch();
            return true;
        });
    }

    /** Removes a resource and all below it behind everybody's back. */
    public void vanish(String id) {
        world.locked(() -> {
            world.remove(ResourceId.parse(id));
            return true;
        });
    }

    /** A resource as a GET would show it. */
    public Optional<ObjectNode> resource(String id) {
        return world.locked(() -> world.find(ResourceId.parse(id)).map(world::render));
    }

    /** Something is done to one device of a circuit. */
    public void maintenance(String serviceKey, Edge.Device device, EdgeWish.Maintenance what) {
        world.locked(() -> {
            world.maintenance(serviceKey, device, what);
            return true;
        });
    }

    /** See {@link Edge#silence}. */
    public void silence(Edge.Device device, boolean silent) {
        edge.silence(device, silent);
    }

    /** What the edge has been told last, and whether it has done it: the text of what went wrong, or empty. */
    public Optional<String> edgeProblem() {
        return keeper.problem();
    }

    /** Returns once the edge does what ARM says now. @throws IllegalStateException where it does not within the limit */
    public void awaitEdge(Duration limit) {
        keeper.await(limit);
    }

    /** The last calls to ARM, oldest first. */
    public List<Seen> seen() {
        synchronized (seen) {
            return new ArrayList<>(seen);
        }
    }

    public void forgetSeen() {
        synchronized (seen) {
            seen.clear();
        }
    }

    private Optional<Reply> serve(Call call) {
        String path = call.path();
        if (path.endsWith("/oauth2/v2.0/token") && "POST".equals(call.method())) {
            return misfortune(call, () -> directory.token(path.split("/")[1], call));
        }
        if (path.equals("/api/retail/prices") && "GET".equals(call.method())) {
            return misfortune(call, () -> Prices.answer(call));
        }
        if (path.startsWith("/simulator/")) {
            return Optional.of(control.answer(call));
        }
        String requestId = UUID.randomUUID().toString();
        Optional<Reply> reply = misfortune(call, () -> {
            Principal caller = directory.principal(call);
            return world.locked(() -> arm.answer(call, caller));
        });
        reply.ifPresent(answer -> signature(call, answer, requestId));
        Seen entry = new Seen(call.method(), call.uri(), reply.map(Reply::status).orElse(0), requestId, call.header("x-ms-client-request-id").orElse(""),
                new String(call.body(), java.nio.charset.StandardCharsets.UTF_8));
        synchronized (seen) {
            seen.add(entry);
            if (seen.size() > REMEMBERED_CALLS) {
                seen.removeFirst();
            }
        }
        return reply;
    }

    private Optional<Reply> misfortune(Call call, java.util.function.Supplier<Reply> work) {
        Optional<Misfortune> fault = world.fates().forCall(call.method() + " " + call.path());
        if (fault.isEmpty()) {
            return Optional.of(careful(work));
        }
        return switch (fault.get()) {
            case Misfortune.Refused(int status, String code, String message, Map<String, String> headers) -> {
                Reply reply = new ArmFault(status, code, message).reply();
                headers.forEach(reply::header);
                yield Optional.of(reply);
            }
            case Misfortune.Garbage(int status, String type, String body) -> Optional.of(Reply.raw(status, type, body.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            case Misfortune.Late(Duration by) -> {
                Reply reply = careful(work);
                WebServer.linger(by);
                yield Optional.of(reply);
            }
            case Misfortune.Dropped() -> Optional.empty();
            case Misfortune.AnswerLost() -> {
                careful(work);
                yield Optional.empty();
            }
        };
    }

    private static Reply careful(java.util.function.Supplier<Reply> work) {
        try {
            return work.get();
        } catch (ArmFault refused) {
            return refused.reply();
        } catch (RuntimeException fault) {
            fault.printStackTrace(); // a fault of the simulator's own: the test's output must show it
            return new ArmFault(500, "InternalServerError", "The simulator failed: " + fault).reply();
        }
    }

    /** The headers by which ARM's answers are traced. */
    private static void signature(Call call, Reply reply, String requestId) {
        reply.header("x-ms-request-id", requestId).header("x-ms-correlation-request-id", call.header("x-ms-correlation-request-id").orElse(requestId))
                .header("x-ms-arm-service-request-id", UUID.randomUUID().toString()).header("x-ms-routing-request-id", "WESTEUROPE:LAB:" + requestId)
                .header("Cache-Control", "no-cache").header("Pragma", "no-cache").header("X-Content-Type-Options", "nosniff");
        if (call.header("x-ms-return-client-request-id").map(String::toLowerCase).equals(Optional.of("true"))) {
            call.header("x-ms-client-request-id").ifPresent(id -> reply.header("x-ms-client-request-id", id));
        }
    }

    @Override
    public void close() {
        server.close();
        imds.close();
        arc.close();
        keeper.close();
    }
}
