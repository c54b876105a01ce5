package tombolo.config.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Budget;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.config.CircuitSettings.Layer3;
import tombolo.api.config.CircuitSettings.Model;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.config.SecretRef;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;

/** {@code tombolo.expressroute.circuit-<name>.cfg}. */
final class CircuitFile {
    /** Links of one circuit: Premium at 10 Gbit/s has 100. */
    private static final int MOST_LINKS = 100;
    private static final int MOST_PREFIXES = 1_000;
    /** ARM's names of resources and groups. */
    private static final ValueType<String> RESOURCE = ValueType.matching(Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.()-]{0,88}[A-Za-z0-9_)-]|[A-Za-z0-9_]"),
            "1 to 90 letters, digits, '_', '-', '.' and parentheses");
    private static final ValueType<String> REGION = ValueType.matching(Pattern.compile("[a-z][a-z0-9]{1,39}"), "the name of an Azure region without spaces, such as westeurope");
    private static final ValueType<String> PHRASE = ValueType.matching(Pattern.compile("[^\\p{Cc}\"\\\\/?#]{1,80}"), "1 to 80 characters without quotes and slashes, as er:providers lists it");
    private static final ValueType<Gateway> GATEWAY = ValueType.special("RESOURCE-GROUP/GATEWAY", text -> {
        int slash = text.indexOf('/');
        if (slash < 1) {
            throw ValueType.refused();
        }
        return new Gateway(RESOURCE.parse(text.substring(0, slash)), RESOURCE.parse(text.substring(slash + 1)));
    });
    private static final Pattern COMMUNITY_NUMBER = Pattern.compile("12076:[1-9][0-9]{3,4}");
    private static final ValueType<String> COMMUNITY = ValueType.special("12076:NUMBER, or 12076: and a name, such as 12076:microsoft-peering.east-us or 12076:entra-id", text -> {
        if (!text.startsWith("12076:")) {
            throw new IllegalArgumentException("");
        }
        return COMMUNITY_NUMBER.matcher(text).matches() ? text : Communities.microsoft(text.substring("12076:".length()));
    });
    private static final List<Integer> BANDWIDTHS = CircuitSettings.BANDWIDTHS;

    private static final Key<State> STATE = Key.defaulting("state", ValueType.choice(List.of(State.values())), "present",
            "absent: the circuit is to be deleted. er:plan names what stands in the way: links, and the provider, who must deprovision first. Billing ends with the deletion.");
    private static final Key<String> SUBSCRIPTION = Key.required("subscription", ValueType.FILTER_NAME, "EXAMPLE", "The subscription: the name in tombolo.azure.subscription-<name>.cfg.");
    private static final Key<String> GROUP = Key.required("resource-group", RESOURCE, "rg-expressroute", "The resource group of the circuit.");
    private static final Key<String> CIRCUIT = Key.optional("circuit-name", RESOURCE, "the name in this file's name", "er-1", "The circuit's name in Azure.");
    private static final Key<String> LOCATION = Key.required("location", REGION, "westeurope", "The Azure region where the resource is kept. Not the place of the circuit.");
    private static final Key<String> PROVIDER = Key.required("provider", PHRASE, "Equinix", "The connectivity provider, as er:providers lists it.");
    private static final Key<String> PLACE = Key.required("peering-location", PHRASE, "Amsterdam", "The place where the provider meets Microsoft, as er:providers lists it.");
    private static final Key<Integer> BANDWIDTH = Key.required("bandwidth", ValueType.special(Arrays.toString(BANDWIDTHS.toArray()).replaceAll("[\\[\\]]", ""), text -> {
        int value = Math.toIntExact(ValueType.decimal(text));
        if (!BANDWIDTHS.contains(value)) {
            throw ValueType.refused();
        }
        return value;
    }), "1000", "The bandwidth of each of the two links. It can be raised later and never lowered.").in("Mbit/s");
    private static final Key<Tier> TIER = Key.defaulting("tier", ValueType.choice(List.of(Tier.values())), "standard",
            "local: the regions of one metro. standard: one geopolitical region. premium: all regions, 10,000 routes, more links. Priced apart; see er:cost.");
    private static final Key<Plan> PLAN = Key.defaulting("plan", ValueType.choice(List.of(Plan.values())), "metered",
            "metered: outbound data is charged by volume. unlimited: it is not. unlimited can never be taken back to metered; local is always unlimited.");
    private static final Key<Model> MODEL = Key.defaulting("model", ValueType.special("ip-vpn, cloud-exchange or point-to-point", text -> Arrays.stream(Model.values())
            .filter(each -> each.word().equals(text)).findFirst().orElseThrow(ValueType::refused)), "cloud-exchange", "How the provider connects this site.");
    private static final Key<Layer3> LAYER_3 = Key.optional("layer-3", ValueType.choice(List.of(Layer3.values())), "provider for ip-vpn, else customer", "customer",
            "Who runs the BGP sessions to Microsoft. provider: peerings are the provider's to configure, and er:plan leaves them alone.");
    private static final Key<List<Gateway>> LINKS = Key.optional("links", ValueType.listOf(GATEWAY, MOST_LINKS), "none: links are left as they are", "rg-hub/gw-hub",
            "ExpressRoute gateways of virtual networks, in the circuit's subscription, that are to be linked. Links that are not named here are left as they are.");
    private static final Key<Long> WEIGHT = Key.defaulting("link-weight", ValueType.number(0, 32_000), "0",
            "The routing weight of links that are made: of several circuits a virtual network sends by the one with the greatest.");
    private static final Key<List<Prefix>> VNETS = Key.optional("vnet-prefixes", ValueType.listOf(ValueType.PREFIX, MOST_PREFIXES), "none", "10.240.0.0/16",
            "The address space of the linked virtual networks. Neither the peerings' subnets nor what this node advertises may overlap it, nor may a pool of addresses for containers, unless"
                    + " tombolo.azure.cni.cfg says address-mode = in-azure.");
    private static final Key<Long> WARN = Key.defaulting("prefix-warn-percent", ValueType.number(1, 100), "80", "From this part of the circuit's limit of prefixes on a warning is given.").in("%");
    private static final Key<Boolean> AGGREGATE = Key.defaulting("prefix-aggregate", ValueType.BOOLEAN, "false",
            "true: at the limit, prefixes that together fill a shorter one may be advertised as that one.");
    private static final Key<List<Prefix>> LEAST = Key.optional("prefix-least-important", ValueType.listOf(ValueType.PREFIX, MOST_PREFIXES), "none", "10.64.0.0/10",
            "What is held back first at the limit, with all within it, in this order; Azure ends the session of whoever exceeds the limit.");

    /** The keys of one peering. */
    private record Keys(String word, Key<Long> vlan, Key<Prefix> primary, Key<Prefix> secondary, Key<Prefix> primary6, Key<Prefix> secondary6, Key<Asn> as, Key<String> keyFile, Key<String> keyEnv) {
        static Keys of(String word, String vlan, String primary, String secondary, String primary6, String secondary6, String as) {
            String p = word + "-";
            return new Keys(word, Key.optional(p + "vlan", ValueType.number(1, 4094), "none: the peering is left as it is", vlan,
                    "The customer's VLAN tag (C-tag) of " + word + " peering. The other keys of the peering need it."),
                    Key.optional(p + "primary", ValueType.PREFIX, "none", primary, "The /30 of the primary link: this side has its first address, Microsoft its second."),
                    Key.optional(p + "secondary", ValueType.PREFIX, "none", secondary, "The /30 of the secondary link."),
                    Key.optional(p + "primary-ipv6", ValueType.PREFIX, "none: no IPv6 on this node, and in Azure it is left as it is", primary6, "The /126 of the primary link."),
                    Key.optional(p + "secondary-ipv6", ValueType.PREFIX, "none: no IPv6 on this node, and in Azure it is left as it is", secondary6, "The /126 of the secondary link."),
                    Key.optional(p + "peer-asn", ValueType.ASN, "none", as, "Our AS as Azure shall see it; needed with " + p + "vlan. Azure reserves some numbers."),
                    Key.optional(p + "key-file", ValueType.SECRET_FILE, "none: no MD5", word + ".key", "The file with the TCP MD5 key of both sessions: 1 to 25 letters and digits."),
                    Key.optional(p + "key-env", ValueType.SECRET_VARIABLE, "none: no MD5", "ER_" + word.toUpperCase(java.util.Locale.ROOT) + "_KEY", "The environment variable with that key.")
                            .instead(p + "key-file"));
        }

        List<Key<?>> all() {
            return List.of(vlan, primary, secondary, primary6, secondary6, as, keyFile, keyEnv);
        }
    }

    private static final Keys PRIVATE = Keys.of("private", "100", "172.16.0.0/30", "172.16.0.4/30", "fd00:1::/126", "fd00:1::4/126", "65010");
    private static final Keys MICROSOFT = Keys.of("microsoft", "200", "203.0.113.0/30", "203.0.113.4/30", "2001:db8:1::/126", "2001:db8:1::4/126", "3320");
    private static final Key<List<Prefix>> ADVERTISED = Key.optional("microsoft-prefixes", ValueType.listOf(ValueType.PREFIX, 200), "none: needed with microsoft-vlan; without that, those in Azure are left as they are", "203.0.113.0/24",
            "The public prefixes that will be advertised on Microsoft peering; Microsoft checks whom they belong to. Others that Azure has are taken off the peering, which er:plan tells as a cut; those of IPv6"
                    + " only where microsoft-primary-ipv6 is set.");
    private static final Key<String> REGISTRY = Key.optional("microsoft-registry", ValueType.special("ARIN, APNIC, AFRINIC, LACNIC, RIPENCC, RADB, ALTDB or LEVEL3", text -> {
        if (!List.of("ARIN", "APNIC", "AFRINIC", "LACNIC", "RIPENCC", "RADB", "ALTDB", "LEVEL3").contains(text)) {
            throw ValueType.refused();
        }
        return text;
    }), "none: what Azure has is left as it is", "RIPENCC", "Where they are registered.");
    private static final Key<List<String>> COMMUNITIES = Key.optional("microsoft-communities", ValueType.listOf(COMMUNITY, 300), "none: the route filter is left as it is", "12076:51002, 12076:5060",
            "What the route filter of Microsoft peering lets through: regions and services. Without a route filter Microsoft advertises nothing.");
    static final List<Key<?>> KEYS = keys();

    private CircuitFile() { }

    private static List<Key<?>> keys() {
        List<Key<?>> keys = new ArrayList<>(List.of(STATE, SUBSCRIPTION, GROUP, CIRCUIT, LOCATION, PROVIDER, PLACE, BANDWIDTH, TIER, PLAN, MODEL, LAYER_3));
        keys.addAll(PRIVATE.all());
        keys.addAll(MICROSOFT.all());
        keys.addAll(List.of(ADVERTISED, REGISTRY, COMMUNITIES, LINKS, WEIGHT, VNETS, WARN, AGGREGATE, LEAST));
        keys.addAll(CircuitNodeFile.KEYS);
        return List.copyOf(keys);
    }

    static CircuitSettings build(String name, Values values, String etcFolder) {
        Model model = values.need(MODEL);
        List<Prefix> vnets = values.get(VNETS).orElse(List.of());
        if (values.get(CIRCUIT).isEmpty()) {
            try {
                RESOURCE.parse(name);
            } catch (IllegalArgumentException e) {
                values.problem(CIRCUIT.name(), "TMB-CFG-005 the name in the file's name is none for a circuit of Azure; set circuit-name: " + RESOURCE.range());
            }
        }
        if (values.need(TIER) == Tier.LOCAL && values.need(PLAN) == Plan.METERED) {
            values.problem(values.has(PLAN.name()) ? PLAN.name() : TIER.name(), "TMB-CFG-009 a local circuit is never metered; wanted plan = unlimited");
        }
        Optional<Peering> closed = peering(PRIVATE, values, etcFolder, vnets);
        Optional<Peering> open = peering(MICROSOFT, values, etcFolder, vnets);
        open.ifPresent(peering -> checkMicrosoft(peering, values));
        if (open.isEmpty()) {
            for (Key<?> key : List.<Key<?>>of(ADVERTISED, REGISTRY, COMMUNITIES)) {
                if (values.has(key.name())) {
                    values.problem(key.name(), "TMB-CFG-009 has no meaning without microsoft-vlan; set that and the peering's subnets too");
                }
            }
        }
        if (closed.isPresent() && open.isPresent() && closed.get().vlan() == open.get().vlan()) {
            values.problem(MICROSOFT.vlan().name(), "TMB-CFG-011 " + open.get().vlan() + " is private-vlan too; each peering of a circuit has its own VLAN");
        }
        return new CircuitSettings(name, values.need(STATE), values.need(SUBSCRIPTION), values.need(GROUP), values.get(CIRCUIT).orElse(name), values.need(LOCATION), values.need(PROVIDER),
                values.need(PLACE), values.need(BANDWIDTH), values.need(TIER), values.need(PLAN), model,
                values.get(LAYER_3).orElse(model == Model.IP_VPN ? Layer3.PROVIDER : Layer3.CUSTOMER), closed, open, values.get(LINKS).orElse(List.of()), values.needInt(WEIGHT), vnets,
                new Budget(values.needInt(WARN), values.need(AGGREGATE), values.get(LEAST).orElse(List.of())),
                CircuitNodeFile.node(values, closed.isPresent(), open.isPresent()), CircuitNodeFile.applying(values));
    }

    private static Optional<Peering> peering(Keys keys, Values values, String etcFolder, List<Prefix> vnets) {
        if (!values.has(keys.vlan().name())) {
            keys.all().stream().filter(key -> values.has(key.name())).forEach(key ->
                    values.problem(key.name(), "TMB-CFG-009 has no meaning without " + keys.vlan().name() + "; set that too, or leave this one out"));
            return Optional.empty();
        }
        for (Key<?> key : List.<Key<?>>of(keys.primary(), keys.secondary(), keys.as())) {
            if (!values.has(key.name())) {
                values.problem(key.name(), "TMB-CFG-005 the key is missing; a peering needs vlan, primary, secondary and peer-asn");
            }
        }
        if (values.has(keys.primary6().name()) != values.has(keys.secondary6().name())) {
            boolean first = values.has(keys.primary6().name());
            values.problem((first ? keys.secondary6() : keys.primary6()).name(), "TMB-CFG-005 the key is missing; IPv6 needs the subnets of both links");
        }
        Optional<Subnets> ipv4 = subnets(keys.primary(), keys.secondary(), 30, true, values, vnets);
        Optional<Subnets> ipv6 = subnets(keys.primary6(), keys.secondary6(), 126, false, values, vnets);
        Optional<Asn> as = values.get(keys.as());
        as.flatMap(CircuitSettings::refused).ifPresent(why -> values.problem(keys.as().name(), "TMB-CFG-009 " + as.get() + " " + why + "; wanted the AS of this site"));
        if (ipv4.isEmpty() || as.isEmpty()) {
            return Optional.empty();
        }
        Optional<SecretRef> key = values.get(keys.keyFile()).<SecretRef>map(path -> new SecretRef.InFile(path.startsWith("/") ? path : etcFolder + "/" + path))
                .or(() -> values.get(keys.keyEnv()).map(SecretRef.InEnvironment::new));
        boolean microsoft = keys == MICROSOFT;
        return Optional.of(new Peering(values.needInt(keys.vlan()), ipv4.get(), ipv6, as.get(), key, microsoft ? values.get(ADVERTISED).orElse(List.of()) : List.of(),
                microsoft ? values.get(REGISTRY).orElse("") : "", microsoft ? values.get(COMMUNITIES).orElse(List.of()) : List.of()));
    }

    private static Optional<Subnets> subnets(Key<Prefix> first, Key<Prefix> second, int length, boolean ipv4, Values values, List<Prefix> vnets) {
        boolean good = true;
        for (Key<Prefix> key : List.of(first, second)) {
            Optional<Prefix> subnet = values.get(key);
            if (subnet.isPresent() && (subnet.get().length() != length || subnet.get().address().isIpv4() != ipv4)) {
                values.problem(key.name(), "TMB-CFG-009 " + subnet.get() + " is not the subnet of a link; wanted an " + (ipv4 ? "IPv4 /30" : "IPv6 /126"));
                good = false;
            }
            for (Prefix vnet : vnets) {
                if (subnet.isPresent() && (vnet.covers(subnet.get()) || subnet.get().covers(vnet))) {
                    values.problem(key.name(), "TMB-CFG-011 " + subnet.get() + " overlaps " + vnet + " of vnet-prefixes; a link's subnet lies outside of every virtual network");
                }
            }
        }
        Optional<Prefix> primary = values.get(first);
        Optional<Prefix> secondary = values.get(second);
        if (good && primary.isPresent() && primary.equals(secondary)) {
            values.problem(second.name(), "TMB-CFG-011 " + secondary.get() + " is the primary link's too; each link has its own subnet");
        }
        return good && primary.isPresent() && secondary.isPresent() ? Optional.of(new Subnets(primary.get(), secondary.get())) : Optional.empty();
    }

    /** Microsoft takes public addresses alone here, and neither a default route. */
    private static void checkMicrosoft(Peering peering, Values values) {
        if (peering.advertised().isEmpty()) {
            values.problem(ADVERTISED.name(), "TMB-CFG-005 the key is missing; Microsoft peering needs the public prefixes that will be advertised");
        } else if (peering.advertised().stream().noneMatch(prefix -> prefix.address().isIpv4())) {
            values.problem(ADVERTISED.name(), "TMB-CFG-009 has no IPv4 prefix; the IPv4 sessions of Microsoft peering need one");
        }
        peering.advertised().stream().filter(prefix -> !prefix.address().isIpv4() && peering.ipv6().isEmpty()).forEach(prefix ->
                values.problem(ADVERTISED.name(), "TMB-CFG-009 " + prefix + " has no session to be advertised on; set microsoft-primary-ipv6 and microsoft-secondary-ipv6 too, or leave it out"));
        peering.advertised().stream().filter(CircuitFile::isNotPublic).forEach(prefix ->
                values.problem(ADVERTISED.name(), "TMB-CFG-009 " + prefix + " is not public; Microsoft peering refuses private prefixes and a default route"));
        for (Key<Prefix> key : List.of(MICROSOFT.primary(), MICROSOFT.secondary(), MICROSOFT.primary6(), MICROSOFT.secondary6())) {
            values.get(key).filter(CircuitFile::isNotPublic).ifPresent(prefix ->
                    values.problem(key.name(), "TMB-CFG-009 " + prefix + " is not public; the links of Microsoft peering have public addresses of the customer's"));
        }
    }

    private static boolean isNotPublic(Prefix prefix) {
        return prefix.length() == 0 || List.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10").stream().map(Prefix::parse)
                .anyMatch(own -> own.covers(prefix) || prefix.covers(own));
    }
}
