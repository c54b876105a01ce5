package tombolo.fabric.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.NodeBlocks.Holdings;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

/** The node's blocks as they were said last, in a file. Losing it costs a withdrawal until they are said again: failures are logged, not thrown. */
final class KeptHoldings {
    private static final Logger LOG = LoggerFactory.getLogger(KeptHoldings.class);

    private final Path file;

    KeptHoldings(Path file) {
        this.file = file;
    }

    Holdings read() {
        if (!Files.exists(file)) {
            return Holdings.NONE;
        }
        try {
            if (JsonText.parse(Files.readAllBytes(file)) instanceof Json.Obj kept) {
                return new Holdings(prefixes(kept, "blocks"), prefixes(kept, "borrowed"));
            }
            LOG.warn("TMB-FAB-001 {} is not what this node writes there; its blocks are not advertised until gateway-ipam has told them", file);
        } catch (IOException | JsonText.Malformed | IllegalArgumentException e) {
            LOG.warn("TMB-FAB-001 {} cannot be read ({}); this node's blocks are not advertised until gateway-ipam has told them", file, e.toString());
        }
        return Holdings.NONE;
    }

    void keep(Holdings holdings) {
        Json.Obj text = Json.Obj.of("blocks", texts(holdings.blocks())).with("borrowed", texts(holdings.borrowed()));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path part = file.resolveSibling(file.getFileName() + ".part");
            Files.write(part, JsonText.bytes(text));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("TMB-FAB-002 {} cannot be written ({}); after a restart this node's blocks are withdrawn until gateway-ipam has told them. Make room there, or let"
                    + " the node's user write", file, e.toString());
        }
    }

    private static Json texts(Set<Prefix> prefixes) {
        return Json.Arr.texts(prefixes.stream().map(Prefix::toString).toList());
    }

    private static Set<Prefix> prefixes(Json.Obj kept, String name) {
        return kept.array(name).stream().map(item -> item instanceof Json.Text(String text) ? Prefix.parse(text) : refuse(item)).collect(Collectors.toSet());
    }

    private static Prefix refuse(Json item) {
        throw new IllegalArgumentException(item + " is no prefix");
    }
}
