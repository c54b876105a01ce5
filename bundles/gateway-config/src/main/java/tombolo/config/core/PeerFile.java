package tombolo.config.core;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tombolo.api.config.BfdAuthentication;
import tombolo.api.config.ExportLimit;
import tombolo.api.config.PeerBfd;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.PeerSettings.LocalAs;
import tombolo.api.config.PeerSettings.MaxPrefixesAction;
import tombolo.api.config.PeerSettings.NextHopMode;
import tombolo.api.config.SecretRef;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** {@code tombolo.bgp.peer-<name>.cfg}. */
final class PeerFile {
    private static final Key<String> DESCRIPTION = Key.optional("description", ValueType.text(255), "empty", "primary edge router of circuit er-fra-1",
            "Free text for listings.");
    private static final Key<IpAddress> REMOTE_ADDRESS = Key.required("remote-address", ValueType.ADDRESS, "169.254.10.2",
            "The neighbour's address. A link-local IPv6 address needs interface too.");
    private static final Key<Asn> REMOTE_AS = Key.required("remote-as", ValueType.ASN, "12076",
            "The neighbour's AS number; the same as our own makes the session iBGP. A neighbour that says another one in its OPEN is refused.");
    private static final Key<String> INTERFACE = Key.optional("interface", ValueType.INTERFACE_NAME, "none", "er100",
            "The interface of a link-local neighbour, or the one to which the connection is bound.");
    private static final Key<Long> REMOTE_PORT = Key.defaulting("remote-port", ValueType.number(1, 65535), "179", "The TCP port to connect to.");
    private static final Key<IpAddress> LOCAL_ADDRESS = Key.optional("local-address", ValueType.ADDRESS, "the kernel's choice", "169.254.10.1",
            "The source address of the connection, and the next hop that is advertised. Of the family of remote-address.");
    private static final Key<Asn> LOCAL_AS = Key.optional("local-as", ValueType.ASN, "none: as of tombolo.bgp.cfg", "64999",
            "Another AS number to show to this neighbour (RFC 7705), for a while after our AS has changed; eBGP only. It stands before our own AS in what is"
                    + " advertised to the neighbour, and before the neighbour's in what is received; the next two keys change that. Either of our two ASes in a"
                    + " received path is a loop.");
    private static final Key<Boolean> LOCAL_AS_NO_PREPEND = Key.defaulting("local-as-no-prepend", ValueType.BOOLEAN, "false",
            "true: local-as is not put before the paths that are received from this neighbour. Only with local-as.");
    private static final Key<Boolean> LOCAL_AS_REPLACE = Key.defaulting("local-as-replace-as", ValueType.BOOLEAN, "false",
            "true: the neighbour sees local-as alone, without our own AS behind it. Only with local-as.");
    private static final Key<String> PASSWORD_FILE = Key.optional("password-file", ValueType.SECRET_FILE, "none", "secrets/peer-EXAMPLE",
            "A file whose first line is the TCP MD5 key (RFC 2385), 1 to 80 bytes; keep it readable by its owner only. Read at each connection.");
    private static final Key<String> PASSWORD_ENV = Key.optional("password-env", ValueType.SECRET_VARIABLE, "none", "TOMBOLO_PEER_PASSWORD",
            "An environment variable of the node's process that holds the TCP MD5 key, instead of password-file.").instead("password-file");
    private static final Key<Boolean> PASSIVE = Key.defaulting("passive", ValueType.BOOLEAN, "false", "true: wait for the neighbour to connect.");
    private static final Key<Boolean> SHUTDOWN = Key.defaulting("shutdown", ValueType.BOOLEAN, "false",
            "true: the neighbour stays configured, but the session is held down.");
    private static final Key<Long> HOLD_TIME = Key.defaulting("hold-time", ValueType.zeroOr(3, 65535), "90",
            "The Hold Time that we propose; the lower of both sides' is used. 0 sends no keepalives and never notices a silent neighbour.").in("s");
    private static final Key<Long> KEEPALIVE = Key.optional("keepalive-time", ValueType.number(1, 21845), "a third of the Hold Time agreed", "30",
            "Time between keepalives; less than hold-time.").in("s");
    private static final Key<Long> CONNECT_RETRY = Key.defaulting("connect-retry-time", ValueType.number(1, 65535), "30", "Time between attempts to connect.")
            .in("s");
    private static final Key<Long> MULTIHOP = Key.optional("multihop-ttl", ValueType.number(2, 255), "none: directly connected, TTL 1", "4",
            "TTL of packets to an eBGP neighbour that is not directly connected.").in("hops");
    private static final Key<Long> TTL_SECURITY = Key.optional("ttl-security-hops", ValueType.number(1, 254), "none: off", "1",
            "GTSM (RFC 5082): packets from farther away than that are dropped by the kernel. Both sides must use it.").in("hops").instead("multihop-ttl");
    private static final Key<List<AddressFamily>> FAMILIES = Key.optional("families", ValueType.FAMILIES, "the family of remote-address", "ipv4, ipv6",
            "The address families offered to the neighbour.");
    private static final Key<List<String>> IMPORT = Key.optional("import", ValueType.listOf(ValueType.FILTER_REFERENCE, 16),
            "none: on eBGP nothing is accepted (RFC 8212)", "EXAMPLE",
            "Names of filters (tombolo.bgp.filter-<name>.cfg) that received routes pass in this order.");
    private static final Key<List<String>> EXPORT = Key.optional("export", ValueType.listOf(ValueType.FILTER_REFERENCE, 16),
            "none: on eBGP nothing is advertised (RFC 8212)", "EXAMPLE",
            "The same for routes that are advertised.");
    private static final Key<Long> MAX_IPV4 = Key.optional("max-prefixes-ipv4", ValueType.number(1, Integer.MAX_VALUE), "4000000", "4000",
            "The most IPv4 prefixes accepted from the neighbour; see max-prefixes-action.").in("prefixes");
    private static final Key<Long> MAX_IPV6 = Key.optional("max-prefixes-ipv6", ValueType.number(1, Integer.MAX_VALUE), "4000000", "100", "The same for IPv6.")
            .in("prefixes");
    private static final Key<Long> WARN_PERCENT = Key.defaulting("max-prefixes-warn-percent", ValueType.number(1, 100), "75",
            "From this part of the limit on a warning is logged.").in("%");
    private static final Key<MaxPrefixesAction> MAX_ACTION = Key.defaulting("max-prefixes-action", ValueType.choice(List.of(MaxPrefixesAction.values())),
            "drop",
            "Past the limit: warn only logs, drop ends the session until it is cleared by hand, restart tries again after max-prefixes-restart-time.");
    private static final Key<Long> MAX_RESTART = Key.defaulting("max-prefixes-restart-time", ValueType.number(1, 86400), "300",
            "The pause of max-prefixes-action = restart.").in("s");
    private static final Key<Long> ALLOW_OWN_AS = Key.defaulting("allow-own-as", ValueType.number(0, 10), "0",
            "How often our own AS number may stand in a received AS_PATH. More than 0 gives up part of BGP's loop protection.").in("times");
    private static final Key<Boolean> REMOVE_PRIVATE = Key.defaulting("remove-private-as", ValueType.BOOLEAN, "false",
            "true: private AS numbers (RFC 6996) are left out of what is advertised.");
    private static final Key<NextHopMode> NEXT_HOP = Key.defaulting("next-hop", ValueType.choice(List.of(NextHopMode.values())), "auto",
            "The next hop of what is advertised, where no filter sets one. auto: our address on eBGP, the one received on iBGP. self: our address on iBGP too,"
                    + " except for reflected routes (RFC 4456 §10). keep: the one received on eBGP too. The neighbour's own address is never sent to it"
                    + " (RFC 4271 §5.1.3): ours takes its place.");
    private static final Key<Boolean> DEFAULT_ORIGINATE = Key.defaulting("default-originate", ValueType.BOOLEAN, "false",
            "true: a default route is advertised to this neighbour, whatever the tables hold. It passes default-originate-filter, not export.").example("true");
    private static final Key<List<String>> DEFAULT_FILTER = Key.optional("default-originate-filter", ValueType.listOf(ValueType.FILTER_REFERENCE, 16), "none", "EXAMPLE",
            "Names of filters that the route of default-originate passes in this order, to give it communities, a MED or a longer path. One that rejects it"
                    + " keeps it from being advertised.");
    private static final Key<Boolean> EXTENDED = Key.defaulting("extended-messages", ValueType.BOOLEAN, "true",
            "Whether messages of up to 65535 bytes are offered (RFC 8654).");
    private static final Key<Boolean> RESTART = Key.defaulting("graceful-restart", ValueType.BOOLEAN, "true",
            "Whether graceful restart is offered (RFC 4724).");
    private static final Key<Long> INTERVAL = Key.defaulting("advertisement-interval", ValueType.number(0, 600_000), "0",
            "The least time between two batches of advertisements.").in("ms");
    private static final Key<Boolean> ENFORCE_FIRST_AS = Key.defaulting("enforce-first-as", ValueType.BOOLEAN, "true",
            "true: an eBGP path that does not begin with the neighbour's AS is treated as withdrawn (RFC 4271 §6.3). false for a route server (RFC 7947 §2.2.2.1)."
                    + " A change asks the neighbour for its routes again.");
    private static final Key<Long> DELAY_OPEN = Key.defaulting("delay-open", ValueType.number(0, 240), "0",
            "How long our OPEN waits for the neighbour's once the connection stands (RFC 4271 §8.1.1, DelayOpen). 0: it does not wait.").in("s");
    private static final Key<Boolean> REFLECTOR_CLIENT = Key.defaulting("route-reflector-client", ValueType.BOOLEAN, "false",
            "true: this iBGP neighbour is a client of ours (RFC 4456): it is told the routes of all iBGP neighbours, and all are told its routes. See cluster-id in"
                    + " tombolo.bgp.cfg.");
    /** The words of {@code bfd}. */
    private enum BfdWord { OFF, ON, STRICT }

