package tombolo.cni.adapter;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.cni.adapter.Attachments.Failed;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.NetworkConfiguration;

/**
 * Whose addresses containers get: the cluster's pools', or another source's, chosen by the {@code ipam.type} of the network's configuration.
 *
 * @param others       whiteboard services, of whatever bundles there are
 * @param foreignTypes the types that are never served from the pools, even while nobody else is there to serve them
 * @param forbidden    what the pools' addresses must keep out of
 */
public record Origins(Optional<AddressSource> pools, List<ContainerAddresses> others, Set<String> foreignTypes, List<ForbiddenSpace> forbidden) {
    /** The name of the cluster's pools in endpoints' records. */
    static final String POOLS = "";

    public Origins {
        others = List.copyOf(others);
        foreignTypes = Set.copyOf(foreignTypes);
        forbidden = List.copyOf(forbidden);
    }

    /** @param name under which an endpoint's record remembers it; @param nameServers where the configuration names none */
    record Origin(String name, AddressSource source, List<IpAddress> nameServers) {
        Json.Obj dns(NetworkConfiguration network) {
            // An empty list, as the Azure CNI's own configurations have it, names none either.
            return network.dns().array("nameservers").isEmpty() && !nameServers.isEmpty()
                    ? network.dns().with("nameservers", Json.Arr.texts(nameServers.stream().map(IpAddress::toString).toList())) : network.dns();
        }
    }

    /** Where an ADD has its addresses from. */
    Origin of(Add add) throws Failed {
        String type = add.network().ipam();
        if (foreignTypes.contains(type)) {
            ContainerAddresses other = others.stream().filter(one -> one.types().contains(type)).findFirst().orElseThrow(() ->
                    new Failed(CniError.TRY_AGAIN_LATER, "nothing that is running serves ipam.type " + type, "start azure-cni, or wait"));
            return new Origin(other.name(), new Other(other, Optional.of(add)), other.nameServers());
        }
        return new Origin(POOLS, new Kept(pools.orElseThrow(() -> new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-ipam", "start it, or wait")), forbidden), List.of());
    }

    /** The bundle without which nobody serves an {@code ipam.type}; empty: it is served. */
    Optional<String> missing(String type) {
        if (foreignTypes.contains(type)) {
            return others.stream().anyMatch(one -> one.types().contains(type)) ? Optional.empty() : Optional.of("azure-cni");
        }
        return pools.isPresent() ? Optional.empty() : Optional.of("gateway-ipam");
    }

    /** Where an endpoint's addresses go back to; empty while that is not running. */
    Optional<AddressSource> named(String name) {
        return name.equals(POOLS) ? pools : others.stream().filter(one -> one.name().equals(name)).findFirst().map(one -> new Other(one, Optional.empty()));
    }

    /** What a container that nobody remembers may hold, at whichever source. Empty: nothing any more; else why that is not known. */
    Optional<String> releaseEverywhere(String handle) {
        Optional<String> later = pools.flatMap(source -> source.release(handle));
        for (ContainerAddresses other : others) {
            Optional<String> trouble = other.release(handle);
            later = later.or(() -> trouble);
        }
        return later;
    }

    /** Another source in our words. */
    private record Other(ContainerAddresses source, Optional<Add> add) implements AddressSource {
        @Override
        public Outcome assign(Ask ask) {
            Add one = add.orElseThrow();
            return switch (source.assign(new ContainerAddresses.Ask(ask.handle(), one.id(), one.arguments(), one.network().tree(), ask.ipv4(), ask.ipv6(), ask.fixed()))) {
                case ContainerAddresses.Outcome.Assigned(List<InterfaceAddress> addresses) -> new Outcome.Assigned(addresses);
                case ContainerAddresses.Outcome.Refused(String reason, boolean later) -> new Outcome.Refused(reason, later);
            };
        }

        @Override
        public Optional<String> release(String handle) {
            return source.release(handle);
        }
    }

    /** The pools, kept out of what is forbidden: a pool may be older than the word that forbids it. */
    private record Kept(AddressSource pools, List<ForbiddenSpace> forbidden) implements AddressSource {
        @Override
        public Outcome assign(Ask ask) {
            Outcome outcome = pools.assign(ask);
            if (outcome instanceof Outcome.Assigned(List<InterfaceAddress> addresses)) {
                Optional<String> why = addresses.stream().flatMap(address -> forbidden.stream().flatMap(space -> space.refusal(Prefix.host(address.address())).stream())).findFirst();
                if (why.isPresent()) {
                    Optional<String> failure = pools.release(ask.handle());
                    if (failure.isPresent()) {
                        throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.UNKNOWN, "addresses of " + ask.handle()
                                + " are held and could not be given back: " + failure.get());
                    }
                    return new Outcome.Refused(why.get(), false);
                }
            }
            return outcome;
        }

        @Override
        public Optional<String> release(String handle) {
            return pools.release(handle);
        }
    }
}
