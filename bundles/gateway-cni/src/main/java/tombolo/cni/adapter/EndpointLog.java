package tombolo.cni.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.cni.core.EndpointText;
import tombolo.cni.core.HostPart;
import tombolo.runtime.BootId;
import tombolo.runtime.json.JsonText;

/**
 * The node's own record of its endpoints: a file to which each change appends a line, read at the start and written anew when most of it is history.
 *
 * <pre>
 *  ADDING   before the first address or interface: what is found so at a start was half done and is cleaned up
 *  READY    after the last step of an ADD
 *  RELEASING  the kernel's part of a DEL is done, the addresses' is not
 *  GONE     the endpoint is forgotten, and its HOST part with it
 *  HOST     what the host does for it beside: ports, limits; of an endpoint, or of one that another plugin made.  HOST_GONE  that is over
 * </pre>
 *
 * Lines of endpoints and HOST lines say by {@code boot} of which start of the machine they are: a path such as {@code /proc/PID/ns/net} leads to another process
 * after the next one. One without it, as older gateways wrote them, counts as of the start that reads it first.
 *
 * Those of endpoints also say by {@code node} under which node's name the cluster was told of them, which stays until it is told of them under another.
 *
 * An ADD does not wait for the disk here, only where its addresses are held. After a crash of the process the file is whole. One of the machine takes the
 * containers along; where it takes the last lines too, addresses stay held that no workload has, which is what gateway-ipam's leak watch is for, and WorkloadEndpoints stay, which the
 * start deletes. Any thread.
 */
