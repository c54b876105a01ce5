package tombolo.bgp.core.rib;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.ExportLimit;
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
    int selectionDeferralSeconds = 120;
    Optional<RouterId> clusterId = Optional.empty();
    int maxPaths = 8_000_000;

    FakeSettings() {
        filters.put("all", new FilterSettings("all", List.of(), FilterSettings.Action.ACCEPT));
    }

    Settings build() {
        return new Settings(new NodeSettings("test", 254, 20, 10, true, List.of()),
                new BgpSettings(Optional.of(new Asn(LOCAL_AS)), Optional.of(RouterId.parse("10.255.0.1")), List.of(), 179, multipathEbgp, 1, false, alwaysCompareMed,
                        compareRouterId, localPreference, 120, selectionDeferralSeconds, clusterId, maxPaths), peers, filters, networks, Map.of());
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
                false, PeerSettings.NextHopMode.AUTO, defaultOriginate, List.of(), true, true, interval, true, 0, false, Optional.empty()));
        return this;
    }

    /** Keys of a peer that tests vary. */
    static final class Keys {
        int allowOwnAs;
        boolean removePrivateAs;
        PeerSettings.NextHopMode nextHop;
        Optional<PeerSettings.LocalAs> localAs;
        List<String> defaultOriginateFilters;
        boolean enforceFirstAs;
        boolean client;

        private Keys(PeerSettings is) {
            allowOwnAs = is.allowOwnAs();
            removePrivateAs = is.removePrivateAs();
            nextHop = is.nextHop();
            localAs = is.localAs();
            defaultOriginateFilters = is.defaultOriginateFilters();
            enforceFirstAs = is.enforceFirstAs();
            client = is.routeReflectorClient();
        }
    }

    /** The peer as it is set already, with other values of some keys. */
    FakeSettings keys(FakePeer peer, Consumer<Keys> change) {
        PeerSettings is = Objects.requireNonNull(peers.get(peer.name));
        Keys keys = new Keys(is);
        change.accept(keys);
        peers.put(peer.name, new PeerSettings(is.name(), is.description(), is.remoteAddress(), is.interfaceName(), is.remotePort(), is.remoteAs(), is.localAddress(),
                keys.localAs, is.password(), is.passive(), is.shutdown(), is.holdTimeSeconds(), is.keepaliveSeconds(), is.connectRetrySeconds(), is.multihopTtl(),
                is.ttlSecurityHops(), is.families(), is.importFilters(), is.exportFilters(), is.maxPrefixes(), is.maxPrefixesWarnPercent(), is.maxPrefixesAction(),
                is.maxPrefixesRestartSeconds(), keys.allowOwnAs, keys.removePrivateAs, keys.nextHop, is.defaultOriginate(), keys.defaultOriginateFilters,
                is.extendedMessages(), is.gracefulRestart(), is.advertisementIntervalMillis(), keys.enforceFirstAs, is.delayOpenSeconds(), keys.client, is.bfd()));
        return this;
    }

    /** The peer as it is set already, with a limit of what is advertised; null: none. */
    FakeSettings limit(FakePeer peer, @Nullable ExportLimit limit) {
        PeerSettings is = Objects.requireNonNull(peers.get(peer.name));
        peers.put(peer.name, new PeerSettings(is.name(), is.description(), is.remoteAddress(), is.interfaceName(), is.remotePort(), is.remoteAs(), is.localAddress(),
                is.localAs(), is.password(), is.passive(), is.shutdown(), is.holdTimeSeconds(), is.keepaliveSeconds(), is.connectRetrySeconds(), is.multihopTtl(),
                is.ttlSecurityHops(), is.families(), is.importFilters(), is.exportFilters(), is.maxPrefixes(), is.maxPrefixesWarnPercent(), is.maxPrefixesAction(),
                is.maxPrefixesRestartSeconds(), is.allowOwnAs(), is.removePrivateAs(), is.nextHop(), is.defaultOriginate(), is.defaultOriginateFilters(),
                is.extendedMessages(), is.gracefulRestart(), is.advertisementIntervalMillis(), is.enforceFirstAs(), is.delayOpenSeconds(), is.routeReflectorClient(), is.bfd(),
                Optional.ofNullable(limit)));
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
