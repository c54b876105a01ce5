package tombolo.bgp.core.rib;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.NetworkSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;

/** Settings that tests change piece by piece. */
final class FakeSettings {
    static final int LOCAL_AS = 65001;
    final Map<String, PeerSettings> peers = new TreeMap<>();
    final Map<String, FilterSettings> filters = new TreeMap<>();
    final Map<String, NetworkSettings> networks = new TreeMap<>();
    int multipathEbgp = 1;
    long localPreference = 100;
    boolean alwaysCompareMed;
    boolean compareRouterId = true;

    FakeSettings() {
        filters.put("all", new FilterSettings("all", List.of(), FilterSettings.Action.ACCEPT));
    }

    Settings build() {
        return new Settings(new NodeSettings("test", 254, 20, 10, true, List.of()),
                new BgpSettings(Optional.of(new Asn(LOCAL_AS)), Optional.of(RouterId.parse("10.255.0.1")), List.of(), 179, multipathEbgp, 1, false, alwaysCompareMed,
                        compareRouterId, localPreference, 120), peers, filters, networks, Map.of());
    }

    FakeSettings peer(FakePeer peer) {
        return peer(peer, "all", "all");
    }

    FakeSettings peer(FakePeer peer, String importFilter, String exportFilter) {
        return peer(peer, importFilter, exportFilter, Map.of(), PeerSettings.MaxPrefixesAction.DROP, false, 0);
    }

    FakeSettings peer(FakePeer peer, String importFilter, String exportFilter, Map<AddressFamily, Integer> limits, PeerSettings.MaxPrefixesAction action,
                      boolean defaultOriginate, int interval) {
        peers.put(peer.name, new PeerSettings(peer.name, "", peer.address, Optional.empty(), 179, new Asn(peer.as), Optional.empty(), Optional.empty(),
                Optional.empty(), false, false, 90, Optional.empty(), 30, Optional.empty(), Optional.empty(), List.of(AddressFamily.IPV4, AddressFamily.IPV6),
                importFilter.isEmpty() ? List.of() : List.of(importFilter), exportFilter.isEmpty() ? List.of() : List.of(exportFilter), limits, 75, action, 300, 0,
                false, false, defaultOriginate, true, true, interval));
        return this;
    }

    /** The peer as it is set already, with other values of these keys. */
    FakeSettings keys(FakePeer peer, int allowOwnAs, boolean removePrivateAs, boolean nextHopSelf) {
        PeerSettings is = peers.get(peer.name);
        peers.put(peer.name, new PeerSettings(is.name(), is.description(), is.remoteAddress(), is.interfaceName(), is.remotePort(), is.remoteAs(), is.localAddress(),
                is.localAs(), is.password(), is.passive(), is.shutdown(), is.holdTimeSeconds(), is.keepaliveSeconds(), is.connectRetrySeconds(), is.multihopTtl(),
                is.ttlSecurityHops(), is.families(), is.importFilters(), is.exportFilters(), is.maxPrefixes(), is.maxPrefixesWarnPercent(), is.maxPrefixesAction(),
                is.maxPrefixesRestartSeconds(), allowOwnAs, removePrivateAs, nextHopSelf, is.defaultOriginate(), is.extendedMessages(), is.gracefulRestart(),
                is.advertisementIntervalMillis()));
        return this;
    }

    /** A filter that rejects what lies within the prefix. */
    FakeSettings reject(String name, String prefix) {
        Prefix parsed = Prefix.parse(prefix);
        filters.put(name, new FilterSettings(name, List.of(new FilterSettings.Rule(10,
                List.of(new FilterSettings.Match.Prefixes(List.of(new FilterSettings.PrefixRange(parsed, parsed.length(), parsed.family().bits())))), List.of(),
                FilterSettings.Action.REJECT)), FilterSettings.Action.ACCEPT));
        return this;
    }

    FakeSettings network(String prefix) {
        networks.put(prefix, new NetworkSettings(prefix, Prefix.parse(prefix), Optional.empty(), Optional.empty(), List.of(), false));
        return this;
    }

    static IpAddress address(String text) {
        return IpAddress.parse(text);
    }
}