public final class EndpointLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EndpointLog.class);
    private static final String FILE = "endpoints.log";
    private static final String GONE = "GONE";
    private static final String HOST_GONE = "HOST_GONE";
    private static final String BOOT = "boot";
    private static final String NODE = "node";
    /** History is dropped where it is four times what is kept. Below this many lines (4 MB) it is not worth the sync, for which one of a thousand calls waits. */
    private static final int WORTH_COMPACTING = 10_000;

    private final Path file;
    private final String boot;
    private final TreeMap<EndpointId, Endpoint> endpoints = new TreeMap<>();
    private final TreeMap<EndpointId, HostPart> parts = new TreeMap<>();
    /** The start of the machine of those that are of another than the present one. */
    private final Map<EndpointId, String> otherBoots = new HashMap<>();
    private final Map<EndpointId, String> partsOtherBoots = new HashMap<>();
    /** Under which node's name the cluster was told of each; of lines of older gateways, and before the name is known, nothing. */
    private final Map<EndpointId, String> nodes = new HashMap<>();
    private String node = "";
    private FileChannel channel;
    private int lines;
    /** Where the last whole line ends. */
    private long good;
    private boolean closed;
    private volatile BiConsumer<EndpointId, HostPart> partGone = (_, _) -> { };

    /** @param folder made where it is not there */
    public EndpointLog(Path folder) throws IOException {
        this(folder, BootId.now());
    }

    /** @param boot as {@link BootId#now}; "": not known, and nothing is said to be of another */
    EndpointLog(Path folder, String boot) throws IOException {
        this.boot = boot;
        Files.createDirectories(folder);
        file = folder.resolve(FILE);
        if (Files.exists(file)) {
            read();
        }
        channel = rewrite();
    }

    public synchronized Optional<Endpoint> get(EndpointId id) {
        return Optional.ofNullable(endpoints.get(id));
    }

    /** Whether the machine was started anew since it was written: its interfaces and its namespace went with that. */
    synchronized boolean isOfAnotherBoot(EndpointId id) {
        return !boot.isEmpty() && otherBoots.containsKey(id);
    }

    /** @param name under which the cluster is told of what is written from now on */
    synchronized void node(String name) {
        node = name;
    }

    /** The node's name under which the cluster may know an endpoint; empty: nobody has written it down. */
    synchronized Optional<String> toldUnder(EndpointId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** The cluster knows it under no other name of the node than this. */
    synchronized void told(EndpointId id, String name) throws IOException {
        Endpoint endpoint = endpoints.get(id);
        if (endpoint != null && !name.equals(nodes.get(id))) {
            append(line(otherBoots.getOrDefault(id, boot), name, endpoint));
            nodes.put(id, name);
            compactIfWorthIt();
        }
    }

    /** By id. */
    public synchronized List<Endpoint> list() {
        return new ArrayList<>(endpoints.values());
    }

    public synchronized int size() {
        return endpoints.size();
    }

    /** @param durable whether to wait until the disk has it */
    public void put(Endpoint endpoint, boolean durable) throws IOException {
        FileChannel written;
        synchronized (this) {
            String told = nodes.getOrDefault(endpoint.id(), node);
            append(line(boot, told, endpoint));
            endpoints.put(endpoint.id(), endpoint);
            otherBoots.remove(endpoint.id());
            if (!told.isEmpty()) {
                nodes.put(endpoint.id(), told);
            }
            written = compactIfWorthIt();
        }
        if (durable) {
            force(written); // outside the lock: several wait for one write of the disk
        }
        if (endpoint.state() == Endpoint.State.RELEASING) {
            removePart(endpoint.id());
        }
    }

    void force(FileChannel written) throws IOException {
        for (FileChannel now = written;;) {
            try {
                now.force(false);
                return;
            } catch (ClosedChannelException e) {
                synchronized (this) {
                    if (channel == now) {
                        throw e;
                    }
                    now = channel; // written anew, and durable already; or opened again behind somebody's interrupt, and not
                }
            }
        }
    }

    public void remove(EndpointId id) throws IOException {
        Optional<HostPart> part;
        synchronized (this) {
            part = Optional.ofNullable(parts.get(id));
            if (endpoints.containsKey(id)) {
                append(gone(id, GONE));
                forget(id);
                compactIfWorthIt();
            }
        }
        part.ifPresent(one -> partGone.accept(id, one));
    }

    /** Takes back a {@link #put}. @param before what was known then */
    void restore(EndpointId id, Optional<Endpoint> before) throws IOException {
        if (before.isPresent()) {
            put(before.get(), before.get().state() == Endpoint.State.RELEASING);
        } else {
            remove(id);
        }
    }

    // ------------------------------------------------------------------------------------------------ what the host does beside

    /** @param heard of each part that is over, by its own end or its endpoint's; on the thread that ended it */
    void onPartGone(BiConsumer<EndpointId, HostPart> heard) {
        partGone = heard;
    }

    synchronized Optional<HostPart> part(EndpointId id) {
        return Optional.ofNullable(parts.get(id));
    }

    /** Whether the machine was started anew since the part was written. */
    synchronized boolean isPartOfAnotherBoot(EndpointId id) {
        return !boot.isEmpty() && partsOtherBoots.containsKey(id);
    }

    synchronized Map<EndpointId, HostPart> parts() {
        return new TreeMap<>(parts);
    }

    synchronized void putPart(EndpointId id, HostPart part) throws IOException {
        append(of(boot, part.toJson(id)));
        parts.put(id, part);
        partsOtherBoots.remove(id);
        compactIfWorthIt();
    }

    void removePart(EndpointId id) throws IOException {
        HostPart part;
        synchronized (this) {
            part = parts.get(id);
            if (part == null) {
                return;
            }
            append(gone(id, HOST_GONE));
            forgetPart(id);
            compactIfWorthIt();
        }
        partGone.accept(id, part);
    }

    private static Json.Obj gone(EndpointId id, String state) {
        return Json.Obj.of("container", new Json.Text(id.containerId())).with("interface", id.interfaceName()).with("state", state);
    }

    private static Json.Obj line(String boot, String node, Endpoint endpoint) {
        Json.Obj line = of(boot, EndpointText.write(endpoint));
        return node.isEmpty() ? line : line.with(NODE, node);
    }

    private static Json.Obj of(String boot, Json.Obj line) {
        return boot.isEmpty() ? line : line.with(BOOT, boot);
    }

    private void forget(EndpointId id) {
        endpoints.remove(id);
        otherBoots.remove(id);
        nodes.remove(id);
        forgetPart(id);
    }

    private void forgetPart(EndpointId id) {
        parts.remove(id);
        partsOtherBoots.remove(id);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        channel.close();
    }

    private void append(Json.Obj line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((JsonText.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
        int length = bytes.remaining();
        if (!channel.isOpen() && !closed) { // an interrupt of a caller's thread closes it
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
        }
        channel.truncate(good); // half a line of a write that failed would take this one along
        while (bytes.hasRemaining()) {
            channel.write(bytes, good + length - bytes.remaining());
        }
        good += length;
        lines++;
    }

    private FileChannel compactIfWorthIt() throws IOException {
        if (lines > WORTH_COMPACTING && lines > 4 * (endpoints.size() + parts.size())) {
            FileChannel fresh = rewrite();
            channel.close();
            channel = fresh;
        }
        return channel;
    }

    private void read() throws IOException {
        String text = Files.readString(file);
        int number = 0;
        for (int start = 0, end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) { // what has no line end was being written at a crash
            number++;
            try {
                if (JsonText.parse(text.substring(start, end)) instanceof Json.Obj tree) {
                    apply(tree);
                }
            } catch (JsonText.Malformed | IllegalArgumentException e) {
                LOG.error("TMB-CNI-003 {} line {} is damaged ({}) and passed over. If a container's address stays taken, release it with ipam:release", file, number, e.getMessage());
            }
        }
    }

    private void apply(Json.Obj tree) {
        switch (tree.text("state").orElse("")) {
            case GONE -> forget(id(tree));
            case HOST_GONE -> forgetPart(id(tree));
            case HostPart.STATE -> {
                parts.put(id(tree), HostPart.read(tree));
                noteBoot(partsOtherBoots, id(tree), tree);
            }
            default -> {
                Endpoint endpoint = EndpointText.read(tree);
                endpoints.put(endpoint.id(), endpoint);
                noteBoot(otherBoots, endpoint.id(), tree);
                tree.text(NODE).ifPresent(name -> nodes.put(endpoint.id(), name));
            }
        }
    }

    private void noteBoot(Map<EndpointId, String> others, EndpointId id, Json.Obj tree) {
        String its = tree.text(BOOT).orElse(boot);
        if (its.equals(boot)) {
            others.remove(id);
        } else {
            others.put(id, its);
        }
    }

    private static EndpointId id(Json.Obj tree) {
        return new EndpointId(tree.text("container").orElse(""), tree.text("interface").orElse(""));
    }

    /** Writes what is held into a new file, which takes the old one's place whole or not at all. */
    private FileChannel rewrite() throws IOException {
        Path fresh = file.resolveSibling(FILE + ".new");
        FileChannel out = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        try {
            StringBuilder text = new StringBuilder();
            endpoints.values().forEach(endpoint -> text.append(JsonText.line(line(otherBoots.getOrDefault(endpoint.id(), boot), nodes.getOrDefault(endpoint.id(), ""), endpoint))).append('\n'));
            parts.forEach((id, part) -> text.append(JsonText.line(of(partsOtherBoots.getOrDefault(id, boot), part.toJson(id)))).append('\n'));
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            lines = endpoints.size() + parts.size();
            good = bytes.limit();
            return out;
        } catch (IOException e) {
            out.close();
            throw e;
        }
    }
}
