package tombolo.api.resource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Prefix;
import tombolo.api.selector.Selector;

/**
 * A rule of a policy or a profile: what is set must all match; inside a list any entry does.
 *
 * @param ipVersion   4 or 6
 * @param annotations of {@code metadata}
 */
public record PolicyRule(Action action, OptionalInt ipVersion, Optional<IpProtocol> protocol, Optional<Icmp> icmp, Optional<IpProtocol> notProtocol, Optional<Icmp> notIcmp,
                         Entity source, Entity destination, Optional<Http> http, Map<String, String> annotations) {
    public PolicyRule {
        annotations = Map.copyOf(annotations);
    }

    public enum Action { ALLOW, DENY, LOG, PASS }

    /**
     * @param type 0–254
     * @param code 0–255, only with a type
     */
    public record Icmp(OptionalInt type, OptionalInt code) { }

    /** One end of the traffic. */
    public record Entity(List<Prefix> nets, List<Prefix> notNets, Optional<Selector> selector, Optional<Selector> notSelector, Optional<Selector> namespaceSelector,
                         List<Port> ports, List<Port> notPorts, Optional<ServiceAccounts> serviceAccounts, Optional<Service> services) {
        public static final Entity ANY = new Entity(List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty(), Optional.empty());

        public Entity {
            nets = List.copyOf(nets);
            notNets = List.copyOf(notNets);
            ports = List.copyOf(ports);
            notPorts = List.copyOf(notPorts);
        }
    }

    public sealed interface Port {
        /** @param min 1–65535, no more than {@code max} */
        record Range(int min, int max) implements Port {
            public Range {
                if (min < 1 || max > 65535 || min > max) {
                    throw new IllegalArgumentException("ports " + min + ":" + max + ": each is 1 to 65535, the first no more than the second");
                }
            }

            @Override
            public String toString() {
                return min == max ? Integer.toString(min) : min + ":" + max;
            }
        }

        /** A named port of an endpoint, looked up endpoint by endpoint. @param name 1 to 128 of letters, digits, '_', '.' and '-' */
        record Named(String name) implements Port {
            public Named {
                if (!name.matches("[a-zA-Z0-9_.-]{1,128}")) {
                    throw new IllegalArgumentException("'" + name + "' is not the name of a port: wanted 1 to 128 of letters, digits, '_', '.' and '-'");
                }
            }

            @Override
            public String toString() {
                return name;
            }
        }
    }

    /** Both must match where both are set. @param names any of them; empty: any */
    public record ServiceAccounts(List<String> names, Optional<Selector> selector) {
        public ServiceAccounts {
            names = List.copyOf(names);
        }
    }

    /** @param namespace empty: that of the policy */
    public record Service(String name, Optional<String> namespace) { }

    public record Http(List<String> methods, List<Path> paths) {
        public Http {
            methods = List.copyOf(methods);
            paths = List.copyOf(paths);
        }

        /** @param prefix false: the whole path */
        public record Path(String path, boolean prefix) { }
    }
}
