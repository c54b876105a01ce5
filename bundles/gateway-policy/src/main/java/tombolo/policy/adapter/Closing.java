package tombolo.policy.adapter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.PolicySettings.CloseAzure;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.policy.Policies.Closed;
import tombolo.policy.adapter.nft.ClosedInterfaces;
import tombolo.policy.core.Model;

/**
 * Which interfaces carry nothing until their endpoint is known, and why.
 *
 * <pre>
 *  interfacePrefix of FelixConfiguration, interface-prefix of tombolo.cni.cfg ─── always ───────────────────────────┐
 *  azv, and the bridge of the mode bridge ─── once an endpoint has been made so, or as close-azv of etc/ says ───────┴─► ClosedInterfaces
 *                                              └─► file, read at the start
 * </pre>
 *
 * <p>The Azure CNI names its containers' interfaces {@code azv…} too. Where it makes them without this gateway in its chain, nobody here ever hears of an endpoint, and they are not
 * ours to cut off. What is in use is remembered in a file, so that what was closed is closed again before the first packet of the next life. On the Loop alone.
 */
final class Closing {
    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);
    /** Of the interfaces that the Azure CNI's modes make, here and there. */
    static final String AZURE_PREFIX = "azv";
    /** The file could not be read: closed is the safe side. */
    private static final String UNREADABLE = "unreadable";
    /** Nobody told by which mode. */
    private static final String KNOWN = "known";
    /** Of one mode a line, and there are four; more were not written here. */
    private static final int MOST_BYTES = 4096;
    private static final int MOST_NAMES = 10;

    private final Optional<Path> file;
    /** Since when, by mode. */
    private final TreeMap<String, Instant> used = new TreeMap<>();
    private CloseAzure wanted = CloseAzure.WHEN_USED;
    private Optional<String> bridge = Optional.empty();

    /** @param file where it is remembered; empty: nowhere */
    Closing(Optional<Path> file) {
        this.file = file;
        file.filter(Files::exists).ifPresent(this::read);
    }

    static boolean concerns(String interfaceName) {
        return interfaceName.startsWith(AZURE_PREFIX);
    }

    /** @param own the bridge of the mode bridge, where it has containers alone */
    void settings(CloseAzure close, Optional<String> own) {
        wanted = close;
        bridge = own;
    }

    /** @return whether something may have to be closed that was not */
    boolean uses(String interfaceName, String mode) {
        if (!concerns(interfaceName) || used.containsKey(mode)) {
            return false;
        }
        used.put(mode, Instant.now().truncatedTo(ChronoUnit.SECONDS));
        write();
        return true;
    }

    /** Endpoints that somebody else told of. */
    boolean uses(Collection<Model.Endpoint> endpoints) {
        boolean fresh = false;
        for (Model.Endpoint endpoint : endpoints) {
            if (!endpoint.host() && endpoint.interfaceName().isPresent() && (used.isEmpty() || endpoint.bridged().isPresent())) {
                fresh |= uses(endpoint.interfaceName().get(), endpoint.bridged().isPresent() ? EndpointMode.BRIDGE : KNOWN);
            }
        }
        return fresh;
    }

    private boolean azure() {
        return wanted == CloseAzure.ALWAYS || wanted == CloseAzure.WHEN_USED && !used.isEmpty();
    }

    private boolean behindBridge() {
        return bridge.isPresent() && (wanted == CloseAzure.ALWAYS || wanted == CloseAzure.WHEN_USED && (used.containsKey(EndpointMode.BRIDGE) || used.containsKey(UNREADABLE)));
    }

    /** What is closed besides the prefixes that are closed in any case. */
    ClosedInterfaces now() {
        return new ClosedInterfaces(azure() ? List.of(AZURE_PREFIX) : List.of(), bridge.filter(_ -> behindBridge()));
    }

    // ---- in words

    /** @param said prefixes that are closed in any case @param cni of these the one that tombolo.cni.cfg says @param there interfaces of this node @param known of which an endpoint is known */
    List<Closed> told(List<String> said, String cni, Collection<String> there, Predicate<String> known) {
        List<Closed> told = new ArrayList<>();
        for (String prefix : now().with(said).prefixes()) {
            String why = prefix.equals(cni) ? "interface-prefix in etc/tombolo.cni.cfg" : said.contains(prefix) ? "interfacePrefix of FelixConfiguration, or its default" : azureWords();
            List<String> unknown = there.stream().filter(name -> name.startsWith(prefix) && !known.test(name)).sorted().toList();
            told.add(new Closed(prefix + "*", true, why, unknown.subList(0, Math.min(MOST_NAMES, unknown.size())), unknown.size()));
        }
        if (told.stream().noneMatch(one -> one.interfaces().equals(AZURE_PREFIX + "*"))) {
            told.add(new Closed(AZURE_PREFIX + "*", false, azureWords(), List.of(), 0));
        }
        if (behindBridge()) {
            told.add(new Closed(bridge.orElseThrow(), true, "what is behind the bridge; " + azureWords(), List.of(), 0));
        }
        return told;
    }

    private String azureWords() {
        return switch (wanted) {
            case ALWAYS -> "close-azv = always in etc/tombolo.policy.cfg";
            case NEVER -> "close-azv = never in etc/tombolo.policy.cfg";
            case WHEN_USED -> used.isEmpty() ? "no container has been added here with such an interface, and other programs' containers may have them (close-azv in etc/tombolo.policy.cfg)"
                    : "in use here: " + String.join(", ", used.entrySet().stream().map(Closing::words).toList()) + " (close-azv in etc/tombolo.policy.cfg)";
        };
    }

    private static String words(Map.Entry<String, Instant> use) {
        return switch (use.getKey()) {
            case UNREADABLE -> "what was remembered of it cannot be read";
            case KNOWN -> "an endpoint since " + use.getValue();
            default -> "mode " + use.getKey() + " since " + use.getValue();
        };
    }

    // ---- the file

    private void read(Path from) {
        try {
            if (Files.size(from) > MOST_BYTES) {
                throw new IOException("larger than " + MOST_BYTES + " bytes");
            }
            for (String line : Files.readAllLines(from, StandardCharsets.UTF_8)) {
                String[] words = line.split(" ");
                if (words.length != 2) {
                    throw new IOException("a line is no mode and time");
                }
                used.put(words[0], Instant.parse(words[1]));
            }
        } catch (IOException | java.time.format.DateTimeParseException e) {
            LOG.warn("TMB-POL-045 {} cannot be read ({}); interfaces of containers on Azure networks are closed until their endpoint is known. Remove the file if there never were any", from,
                    e.getMessage());
            used.put(UNREADABLE, Instant.EPOCH);
        }
    }

    private void write() {
        if (file.isEmpty()) {
            return;
        }
        Path to = file.get();
        StringBuilder text = new StringBuilder();
        used.forEach((mode, since) -> text.append(mode).append(' ').append(since).append('\n'));
        try {
            Files.createDirectories(to.toAbsolutePath().getParent());
            Path fresh = to.resolveSibling(to.getFileName() + ".new");
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("TMB-POL-046 {} cannot be written ({}): after a restart, interfaces that begin with {} are open until one is added again. Mend the folder and restart gateway-policy", to,
                    e.getMessage(), AZURE_PREFIX);
        }
    }
}