    private static final List<String> BFD_AUTHENTICATIONS = List.of("simple", "keyed-md5", "meticulous-md5", "keyed-sha1", "meticulous-sha1");
    private static final Key<BfdWord> BFD = Key.defaulting("bfd", ValueType.choice(List.of(BfdWord.values())), "off",
            "BFD beside the session (RFC 5880, 5882): the neighbour's silence is noticed within milliseconds and ends the session with Cease, BFD Down (RFC 9384)."
                    + " on: the session comes up without BFD too, if the neighbour has none. strict: it waits for BFD; the neighbour's BFD must then not wait for"
                    + " the session.").example("on");
    private static final Key<PeerBfd.Hops> BFD_HOPS = Key.defaulting("bfd-hops", ValueType.choice(List.of(PeerBfd.Hops.values())), "auto",
            "single: the neighbour is on the wire (RFC 5881, UDP port 3784, TTL 255). multi: routers may lie between (RFC 5883, port 4784). auto: single for an eBGP"
                    + " neighbour without multihop-ttl, and where interface is set. Both sides must agree.");
    private static final Key<Long> BFD_TRANSMIT = Key.defaulting("bfd-transmit-interval", ValueType.number(10, 60_000), "300",
            "How often packets are sent once BFD is up; more seldom where the neighbour wants it so.").in("ms");
    private static final Key<Long> BFD_RECEIVE = Key.defaulting("bfd-receive-interval", ValueType.number(10, 60_000), "300",
            "How often the neighbour may send at most.").in("ms");
    private static final Key<Long> BFD_MULTIPLIER = Key.defaulting("bfd-multiplier", ValueType.number(2, 255), "3",
            "After so many intervals of silence the neighbour takes us for lost; its own multiplier says when we take it for lost. Less than 300 ms in all leaves"
                    + " no room for the pauses of a Java program.").in("packets");
    private static final Key<String> BFD_AUTHENTICATION = Key.optional("bfd-authentication", ValueType.special("simple, keyed-md5, meticulous-md5, keyed-sha1 or meticulous-sha1",
            text -> {
                if (!BFD_AUTHENTICATIONS.contains(text)) {
                    throw ValueType.refused();
                }
                return text;
            }), "none", "meticulous-sha1", "How BFD packets are authenticated (RFC 5880 §6.7), with bfd-key-id and the key. The same at the neighbour.");
    private static final Key<Long> BFD_KEY_ID = Key.defaulting("bfd-key-id", ValueType.number(0, 255), "1", "The number of the key, the same at the neighbour.");
    private static final Key<String> BFD_KEY_FILE = Key.optional("bfd-key-file", ValueType.SECRET_FILE, "none", "secrets/bfd-EXAMPLE",
            "A file whose first line is the key of bfd-authentication: 1 to 16 bytes, for sha1 to 20; keep it readable by its owner only.");
    private static final Key<String> BFD_KEY_ENV = Key.optional("bfd-key-env", ValueType.SECRET_VARIABLE, "none", "TOMBOLO_BFD_KEY",
            "An environment variable of the node's process that holds the key, instead of bfd-key-file.").instead("bfd-key-file");
    private static final Key<Long> LIMIT_IPV4 = Key.optional("export-limit-ipv4", ValueType.number(1, 1_000_000), "none", "4000",
            "The most IPv4 prefixes that are advertised to the neighbour, for one that ends the session for more. What is too much is aggregated where that is allowed, else held"
                    + " back, and bgp:show says so.").in("prefixes");
    private static final Key<Long> LIMIT_IPV6 = Key.optional("export-limit-ipv6", ValueType.number(1, 1_000_000), "none", "100", "The same for IPv6.").in("prefixes");
    private static final Key<Long> LIMIT_WARN = Key.defaulting("export-limit-warn-percent", ValueType.number(1, 100), "80", "From this part of export-limit on a warning is logged.").in("%");
    private static final Key<Boolean> LIMIT_AGGREGATE = Key.defaulting("export-limit-aggregate", ValueType.BOOLEAN, "false",
            "true: past export-limit, prefixes that fill a shorter one and are told with the same attributes are told as that one.");
    private static final Key<List<Prefix>> LEAST = Key.optional("export-least-important", ValueType.listOf(ValueType.PREFIX, 1_000), "none", "10.64.0.0/10",
            "What is held back first past export-limit, with all within it, in this order; behind it the longest prefixes.");
    static final List<Key<?>> KEYS = List.of(DESCRIPTION, REMOTE_ADDRESS, REMOTE_AS, INTERFACE, REMOTE_PORT, LOCAL_ADDRESS, LOCAL_AS, LOCAL_AS_NO_PREPEND,
            LOCAL_AS_REPLACE, PASSWORD_FILE,
            PASSWORD_ENV, PASSIVE, SHUTDOWN,
            HOLD_TIME, KEEPALIVE, CONNECT_RETRY, MULTIHOP, TTL_SECURITY, FAMILIES, IMPORT, EXPORT, MAX_IPV4, MAX_IPV6, WARN_PERCENT, MAX_ACTION, MAX_RESTART,
                    ALLOW_OWN_AS,
            REMOVE_PRIVATE, NEXT_HOP, DEFAULT_ORIGINATE, DEFAULT_FILTER, EXTENDED, RESTART, INTERVAL, ENFORCE_FIRST_AS, DELAY_OPEN, REFLECTOR_CLIENT, BFD, BFD_HOPS,
            BFD_TRANSMIT, BFD_RECEIVE, BFD_MULTIPLIER, BFD_AUTHENTICATION, BFD_KEY_ID, BFD_KEY_FILE, BFD_KEY_ENV,
            LIMIT_IPV4, LIMIT_IPV6, LIMIT_WARN, LIMIT_AGGREGATE, LEAST);

