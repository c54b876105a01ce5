package tombolo.azure.cni.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.AzureCniSettings.Mode;
import tombolo.api.config.AzureCniSettings.Source;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.azure.cni.core.VnetInterfaces;
import tombolo.azure.cni.core.VnetInterfaces.Parsed;
import tombolo.azure.cni.core.VnetPool;
import tombolo.azure.cni.core.VnetPool.Choice;

/**
 * The secondary addresses that the VNET gives to this machine, one container each. Who has which is in {@code vnet.log}: a line for each address given, durable
 * before it is told, and one for each taken back. Any thread.
 */
public final class VnetAddresses implements ContainerAddresses, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VnetAddresses.class);
    /** The wire server is asked no more often than this, however many containers find no address. */
    private static final long LEAST_INTERVAL_NANOS = 10_000_000_000L;

    private final VnetDocument documents;
    private final String boot;
    private final LongSupplier nanos;
    private final Journal journal;
    private final VnetPool pool = new VnetPool();
    private final Object asking = new Object();
    private volatile AzureCniSettings settings = AzureCniSettings.DEFAULT;
    private volatile Optional<Source> lastSource = Optional.empty();
    private volatile String trouble = "";
    private long askedAt;
    private boolean asked;

    /** @param boot differs for each time the machine was started; @param nanos a clock that only counts */
    VnetAddresses(Path folder, VnetDocument documents, String boot, LongSupplier nanos) throws IOException {
        this.documents = documents;
        this.boot = boot;
        this.nanos = nanos;
        journal = new Journal(folder.resolve("vnet.log"), this::apply, this::lines);
    }

    void settings(AzureCniSettings fresh) {
        settings = fresh;
    }

    /** Why the document could not be read last time; "" where it could. */
    String trouble() {
        return trouble;
    }

    @Override
    public String name() {
        return "vnet";
    }

    @Override
    public Set<String> types() {
        return settings.mode() == Mode.IN_AZURE ? Set.of("azure-vnet-ipam", "azure-vnet-ipamv6") : Set.of();
    }

    @Override
    public Outcome assign(Ask ask) {
        AzureCniSettings now = settings;
        if (now.mode() != Mode.IN_AZURE) {
            return new Outcome.Refused("address-mode is " + now.mode().word() + " in etc/tombolo.azure.cni.cfg: containers have addresses of the cluster's pools", false);
        }
        Json.Obj ipam = ask.configuration().object("ipam").orElse(Json.Obj.EMPTY);
        String environment = ipam.text("environment").orElse("");
        Optional<Source> source = VnetDocument.source(environment, now);
        if (source.isEmpty()) {
            return new Outcome.Refused("ipam.environment '" + environment + "' is not available; wanted azure, mas or fileIpam", false);
        }
        List<IpAddress> fixed = ask.fixed();
        if (fixed.isEmpty() && ipam.text("ipAddress").filter(text -> !text.isEmpty()).isPresent()) {
            try {
                fixed = List.of(IpAddress.parse(ipam.text("ipAddress").get()));
            } catch (IllegalArgumentException e) {
                return new Outcome.Refused("ipam.ipAddress: " + e.getMessage(), false);
            }
        }
        boolean ipv6Only = ipam.text("type").equals(Optional.of("azure-vnet-ipamv6"));
        boolean known;
        synchronized (pool) {
            known = pool.known();
        }
        if (!known && !look(source.get(), false)) {
            return new Outcome.Refused("TMB-AZC-010 the VNET's addresses are not known: " + trouble, true);
        }
        Outcome outcome = take(ask.handle(), ask.ipv4() && !ipv6Only, ask.ipv6() || ipv6Only, fixed);
        return outcome instanceof Outcome.Refused(String _, boolean later) && later && look(source.get(), true)
                ? take(ask.handle(), ask.ipv4() && !ipv6Only, ask.ipv6() || ipv6Only, fixed) : outcome;
    }

    private Outcome take(String handle, boolean ipv4, boolean ipv6, List<IpAddress> fixed) {
        List<InterfaceAddress> addresses;
        synchronized (pool) {
            switch (pool.choose(handle, ipv4, ipv6, fixed)) {
                case Choice.None(String reason, boolean exhausted) -> {
                    return new Outcome.Refused("TMB-AZC-011 " + reason, exhausted);
                }
                case Choice.Chosen(List<InterfaceAddress> chosen, boolean fresh) -> {
                    addresses = chosen;
                    if (fresh) {
                        try {
                            journal.append(line(handle, chosen, boot));
                        } catch (IOException e) {
                            return unwritable(e);
                        }
                        pool.hold(handle, chosen, boot);
                    }
                }
            }
        }
        try {
            journal.force(); // for one that was there before as well: the answer to it may have been lost before the disk had it
        } catch (IOException e) {
            release(handle);
            return unwritable(e);
        }
        return new Outcome.Assigned(addresses);
    }

    private static Outcome unwritable(IOException e) {
        return new Outcome.Refused("TMB-AZC-012 who has which address cannot be written down: " + e.getMessage(), true);
    }

    @Override
    public Optional<String> release(String handle) {
        synchronized (pool) {
            if (!pool.holds(handle)) {
                return Optional.empty();
            }
            try {
                journal.append(Json.Obj.of("handle", new Json.Text(handle)).with("gone", true));
            } catch (IOException e) {
                return Optional.of("TMB-AZC-012 who has which address cannot be written down: " + e.getMessage());
            }
            pool.forget(handle);
            journal.compactIfWorthIt(pool.size(), this::lines);
        }
        return Optional.empty();
    }

    @Override
    public void adopt(List<Endpoint> endpoints) {
        Set<String> inUse = new HashSet<>();
        synchronized (pool) {
            for (Endpoint endpoint : endpoints) {
                String handle = ContainerAddresses.handle(endpoint.network(), endpoint.id());
                inUse.add(handle);
                if (!endpoint.source().equals(name()) || endpoint.addresses().isEmpty() || endpoint.state() == Endpoint.State.RELEASING || pool.holds(handle)) {
                    continue;
                }
                try {
                    pool.hold(handle, endpoint.addresses(), boot);
                    journal.append(line(handle, endpoint.addresses(), boot));
                    LOG.warn("TMB-AZC-013 {} has {}, of which vnet.log did not know; it is written down now", endpoint.id(), texts(endpoint.addresses()));
                } catch (IOException | IllegalStateException e) {
                    LOG.error("TMB-AZC-014 {} has {}: {}. Delete the container and make it anew", endpoint.id(), texts(endpoint.addresses()), e.getMessage());
                }
            }
        }
        List<String> strays;
        synchronized (pool) {
            strays = pool.strays(inUse, boot);
        }
        for (String stray : strays) {
            LOG.info("TMB-AZC-015 {} held an address before the machine was started anew, and no endpoint has it; it is free again", stray);
            release(stray);
        }
    }

    @Override
    public List<IpAddress> nameServers() {
        return List.of(AzureNode.NAME_SERVER);
    }

    @Override
    public List<Holding> holdings() {
        synchronized (pool) {
            return pool.holdings();
        }
    }

    /** Asks for the document anew, where addresses of the VNET are given out at all. */
    void refresh() {
        if (settings.mode() == Mode.IN_AZURE) {
            look(lastSource.orElse(settings.source()), false);
        }
    }

    /** @param sparing not where it was asked for just now; @return whether the document was read by this call */
    private boolean look(Source source, boolean sparing) {
        synchronized (asking) {
            if (sparing && asked && nanos.getAsLong() - askedAt < LEAST_INTERVAL_NANOS) {
                return false;
            }
            Parsed parsed = documents.fetch(source, settings);
            asked = true;
            askedAt = nanos.getAsLong();
            switch (parsed) {
                case Parsed.Unreadable(String reason) -> {
                    if (!reason.equals(trouble)) {
                        LOG.warn("TMB-AZC-010 the VNET's addresses are not known anew: {}. What was known stays. Asked again every {} s", reason, settings.refreshInterval().toSeconds());
                    }
                    trouble = reason.isEmpty() ? "?" : reason;
                    return false;
                }
                case Parsed.Read(VnetInterfaces interfaces) -> {
                    trouble = "";
                    lastSource = Optional.of(source);
                    tell(interfaces);
                    return true;
                }
            }
        }
    }

    private void tell(VnetInterfaces interfaces) {
        VnetPool.Change change;
        synchronized (pool) {
            change = pool.seen(interfaces);
        }
        change.vanished().forEach((address, handle) -> LOG.warn("TMB-AZC-016 the VNET does not give {} to this machine any more, but {} has it: its packets are lost. "
                + "Give the address back to the machine, or make the container anew", address, handle));
        if (change.appeared() > 0 || change.lost() > 0) {
            LOG.info("TMB-AZC-017 the VNET gives this machine {} more secondary addresses, and takes {} free ones", change.appeared(), change.lost());
        }
    }

    @Override
    public void close() {
        try {
            journal.close();
        } catch (IOException e) {
            LOG.warn("TMB-AZC-003 closing vnet.log: {}", e.getMessage());
        }
    }

    private void apply(Json.Obj tree) {
        String handle = tree.text("handle").orElseThrow(() -> new IllegalArgumentException("a line without handle"));
        if (tree.bool("gone").orElse(false)) {
            pool.forget(handle);
            return;
        }
        try {
            pool.hold(handle, AddressText.read(tree), tree.text("boot").orElse(""));
        } catch (IllegalStateException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private List<Json.Obj> lines() {
        List<Json.Obj> lines = new ArrayList<>();
        pool.each((handle, addresses, given) -> lines.add(line(handle, addresses, given)));
        return lines;
    }

    private static Json.Obj line(String handle, List<InterfaceAddress> addresses, String boot) {
        return Json.Obj.of("handle", new Json.Text(handle)).with("addresses", AddressText.write(addresses)).with("boot", boot);
    }

    private static String texts(List<InterfaceAddress> addresses) {
        return String.join(", ", addresses.stream().map(address -> address.address().toString()).toList());
    }
}
