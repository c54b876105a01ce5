package tombolo.api.nftables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

/** Prefixes as the elements of an interval set, which the kernel takes only where they do not overlap. */
public final class Ranges {
    private Ranges() { }

    /** The addresses of one family that the prefixes cover, as few disjoint ranges, in order: what overlaps or touches is one. */
    public static List<Element> merged(AddressFamily family, Collection<Prefix> prefixes) {
        List<Element> sorted = new ArrayList<>();
        prefixes.stream().filter(prefix -> prefix.family() == family).forEach(prefix -> sorted.add(Element.range(Value.of(prefix.address()), Value.last(prefix))));
        sorted.sort(Comparator.comparing(Element::from));
        List<Element> merged = new ArrayList<>();
        for (Element next : sorted) {
            if (!merged.isEmpty()) {
                Element last = merged.getLast();
                boolean touches = last.to().next().map(behind -> behind.compareTo(next.from()) >= 0).orElse(true);
                if (touches) {
                    merged.set(merged.size() - 1, Element.range(last.from(), last.to().compareTo(next.to()) >= 0 ? last.to() : next.to()));
                    continue;
                }
            }
            merged.add(next);
        }
        return merged;
    }
}
