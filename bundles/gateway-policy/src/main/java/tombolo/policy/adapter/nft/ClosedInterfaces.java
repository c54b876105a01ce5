package tombolo.policy.adapter.nft;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Interfaces that are an endpoint's by their name and carry nothing until it is known.
 *
 * @param prefixes what such names begin with
 * @param bridge   behind which there are endpoints and nothing else; closed until the first of them is known, whose rules then name the others
 */
public record ClosedInterfaces(List<String> prefixes, Optional<String> bridge) {
    public static final ClosedInterfaces NONE = new ClosedInterfaces(List.of(), Optional.empty());

    public ClosedInterfaces {
        prefixes = List.copyOf(prefixes);
    }

    public ClosedInterfaces(String... prefixes) {
        this(List.of(prefixes), Optional.empty());
    }

    /** @param more what else names begin with */
    public ClosedInterfaces with(Collection<String> more) {
        return new ClosedInterfaces(Stream.concat(prefixes.stream(), more.stream()).distinct().sorted().toList(), bridge);
    }

    boolean isNone() {
        return prefixes.isEmpty() && bridge.isEmpty();
    }
}
