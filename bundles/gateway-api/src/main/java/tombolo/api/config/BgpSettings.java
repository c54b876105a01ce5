package tombolo.api.config;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;

/**
 * {@code etc/tombolo.bgp.cfg}. Absent {@code as} or {@code router-id} means that BGP is off.
 *
 * @param as               {@code as}: the local AS number
 * @param routerId         {@code router-id}: the BGP Identifier
 * @param listen           {@code listen}: local addresses to listen on, comma-separated; default 127.0.0.1 and ::1 only; {@code 0.0.0.0, ::} for all
 * @param port             {@code port}: TCP port to listen on, 1-65535; default 179
 * @param multipathEbgp    {@code multipath-ebgp}: greatest number of equal eBGP paths used together, 1-64; default 1
 * @param multipathIbgp    {@code multipath-ibgp}: the same for iBGP, 1-64; default 1
 * @param multipathRelax   {@code multipath-as-path-relax}: paths of equal length through different ASes may be used together; default false
 * @param alwaysCompareMed {@code always-compare-med}: compare MED between neighbouring ASes too; default false
 * @param compareRouterId  {@code best-path-compare-router-id}: between eBGP paths the lowest router id decides instead of the oldest path; default true
 * @param localPreference  {@code default-local-preference}: LOCAL_PREF of routes that arrive without, 0-4294967295; default 100
 * @param gracefulRestartSeconds {@code graceful-restart-time}: Restart Time that we advertise, 1-4095 s; default 120
 * @param selectionDeferralSeconds {@code selection-deferral-time}: how long route selection waits for the peers' End-of-RIB behind a graceful restart of ours
 *                         (RFC 4724 §4.1), 0-3600 s; default 120; 0: not at all
 * @param clusterId        {@code cluster-id}: the cluster of our route reflector clients (RFC 4456 §7); default the router id
 * @param maxPaths         {@code max-paths}: paths held of all peers and families together, 1000-2000000000; default 8000000
 */
public record BgpSettings(Optional<Asn> as, Optional<RouterId> routerId, List<IpAddress> listen, int port, int multipathEbgp, int multipathIbgp,
                          boolean multipathRelax, boolean alwaysCompareMed, boolean compareRouterId, long localPreference, int gracefulRestartSeconds,
                          int selectionDeferralSeconds, Optional<RouterId> clusterId, int maxPaths) {
    public BgpSettings {
        listen = List.copyOf(listen);
    }

    public boolean enabled() {
        return as.isPresent() && routerId.isPresent();
    }
}
