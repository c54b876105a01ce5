package tombolo.api.nat;

import java.util.Comparator;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * What containers say to one service comes from another address than theirs, because that service answers to no other. An answer comes back to the container.
 *
 * @param from   whose requests are meant
 * @param server the service's address; where this host has it itself, nothing is translated
 * @param port   1 to 65535
 * @param source what the service sees; of the server's family, and one that answers come back to this host for
 */
public record SourceTranslation(Prefix from, IpAddress server, PortMapping.Protocol protocol, int port, IpAddress source) implements Comparable<SourceTranslation> {
    private static final Comparator<SourceTranslation> ORDER = Comparator.comparing(SourceTranslation::from).thenComparing(SourceTranslation::server).thenComparing(SourceTranslation::protocol)
            .thenComparing(SourceTranslation::port).thenComparing(SourceTranslation::source);

    public SourceTranslation {
        if (from.family() != server.family() || server.family() != source.family()) {
            throw new IllegalArgumentException(from + ", " + server + " and " + source + " are not of one family");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + ": 1 to 65535");
        }
        if (source.isUnspecified() || source.isMulticast() || source.isLoopback()) {
            throw new IllegalArgumentException(source + " is nobody's that answers could be sent to");
        }
    }

    @Override
    public int compareTo(SourceTranslation other) {
        return ORDER.compare(this, other);
    }
}