    private PeerFile() { }

    /** @param filters what a name in import and export stands for in the settings */
    static PeerSettings build(String name, Values values, String etcFolder, UnaryOperator<String> filters) {
        check(values);
        IpAddress remote = values.need(REMOTE_ADDRESS);
        Map<AddressFamily, Integer> limits = new EnumMap<>(AddressFamily.class);
        values.getInt(MAX_IPV4).ifPresent(limit -> limits.put(AddressFamily.IPV4, limit));
        values.getInt(MAX_IPV6).ifPresent(limit -> limits.put(AddressFamily.IPV6, limit));
        Optional<SecretRef> password = secret(values, PASSWORD_FILE, PASSWORD_ENV, etcFolder);
        return new PeerSettings(name, values.get(DESCRIPTION).orElse(""), remote, values.get(INTERFACE), values.needInt(REMOTE_PORT), values.need(REMOTE_AS),
                values.get(LOCAL_ADDRESS),
                values.get(LOCAL_AS).map(as -> new LocalAs(as, values.need(LOCAL_AS_NO_PREPEND), values.need(LOCAL_AS_REPLACE))), password, values.need(PASSIVE), values.need(SHUTDOWN), values.needInt(HOLD_TIME),
                        values.getInt(KEEPALIVE),
                values.needInt(CONNECT_RETRY), values.getInt(MULTIHOP), values.getInt(TTL_SECURITY), values.get(FAMILIES).orElse(List.of(remote.family())),
                named(values.get(IMPORT), filters), named(values.get(EXPORT), filters), limits, values.needInt(WARN_PERCENT), values.need(MAX_ACTION),
                values.needInt(MAX_RESTART), values.needInt(ALLOW_OWN_AS), values.need(REMOVE_PRIVATE), values.need(NEXT_HOP),
                values.need(DEFAULT_ORIGINATE), named(values.get(DEFAULT_FILTER), filters), values.need(EXTENDED), values.need(RESTART), values.needInt(INTERVAL),
                values.need(ENFORCE_FIRST_AS), values.needInt(DELAY_OPEN), values.need(REFLECTOR_CLIENT), bfd(values, etcFolder), exportLimit(values));
    }

