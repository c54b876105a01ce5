package tombolo.api.nat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.Collections;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.net.Prefix;

/** Translates addresses in the kernel: a service of gateway-dataplane. Any thread but a Loop's; changes block until they are in force (a few milliseconds). */
public interface Nat {
    /** These are all the mappings there are; what the kernel has besides, of an earlier life, goes. Comes before the first {@link #map}. */
    Outcome all(Map<EndpointId, Exposed> all);

    /** Maps a container's ports in place of those that it had. Nothing is mapped where one of them is another's. */
    Outcome map(EndpointId id, Exposed exposed);

    /** Ends a container's mappings; one that has none is done as well. */
    Outcome unmap(EndpointId id);

    /** These are all the services that see containers under another address, in place of those there were. Where it is refused, those there were stay wanted. */
    Outcome sources(Set<SourceTranslation> all);

    View view();

    /** What a change came to. */
    sealed interface Outcome {
        record Done() implements Outcome { }

        /** Another container has the port. */
        record Taken(PortMapping wanted, EndpointId by, PortMapping theirs) implements Outcome { }

        /** @param later whether the same may be done another time */
        record Refused(String reason, boolean later) implements Outcome { }
    }

    /**
     * @param exposed      by endpoint, as in force or on the way there
     * @param masqueraded  pools whose containers leave the cluster with the node's address
     * @param inside       pools to which nothing is translated
     * @param known        whether pools have been heard of, and mappings told
     * @param sources      services that see containers under another address
     */
    record View(SortedMap<EndpointId, Exposed> exposed, List<Prefix> masqueraded, List<Prefix> inside, boolean known, List<SourceTranslation> sources) {
        public View {
            exposed = Collections.unmodifiableSortedMap(new TreeMap<>(exposed));
            masqueraded = List.copyOf(masqueraded);
            inside = List.copyOf(inside);
            sources = List.copyOf(sources);
        }
    }
}
