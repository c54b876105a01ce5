package tombolo.shell.core;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpRoutes.Query;
import tombolo.api.bgp.BgpRoutes.Route;
import tombolo.api.bgp.BgpRoutes.Table;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.KernelRoutes;

/** What the first characters of a prefix or an address may become, from the tables as they are now. Bounded, however large the tables are. */
public final class RouteCompletion {
    /** More than anybody reads through; a further character narrows it down. */
    private static final int MOST = 200;
    /** Of one question to a table. */
    private static final int LOOK = 1000;
    private static final int OCTET_BITS = 8;
    private static final int GROUP_BITS = 16;

    private RouteCompletion() { }

    /** Prefixes of Loc-RIB whose text begins with {@code typed}, in their order. */
    public static List<String> prefixes(Services services, String typed) {
        return services.find(BgpRoutes.class).map(routes -> prefixes(routes, typed)).orElse(Stream.of()).distinct().sorted().limit(MOST).map(Prefix::toString).toList();
    }

    /** Network addresses of Loc-RIB and of the kernel's routes whose text begins with {@code typed}, in their order. */
    public static List<String> addresses(Services services, String typed) {
        Stream<Prefix> known = services.find(BgpRoutes.class).map(routes -> prefixes(routes, typed)).orElse(Stream.of());
        Stream<Prefix> kernel = services.find(KernelRoutes.class).map(routes -> routes.list(family(typed), false, LOOK)).orElse(List.of()).stream()
                .map(KernelRoutes.KernelRoute::prefix);
        return Stream.concat(known, kernel).map(Prefix::address).filter(address -> !address.isUnspecified() && address.toString().startsWith(typed))
                .collect(java.util.stream.Collectors.toCollection(TreeSet::new)).stream().limit(MOST).map(IpAddress::toString).toList();
    }

    private static Stream<Prefix> prefixes(BgpRoutes routes, String typed) {
        Optional<Prefix> range = within(typed);
        List<Prefix> first = ask(routes, typed, range, true);
        // 10.16.0.0/12 begins with "10.16." and does not lie within 10.16.0.0/16.
        Stream<Prefix> wider = range.stream().flatMap(RouteCompletion::wider).flatMap(each -> ask(routes, typed, Optional.of(each), false).stream());
        // A long table within the octets that are whole: the range of each octet that the last digits may become is looked at by itself.
        Stream<Prefix> rest = first.size() < LOOK ? Stream.of() : octets(typed).flatMap(each -> ask(routes, typed, Optional.of(each), true).stream());
        return Stream.of(first.stream(), wider, rest).flatMap(each -> each).filter(prefix -> prefix.toString().startsWith(typed));
    }

    private static List<Prefix> ask(BgpRoutes routes, String typed, Optional<Prefix> prefix, boolean longer) {
        Query query = new Query(Table.LOC_RIB, Optional.empty(), family(typed), prefix, longer && prefix.isPresent(), true, LOOK);
        return routes.routes(query).stream().map(Route::prefix).toList();
    }

    /** The prefixes of the same network address that are shorter. */
    private static Stream<Prefix> wider(Prefix range) {
        return IntStream.range(0, range.length()).mapToObj(length -> Prefix.of(range.address(), length)).filter(prefix -> prefix.address().equals(range.address()));
    }

    private static Optional<AddressFamily> family(String typed) {
        return typed.indexOf(':') >= 0 ? Optional.of(AddressFamily.IPV6) : typed.indexOf('.') >= 0 ? Optional.of(AddressFamily.IPV4) : Optional.empty();
    }

    /** The range that the whole octets or groups of the text name; empty where there is none yet. */
    static Optional<Prefix> within(String typed) {
        String text = typed.indexOf('/') < 0 ? typed : typed.substring(0, typed.indexOf('/'));
        int zeros = text.indexOf("::");
        if (zeros >= 0) {
            return range(text.substring(0, zeros + 2), groups(text.substring(0, zeros)) * GROUP_BITS);
        }
        int colon = text.lastIndexOf(':');
        if (colon > 0) {
            return range(text.substring(0, colon) + "::", groups(text.substring(0, colon)) * GROUP_BITS);
        }
        int dot = text.lastIndexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        int octets = (int) text.substring(0, dot).chars().filter(c -> c == '.').count() + 1;
        return range(text.substring(0, dot) + ".0".repeat(Math.max(0, 4 - octets)), octets * OCTET_BITS);
    }

    /** For {@code 10.1}: 10.1.0.0/16, 10.10.0.0/16 to 10.19.0.0/16, 10.100.0.0/16 to 10.199.0.0/16. */
    static Stream<Prefix> octets(String typed) {
        int dot = typed.lastIndexOf('.');
        String last = typed.substring(dot + 1);
        if (typed.indexOf(':') >= 0 || typed.indexOf('/') >= 0 || last.isEmpty()) {
            return Stream.of();
        }
        return IntStream.rangeClosed(0, 255).mapToObj(Integer::toString).filter(octet -> octet.startsWith(last))
                .flatMap(octet -> within(typed.substring(0, dot + 1) + octet + ".").stream());
    }

    private static int groups(String text) {
        return text.isEmpty() ? 0 : (int) text.chars().filter(c -> c == ':').count() + 1;
    }

    private static Optional<Prefix> range(String address, int bits) {
        try {
            IpAddress parsed = IpAddress.parse(address);
            return Optional.of(Prefix.of(parsed, Math.min(bits, parsed.family().bits())));
        } catch (IllegalArgumentException notYet) {
            return Optional.empty(); // nothing is complete in it; the filter by text decides
        }
    }
}
