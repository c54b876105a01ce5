package tombolo.cni.adapter;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.Endpoint.State;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.cni.adapter.Attachments.Failed;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.CniRequest.Del;
import tombolo.cni.core.CniResult;

/**
 * The part of an IPAM plugin, for another main plugin that executes us as one: addresses under the container's handle, in the same record and under the same lock as
 * {@link Attachments}'. What the main plugin does with them is its own. Any thread.
 */
final class IpamPlugin {
    private final Attachments attachments;
    private final EndpointLog log;
    private final Addressing addressing;
    private final Supplier<Means> means;
    private final LongSupplier clock;

    /** @param clock milliseconds since 1970 */
    IpamPlugin(Attachments attachments, EndpointLog log, Addressing addressing, Supplier<Means> means, LongSupplier clock) {
        this.attachments = attachments;
        this.log = log;
        this.addressing = addressing;
        this.means = means;
        this.clock = clock;
    }

    /** Addresses; the same ones where it is asked again. */
    CniResult assign(Add add) throws Failed {
        Means now = means.get();
        Attachments.refuseWhileLocked(now);
        Addressing.check(add);
        Origins.Origin origin = now.addresses().of(add);
        List<InterfaceAddress> addresses;
        try (var _ = attachments.take(add.id().containerId())) {
            Optional<Endpoint> known = log.get(add.id()).filter(one -> holds(one, add, origin));
            if (known.isPresent()) {
                addresses = Addressing.assign(origin, now, add); // where that fails it stays recorded as it is
                if (isAnew(known.get(), add, addresses) || log.isOfAnotherBoot(add.id())) {
                    log.put(Lent.again(known.get(), add.netns(), addresses, clock.getAsLong()), false);
                }
                return result(add, origin, addresses);
            }
            Endpoint begun = new Endpoint(add.id(), add.network().name(), Attachments.ADDRESSES_ONLY, add.netns(), "", Optional.empty(), 0, List.of(), add.arguments(), State.ADDING, clock.getAsLong(),
                    origin.name());
            Optional<Endpoint> before = log.get(add.id());
            log.put(begun, false);
            try {
                addresses = Addressing.assign(origin, now, add);
            } catch (Failed e) {
                log.restore(begun.id(), before); // no more is held than before
                throw e;
            } catch (RuntimeException e) {
                attachments.takeBack(begun, e);
                throw e;
            }
            log.put(new Endpoint(begun.id(), begun.network(), begun.mode(), begun.netns(), "", Optional.empty(), 0, addresses, begun.arguments(), State.READY, begun.addedMillis(),
                    begun.source()), false);
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
        return result(add, origin, addresses);
    }

    /** Whether it has its addresses already, by an ADD that was answered. */
    private static boolean holds(Endpoint known, Add add, Origins.Origin origin) {
        boolean given = known.mode().equals(Attachments.ADDRESSES_ONLY) || Lent.is(known);
        return given && known.state() == State.READY && known.network().equals(add.network().name()) && known.source().equals(origin.name());
    }

    /** A container that was started again under its id, without a DEL: it lives in another namespace than the record says, or what it had was released and it has others now. */
    private static boolean isAnew(Endpoint known, Add add, List<InterfaceAddress> addresses) {
        List<IpAddress> before = known.addresses().stream().map(InterfaceAddress::address).toList();
        List<IpAddress> after = addresses.stream().map(InterfaceAddress::address).toList();
        boolean same = Lent.is(known) ? before.containsAll(after) : before.equals(after); // a chain's result may name addresses of others beside
        return !same || !known.netns().equals(add.netns());
    }

    private static CniResult result(Add add, Origins.Origin origin, List<InterfaceAddress> addresses) {
        boolean pools = origin.name().equals(Origins.POOLS); // of those an address stands alone; others' come with their subnet
        List<CniResult.Ip> ips = addresses.stream().map(address ->
                new CniResult.Ip(pools ? new InterfaceAddress(address.address(), address.address().family().bits()) : address, Optional.empty(), OptionalInt.empty())).toList();
        return new CniResult(List.of(), ips, List.of(), origin.dns(add.network()), Optional.empty());
    }

    /** Gives them back; done as well where there are none. */
    void release(Del del) throws Failed {
        try (var _ = attachments.take(del.id().containerId())) {
            Optional<Endpoint> known = log.get(del.id()).filter(one -> one.mode().equals(Attachments.ADDRESSES_ONLY));
            if (known.isPresent()) {
                attachments.undo(known.get());
                return;
            }
            Means now = means.get();
            Origins origins = now.addresses();
            if (origins.foreignTypes().contains(del.network().ipam()) ? origins.others().isEmpty() : origins.pools().isEmpty()) {
                throw new Failed(CniError.TRY_AGAIN_LATER, "nothing that is running serves ipam.type " + del.network().ipam(), "start gateway-ipam or azure-cni, or wait");
            }
            Optional<String> later = addressing.releaseUnknown(now, del);
            if (later.isPresent()) {
                throw new Failed(CniError.TRY_AGAIN_LATER, later.get(), "");
            }
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }
}
