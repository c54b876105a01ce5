package tombolo.azure.expressroute.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Part;
import tombolo.api.config.Contributions;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.api.subinterface.Subinterfaces;
import tombolo.azure.expressroute.core.NodeSide;
import tombolo.runtime.json.JsonText;

/**
 * What each circuit has on this node, as it was applied: in a file each, so that it is the same after a restart without asking Azure; the interfaces are kept by
 * {@link Subinterfaces}, the sessions and filters by {@link Contributions}. Any thread.
 */
final class NodeSides {
    private static final Logger LOG = LoggerFactory.getLogger(NodeSides.class);
    private static final String SOURCE = "expressroute";
    private static final String SUFFIX = ".json";

    private final Optional<Path> folder;
    private final Map<String, NodeSide> applied = new TreeMap<>();
    /** Circuits whose files cannot be read: while there is one, nothing is said of sessions, since saying all there is would end theirs. */
    private final Set<String> unread = new TreeSet<>();
    private Optional<Subinterfaces> links = Optional.empty();
    private Optional<Contributions> contributions = Optional.empty();

    /** @param folder of the files; empty: nothing is kept */
    NodeSides(Optional<Path> folder) {
        this.folder = folder;
        folder.filter(Files::isDirectory).ifPresent(this::readAll);
    }

    private void readAll(Path from) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String circuit = name.substring(0, name.length() - SUFFIX.length());
                try {
                    applied.put(circuit, NodeSide.read((Json.Obj) JsonText.parse(Files.readString(file))));
                } catch (JsonText.Malformed | IOException | IllegalArgumentException | ClassCastException e) {
                    unread.add(circuit);
                    LOG.warn("TMB-ER-275 {} cannot be read ({}): what the circuit has on this node stays as it is, but is not known here. er:plan {} shows it as missing; er:apply {} writes it anew",
                            file, e.toString(), circuit, circuit);
                }
            }
        } catch (IOException e) {
            unread.add("every circuit");
            LOG.warn("TMB-ER-275 {} cannot be read ({}): what circuits have on this node stays as it is, but is not known here. Let the node's user read it, then restart azure-expressroute", from, e.toString());
        }
    }

    synchronized Set<String> circuits() {
        return new TreeSet<>(applied.keySet());
    }

    synchronized NodeSide of(String circuit) {
        return applied.getOrDefault(circuit, NodeSide.EMPTY);
    }

    /**
     * Changes what the circuit has here: first in the file, then in force.
     *
     * @throws ExpressRouteException where that cannot be kept, and then nothing is changed
     */
    synchronized void apply(String circuit, List<NodeSide.Change> changes) {
        if (!unread.isEmpty() && !unread.contains(circuit)) {
            throw new ExpressRouteException("TMB-ER-277 what " + String.join(", ", unread) + " has on this node cannot be read, and would be lost by a change of " + circuit + ". First er:apply " + unread.iterator().next() + ".");
        }
        NodeSide side = of(circuit).with(changes);
        keep(circuit, side);
        unread.remove(circuit);
        if (side.equals(NodeSide.EMPTY)) {
            applied.remove(circuit);
        } else {
            applied.put(circuit, side);
        }
        contribute(); // sessions end before their interfaces go; those that come wait for their interface by themselves
        links.ifPresent(service -> service.offer(circuit, side.links()));
    }

    private void keep(String circuit, NodeSide side) {
        if (folder.isEmpty()) {
            return;
        }
        try {
            Path file = folder.get().resolve(circuit + SUFFIX);
            if (side.equals(NodeSide.EMPTY)) {
                Files.deleteIfExists(file);
                return;
            }
            Files.createDirectories(folder.get());
            Path fresh = folder.get().resolve("." + circuit + ".new");
            Files.write(fresh, JsonText.pretty(side.json()).getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new ExpressRouteException("TMB-ER-276 what circuit " + circuit + " has on this node cannot be kept in " + folder.get() + " (" + e + "), and so was not changed. Make room there, or let the node's user write.");
        }
    }

    synchronized void linksCame(Subinterfaces service) {
        links = Optional.of(service);
        applied.forEach((circuit, side) -> service.offer(circuit, side.links()));
    }

    synchronized void linksWent(Subinterfaces service) {
        links = links.filter(now -> now != service);
    }

    synchronized void contributionsCame(Contributions service) {
        contributions = Optional.of(service);
        contribute();
    }

    synchronized void contributionsWent(Contributions service) {
        contributions = contributions.filter(now -> now != service);
    }

    private void contribute() {
        if (!unread.isEmpty()) {
            return;
        }
        List<Part> parts = new ArrayList<>();
        applied.values().forEach(side -> parts.addAll(side.parts()));
        contributions.ifPresent(service -> service.offer(new Contribution(SOURCE, parts)));
    }

    /** How the kernel stands to it; the one who keeps the interfaces asks the kernel. */
    List<Subinterfaces.State> states(String circuit) {
        Optional<Subinterfaces> service;
        synchronized (this) {
            service = links;
        }
        try {
            return service.map(each -> each.states(circuit)).orElse(List.of());
        } catch (IllegalStateException _) {
            return List.of(); // it is being replaced
        }
    }

    /** What keeps the node's side from being in force, for people. */
    synchronized List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (links.isEmpty()) {
            missing.add("gateway-dataplane is not running: interfaces are made when it comes");
        }
        if (contributions.isEmpty()) {
            missing.add("gateway-config is not running: sessions are changed when it comes");
        }
        return missing;
    }
}
