package tombolo.config.core;

import java.util.List;
import tombolo.api.config.BgpSettings;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;

/** {@code tombolo.bgp.cfg}. */
final class BgpFile {
    private static final Key<Asn> AS = Key.optional("as", ValueType.ASN, "none: BGP is off", "65000",
            "The local AS number. BGP runs where this and router-id are set.");
    private static final Key<RouterId> ROUTER_ID = Key.optional("router-id", ValueType.ROUTER_ID, "none: BGP is off", "192.0.2.1",
            "The BGP Identifier (RFC 6286): any number that no neighbour of the same AS has. A change restarts every session.");
    private static final Key<List<IpAddress>> LISTEN = Key.defaulting("listen", ValueType.listOf(ValueType.ADDRESS, 64), "127.0.0.1, ::1",
            "Local addresses on which connections are accepted; 0.0.0.0, :: for all. Strangers' connections are refused in any case.");
    private static final Key<Long> PORT = Key.defaulting("port", ValueType.number(1, 65535), "179", "The TCP port to listen on.");
    private static final Key<Long> MULTIPATH_EBGP = Key.defaulting("multipath-ebgp", ValueType.number(1, 64), "1",
            "The most equal eBGP paths used together (ECMP).").in("paths");
    private static final Key<Long> MULTIPATH_IBGP = Key.defaulting("multipath-ibgp", ValueType.number(1, 64), "1", "The same for iBGP paths.").in("paths");
    private static final Key<Boolean> RELAX = Key.defaulting("multipath-as-path-relax", ValueType.BOOLEAN, "false",
            "true: paths of equal AS_PATH length are used together though they lead through different ASes.");
    private static final Key<Boolean> ALWAYS_MED = Key.defaulting("always-compare-med", ValueType.BOOLEAN, "false",
            "true: MED is compared between paths of different neighbouring ASes too.");
    private static final Key<Boolean> ROUTER_ID_DECIDES = Key.defaulting("best-path-compare-router-id", ValueType.BOOLEAN, "true",
            "true: between eBGP paths that are equal so far the lowest router id decides (RFC 4271 §9.1.2.2 f). false: the oldest path stays.");
    private static final Key<Long> LOCAL_PREFERENCE = Key.defaulting("default-local-preference", ValueType.number(0, 0xffff_ffffL), "100",
            "LOCAL_PREF of routes that arrive without one; the higher wins.");
    private static final Key<Long> RESTART_TIME = Key.defaulting("graceful-restart-time", ValueType.number(1, 4095), "120",
            "How long neighbours are asked to keep our routes while this node restarts (RFC 4724).").in("s");
    private static final Key<Long> DEFERRAL = Key.defaulting("selection-deferral-time", ValueType.number(0, 3600), "120",
            "Behind a graceful restart of this node: how long route selection waits at most until the neighbours have told all their routes (RFC 4724 §4.1)."
                    + " Meanwhile the kernel forwards by the routes from before. 0: it does not wait.").in("s");
    private static final Key<RouterId> CLUSTER_ID = Key.optional("cluster-id", ValueType.ROUTER_ID, "router-id", "192.0.2.1",
            "The cluster of our route reflector clients (RFC 4456 §7). Reflectors that serve the same clients may share one."
                    + " A change runs through the routes of all iBGP neighbours again.");
    private static final Key<Long> MAX_PATHS = Key.defaulting("max-paths", ValueType.number(1000, 2_000_000_000), "8000000",
            "The most paths held of all neighbours and families together, so that the heap is not exhausted. The session of the neighbour that crosses it is"
                    + " ended (Cease, out of resources) and stays down until bgp:clear.").in("paths");
    static final List<Key<?>> KEYS = List.of(AS, ROUTER_ID, LISTEN, PORT, MULTIPATH_EBGP, MULTIPATH_IBGP, RELAX, ALWAYS_MED, ROUTER_ID_DECIDES,
            LOCAL_PREFERENCE, RESTART_TIME, DEFERRAL, CLUSTER_ID, MAX_PATHS);

    private BgpFile() { }

    static BgpSettings build(Values values) {
        if (values.get(AS).isPresent() != values.get(ROUTER_ID).isPresent()) {
            boolean as = values.has(AS.name());
            values.problem(as ? AS.name() : ROUTER_ID.name(), "TMB-CFG-009 BGP needs " + AS.name() + " and " + ROUTER_ID.name() + "; set "
                    + (as ? ROUTER_ID.name() : AS.name()) + " too, or leave both out to keep BGP off");
        }
        return new BgpSettings(values.get(AS), values.get(ROUTER_ID), values.need(LISTEN), values.needInt(PORT), values.needInt(MULTIPATH_EBGP),
                values.needInt(MULTIPATH_IBGP),
                values.need(RELAX), values.need(ALWAYS_MED), values.need(ROUTER_ID_DECIDES), values.need(LOCAL_PREFERENCE), values.needInt(RESTART_TIME),
                values.needInt(DEFERRAL), values.get(CLUSTER_ID), values.needInt(MAX_PATHS));
    }
}
