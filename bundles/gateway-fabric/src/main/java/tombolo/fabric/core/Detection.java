package tombolo.fabric.core;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tombolo.api.config.NodeSettings;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.InterfaceAddress;

/** By which address other nodes know this one (calico-node: {@code autodetection}). */
public final class Detection {
    /** Interfaces that are never meant: those of containers, tunnels and the node itself. */
    private static final List<Pattern> EXCLUDED = Stream.of("^docker.*", "^cbr.*", "^dummy.*", "^podman.*", "^virbr.*", "^lxcbr.*", "^veth.*", "^lo", "^br-.*", "^cali.*",
            "^tunl.*", "^flannel.*", "^kube-ipvs.*", "^cni.*", "^vxlan\\.calico.*", "^vxlan-v6\\.calico.*", "^wireguard\\.cali.*", "^wg-v6\\.cali.*", "^nodelocaldns.*")
            .map(Pattern::compile).toList();

    private Detection() { }

    /**
     * @param said    {@code autodetect}, {@code none}, or the address
     * @param method  how to find it
     * @param links   the interfaces
     * @param towards the interface that leads to an address, for {@code can-reach}
     */
    public static Optional<InterfaceAddress> address(AddressFamily family, String said, String method, List<Link> links,
                                                     java.util.function.Function<IpAddress, Optional<String>> towards) {
        if (said.equals(NodeSettings.NONE)) {
            return Optional.empty();
        }
        if (!said.equals(NodeSettings.AUTODETECT)) {
            return Optional.of(InterfaceAddress.parse(said));
        }
        int equals = method.indexOf('=');
        String argument = equals < 0 ? "" : method.substring(equals + 1);
        List<Link> byIndex = links.stream().filter(link -> link.up() && !link.addresses().isEmpty()).sorted(Comparator.comparingInt(Link::index)).toList();
        return switch (equals < 0 ? method : method.substring(0, equals)) {
            case "can-reach" -> {
                IpAddress target = IpAddress.parse(argument);
                Optional<String> name = towards.apply(target);
                yield first(family, byIndex.stream().filter(link -> name.filter(link.name()::equals).isPresent()), Optional.of(target));
            }
            case "interface" -> first(family, patterns(argument).stream().flatMap(pattern -> byIndex.stream().filter(link -> pattern.matcher(link.name()).find())), Optional.empty());
            case "skip-interface" -> first(family, byIndex.stream().filter(link -> EXCLUDED.stream().noneMatch(pattern -> pattern.matcher(link.name()).find())
                    && patterns(argument).stream().noneMatch(pattern -> pattern.matcher(link.name()).find())), Optional.empty());
            case "cidr" -> {
                List<Prefix> prefixes = Arrays.stream(argument.split(",")).map(Prefix::parse).toList();
                yield usable(family, ordinary(byIndex)).filter(address -> prefixes.stream().anyMatch(prefix -> prefix.contains(address.address()))).findFirst();
            }
            default -> first(family, ordinary(byIndex), Optional.empty());
        };
    }

    private static Stream<Link> ordinary(List<Link> links) {
        return links.stream().filter(link -> EXCLUDED.stream().noneMatch(pattern -> pattern.matcher(link.name()).find()));
    }

    private static List<Pattern> patterns(String list) {
        return Arrays.stream(list.split(",")).map(Pattern::compile).toList();
    }

    /** The first one; on an interface with several addresses rather the one in the network of where it should lead. */
    private static Optional<InterfaceAddress> first(AddressFamily family, Stream<Link> links, Optional<IpAddress> target) {
        List<InterfaceAddress> found = usable(family, links).toList();
        return found.stream().filter(address -> target.filter(address.network()::contains).isPresent()).findFirst().or(() -> found.stream().findFirst());
    }

    private static Stream<InterfaceAddress> usable(AddressFamily family, Stream<Link> links) {
        return links.flatMap(link -> link.addresses().stream()).filter(address -> address.address().family() == family && !address.address().isLinkLocal()
                && !address.address().isUnspecified() && !isLoopback(address.address())).map(address -> new InterfaceAddress(address.address(), address.prefixLength()));
    }

    private static boolean isLoopback(IpAddress address) {
        return address.isIpv4() ? (address.lo() >>> 24 & 0xff) == 127 : address.hi() == 0 && address.lo() == 1;
    }
}
