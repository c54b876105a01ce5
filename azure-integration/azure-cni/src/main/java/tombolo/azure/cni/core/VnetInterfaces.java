package tombolo.azure.cni.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * This machine's interfaces in the VNET, as whoever runs the network tells them. Three documents say the same:
 *
 * <pre>
 *  wire server      Interfaces/Interface[MacAddress IsPrimary]/IPSubnet[Prefix]/IPAddress[Address IsPrimary]               XML
 *  interfaces.json  Interfaces[{MacAddress, IsPrimary, IPSubnets[{Prefix, IPAddresses[{Address, IsPrimary}]}]}]
 *  IMDS             interface[{macAddress, ipv4{ipAddress[{privateIpAddress}], subnet[{address, prefix}]}, ipv6{ipAddress[…]}}]   or that below "network"
 * </pre>
 *
 * IMDS marks nothing as primary: the first interface and each interface's first address are. An interface's addresses of IPv6 come there without a subnet and
 * count as /128. What is not known in a document is passed over; an address that cannot be read, or one twice, is a mistake and refuses it whole: half a document
 * would look as if the VNET had taken addresses away.
 */
public record VnetInterfaces(List<Interface> interfaces) {
    /** 8 interfaces with 256 addresses each is what Azure gives to its largest machines; four times that. */
    static final int MOST_ADDRESSES = 8_192;

    public VnetInterfaces {
        interfaces = List.copyOf(interfaces);
        Set<IpAddress> seen = new HashSet<>();
        for (Interface one : interfaces) {
            for (Subnet subnet : one.subnets) {
                for (Address address : subnet.addresses) {
                    if (!seen.add(address.address)) {
                        throw new IllegalArgumentException("the address " + address.address + " stands there twice");
                    }
                    if (!subnet.prefix.contains(address.address)) {
                        throw new IllegalArgumentException("the address " + address.address + " is not in its subnet " + subnet.prefix);
                    }
                }
            }
        }
        if (seen.size() > MOST_ADDRESSES) {
            throw new IllegalArgumentException(seen.size() + " addresses; the most is " + MOST_ADDRESSES);
        }
    }

    /** @param mac twelve hexadecimal digits in lower case; "*": any */
    public record Interface(String mac, boolean primary, List<Subnet> subnets) {
        public Interface {
            subnets = List.copyOf(subnets);
        }
    }

    public record Subnet(Prefix prefix, List<Address> addresses) {
        public Subnet {
            addresses = List.copyOf(addresses);
        }
    }

    /** @param primary whether it is the machine's own, and so no container's */
    public record Address(IpAddress address, boolean primary) { }

    /** What reading came to. */
    public sealed interface Parsed {
        record Read(VnetInterfaces interfaces) implements Parsed { }

        /** @param reason what is wrong with the document, for the operator */
        record Unreadable(String reason) implements Parsed { }
    }

