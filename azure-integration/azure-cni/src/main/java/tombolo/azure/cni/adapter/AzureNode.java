package tombolo.azure.cni.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.nat.Nat;
import tombolo.api.net.IpAddress;
import tombolo.runtime.BootId;
import tombolo.runtime.Loop;

/** The sources of Azure's addresses on this node, kept up to date by a Loop of their own. Any thread. */
public final class AzureNode implements AutoCloseable {
    /** Answers every machine of every VNET, whichever servers stand behind it. */
    static final IpAddress NAME_SERVER = IpAddress.parse("168.63.129.16");
    /** Changes of settings: a handful at a time. */
    private static final int MAILBOX = 64;
    /** How often CNS is offered what it is owed. */
    private static final Duration SETTLE = Duration.ofSeconds(10);

    private final HttpEdge http = new HttpEdge();
    private final Loop loop = new Loop("tombolo-azure-cni", MAILBOX);
    private final VnetAddresses vnet;
    private final CnsAddresses cns;
    private final Duration settleAgain;
    private volatile AzureCniSettings settings = AzureCniSettings.DEFAULT;
    private Optional<Loop.Timer> refresh = Optional.empty();

    /** @param folder where the journals live */
    public AzureNode(Path folder) throws IOException {
        this(folder, BootId.now(), SETTLE);
    }

    AzureNode(Path folder, String boot) throws IOException {
        this(folder, boot, SETTLE);
    }

    AzureNode(Path folder, String boot, Duration settleAgain) throws IOException {
        this.settleAgain = settleAgain;
        vnet = new VnetAddresses(folder, new VnetDocument(http), boot, System::nanoTime);
        cns = new CnsAddresses(folder, http, boot);
        loop.schedule(settleAgain, this::settle);
    }

    public VnetAddresses vnet() {
        return vnet;
    }

    public CnsAddresses cns() {
        return cns;
    }

    /** Who translates what containers of CNS say to the machine's services; it is told all there is. Empty: nobody now. */
    public void nat(Optional<Nat> service) {
        cns.nat(service);
        loop.offer(cns::tell);
    }

    public void settings(AzureCniSettings fresh) {
        settings = fresh;
        vnet.settings(fresh);
        cns.settings(fresh);
        loop.offer(() -> {
            refresh.ifPresent(Loop.Timer::cancel);
            refreshAgain();
        });
    }

    private void refreshAgain() {
        vnet.refresh();
        refresh = Optional.of(loop.schedule(settings.refreshInterval(), this::refreshAgain));
    }

    private void settle() {
        try {
            cns.settle();
        } finally { // a fault of one time must not keep what is owed for ever
            loop.schedule(settleAgain, this::settle);
        }
    }

    @Override
    public void close() {
        http.close(); // whoever waits for an answer goes on at once
        loop.close();
        vnet.close();
        cns.close();
    }
}