    private static Optional<SecretRef> secret(Values values, Key<String> file, Key<String> variable, String etcFolder) {
        return values.get(file).<SecretRef>map(path -> new SecretRef.InFile(path.startsWith("/") ? path : etcFolder + "/" + path))
                .or(() -> values.get(variable).map(SecretRef.InEnvironment::new));
    }

    private static Optional<ExportLimit> exportLimit(Values values) {
        Map<AddressFamily, Integer> most = new EnumMap<>(AddressFamily.class);
        values.getInt(LIMIT_IPV4).ifPresent(limit -> most.put(AddressFamily.IPV4, limit));
        values.getInt(LIMIT_IPV6).ifPresent(limit -> most.put(AddressFamily.IPV6, limit));
        return most.isEmpty() ? Optional.empty() : Optional.of(new ExportLimit(most, values.needInt(LIMIT_WARN), values.need(LIMIT_AGGREGATE), values.get(LEAST).orElse(List.of())));
    }

    private static Optional<PeerBfd> bfd(Values values, String etcFolder) {
        BfdWord word = values.need(BFD);
        if (word == BfdWord.OFF) {
            return Optional.empty();
        }
        Optional<BfdAuthentication> authentication = values.get(BFD_AUTHENTICATION).flatMap(kind -> secret(values, BFD_KEY_FILE, BFD_KEY_ENV, etcFolder)
                .map(key -> new BfdAuthentication(BfdAuthentication.Kind.values()[BFD_AUTHENTICATIONS.indexOf(kind)], values.needInt(BFD_KEY_ID), key)));
        return Optional.of(new PeerBfd(word == BfdWord.STRICT, values.need(BFD_HOPS), values.needInt(BFD_TRANSMIT), values.needInt(BFD_RECEIVE), values.needInt(BFD_MULTIPLIER),
                authentication));
    }