    /** The wire server's document. */
    public static Parsed wireServer(byte[] xml) {
        try {
            Xml.Element root = Xml.parse(xml);
            if (!root.name().equals("Interfaces")) {
                return new Parsed.Unreadable("the outermost element is '" + shown(root.name()) + "', wanted Interfaces");
            }
            List<Interface> interfaces = new ArrayList<>();
            for (Xml.Element one : root.children("Interface")) {
                List<Subnet> subnets = new ArrayList<>();
                for (Xml.Element subnet : one.children("IPSubnet")) {
                    List<Address> addresses = new ArrayList<>();
                    for (Xml.Element address : subnet.children("IPAddress")) {
                        addresses.add(new Address(IpAddress.parse(need(address.attribute("Address"), "IPAddress without Address")), isTrue(address.attribute("IsPrimary"))));
                    }
                    subnets.add(new Subnet(network(need(subnet.attribute("Prefix"), "IPSubnet without Prefix")), addresses));
                }
                interfaces.add(new Interface(mac(one.attribute("MacAddress")), isTrue(one.attribute("IsPrimary")), subnets));
            }
            return checked(interfaces);
        } catch (Xml.Malformed | IllegalArgumentException e) {
            return new Parsed.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    /** interfaces.json. */
    public static Parsed file(Json document) {
        try {
            List<Interface> interfaces = new ArrayList<>();
            for (Json.Obj one : objects(document, "Interfaces")) {
                List<Subnet> subnets = new ArrayList<>();
                for (Json.Obj subnet : objects(one, "IPSubnets")) {
                    List<Address> addresses = new ArrayList<>();
                    for (Json.Obj address : objects(subnet, "IPAddresses")) {
                        addresses.add(new Address(IpAddress.parse(need(address.text("Address"), "an IPAddresses entry without Address")), truth(address, "IsPrimary")));
                    }
                    subnets.add(new Subnet(network(need(subnet.text("Prefix"), "an IPSubnets entry without Prefix")), addresses));
                }
                interfaces.add(new Interface(mac(one.text("MacAddress")), truth(one, "IsPrimary"), subnets));
            }
            return checked(interfaces);
        } catch (IllegalArgumentException e) {
            return new Parsed.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    /** The instance metadata service's document, of the network or of the whole instance. */
    public static Parsed imds(Json document) {
        try {
            Json network = document instanceof Json.Obj tree && tree.object("network").isPresent() ? tree.object("network").get() : document;
            List<Interface> interfaces = new ArrayList<>();
            for (Json.Obj one : objects(network, "interface")) {
                Json.Obj ipv4 = one.object("ipv4").orElse(Json.Obj.EMPTY);
                List<Prefix> prefixes = new ArrayList<>();
                for (Json.Obj subnet : ipv4.get("subnet").isPresent() ? objects(ipv4, "subnet") : List.<Json.Obj>of()) {
                    prefixes.add(network(need(subnet.text("address"), "a subnet without address") + "/" + need(subnet.text("prefix"), "a subnet without prefix")));
                }
                List<List<Address>> addresses = new ArrayList<>();
                prefixes.forEach(_ -> addresses.add(new ArrayList<>()));
                boolean first = true;
                for (Json.Obj entry : ipv4.get("ipAddress").isPresent() ? objects(ipv4, "ipAddress") : List.<Json.Obj>of()) {
                    IpAddress address = IpAddress.parse(need(entry.text("privateIpAddress"), "an ipAddress entry without privateIpAddress"));
                    int in = 0;
                    while (in < prefixes.size() && !prefixes.get(in).contains(address)) {
                        in++;
                    }
                    if (in == prefixes.size()) {
                        throw new IllegalArgumentException("the address " + address + " is in none of its interface's subnets " + prefixes);
                    }
                    addresses.get(in).add(new Address(address, first));
                    first = false;
                }
                List<Subnet> subnets = new ArrayList<>();
                for (int i = 0; i < prefixes.size(); i++) {
                    subnets.add(new Subnet(prefixes.get(i), addresses.get(i)));
                }
                Json.Obj ipv6 = one.object("ipv6").orElse(Json.Obj.EMPTY);
                first = true;
                for (Json.Obj entry : ipv6.get("ipAddress").isPresent() ? objects(ipv6, "ipAddress") : List.<Json.Obj>of()) {
                    IpAddress address = IpAddress.parse(need(entry.text("privateIpAddress"), "an ipAddress entry without privateIpAddress"));
                    subnets.add(new Subnet(Prefix.host(address), List.of(new Address(address, first))));
                    first = false;
                }
                interfaces.add(new Interface(mac(one.text("macAddress")), interfaces.isEmpty(), subnets));
            }
            return checked(interfaces);
        } catch (IllegalArgumentException e) {
            return new Parsed.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static Parsed checked(List<Interface> interfaces) {
        // A machine always has an interface: a document without one is no word on the VNET, whatever made it so.
        return interfaces.isEmpty() ? new Parsed.Unreadable("it names no interface") : new Parsed.Read(new VnetInterfaces(interfaces));
    }

    private static List<Json.Obj> objects(Json in, String key) {
        if (!(in instanceof Json.Obj tree) || !(tree.get(key).orElse(Json.Null.NULL) instanceof Json.Arr(List<Json> items))) {
            throw new IllegalArgumentException("there is no list " + key);
        }
        return items.stream().map(item -> {
            if (item instanceof Json.Obj object) {
                return object;
            }
            throw new IllegalArgumentException("an entry of " + key + " is no object");
        }).toList();
    }

    private static String need(Optional<String> value, String otherwise) {
        return value.orElseThrow(() -> new IllegalArgumentException(otherwise));
    }

    /** The documents write a machine's own address with the length of its subnet where the network's was meant: bits behind the mask count for nothing. */
    private static Prefix network(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + shown(text) + "' is no prefix");
        }
        try {
            return Prefix.of(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + shown(text) + "' is no prefix", e);
        }
    }

    private static String mac(Optional<String> stated) {
        String digits = stated.orElse("").replaceAll("[:-]", "").toLowerCase(Locale.ROOT);
        if (!digits.equals("*") && !digits.matches("[0-9a-f]{12}")) {
            throw new IllegalArgumentException("MacAddress '" + shown(stated.orElse("")) + "': wanted twelve hexadecimal digits, or *");
        }
        return digits;
    }

    private static boolean isTrue(Optional<String> value) {
        return value.map(text -> text.equalsIgnoreCase("true") || text.equals("1")).orElse(false);
    }

    private static boolean truth(Json.Obj tree, String key) {
        return tree.bool(key).orElseGet(() -> isTrue(tree.text(key)));
    }

    /** What a stranger wrote, cut to what fits a message. */
    static String shown(String text) {
        String cut = text.length() <= 64 ? text : text.substring(0, 64) + "…";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }
}