    private static List<String> named(Optional<List<String>> names, UnaryOperator<String> filters) {
        return names.orElse(List.of()).stream().map(filters).toList();
    }

    private static void check(Values values) {
        IpAddress remote = values.need(REMOTE_ADDRESS);
        if (remote.isUnspecified() || remote.isMulticast()) {
            values.problem(REMOTE_ADDRESS.name(), "TMB-CFG-009 " + remote + " is not the address of one neighbour; wanted a unicast address");
        }
        if (!remote.isIpv4() && remote.isLinkLocal() && values.get(INTERFACE).isEmpty()) {
            values.problem(REMOTE_ADDRESS.name(), "TMB-CFG-009 " + remote + " is link-local and so exists on every interface; set interface too");
        }
        values.get(LOCAL_ADDRESS).ifPresent(local -> {
            if (local.family() != remote.family() || local.equals(remote) || local.isUnspecified() || local.isMulticast()) {
                values.problem(LOCAL_ADDRESS.name(), "TMB-CFG-009 " + local + " cannot reach remote-address " + remote
                        + "; wanted another unicast address of the same family");
            }
        });
        for (Key<Boolean> key : List.of(LOCAL_AS_NO_PREPEND, LOCAL_AS_REPLACE)) {
            if (values.need(key) && values.get(LOCAL_AS).isEmpty()) {
                values.problem(key.name(), "TMB-CFG-009 has no meaning without local-as; set that too, or leave this one out");
            }
        }
        values.get(LOCAL_AS).filter(values.need(REMOTE_AS)::equals).ifPresent(as -> values.problem(LOCAL_AS.name(), "TMB-CFG-009 " + as + " is the neighbour's AS too,"
                + " which would make it an internal one of an AS that we are not in; wanted another AS than remote-as (RFC 7705 §3)"));
        if (values.get(DEFAULT_FILTER).isPresent() && !values.need(DEFAULT_ORIGINATE)) {
            values.problem(DEFAULT_FILTER.name(), "TMB-CFG-009 has no meaning without default-originate; set that to true, or leave this one out");
        }
        checkBfd(values, remote);
        long hold = values.need(HOLD_TIME);
        values.get(KEEPALIVE).ifPresent(keepalive -> {
            if (hold == 0 || keepalive >= hold) {
                values.problem(KEEPALIVE.name(), "TMB-CFG-009 " + keepalive + " s between keepalives " + (hold == 0 ? "with a hold-time of 0, which sends none"
                        : "does not keep a session of hold-time " + hold + " s up") + "; wanted less than hold-time, a third of it by custom");
            }
        });
    }

    private static void checkBfd(Values values, IpAddress remote) {
        if (values.get(BFD_AUTHENTICATION).isPresent() && values.get(BFD_KEY_FILE).isEmpty() && values.get(BFD_KEY_ENV).isEmpty()) {
            values.problem(BFD_AUTHENTICATION.name(), "TMB-CFG-009 has no key; set bfd-key-file or bfd-key-env too");
        }
        if (values.need(BFD_HOPS) == PeerBfd.Hops.MULTI && !remote.isIpv4() && remote.isLinkLocal()) {
            values.problem(BFD_HOPS.name(), "TMB-CFG-009 " + remote + " is link-local and so on the wire; wanted auto or single");
        }
    }
}
