package tombolo.bgp.session.osgi;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.bfd.Bfd;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.bgp.session.adapter.TcpSessions;

/** Publishes the sessions; listens to settings and links. */
@Component(immediate = true, service = {BgpSessions.class, SettingsListener.class, LinkListener.class})
public final class BgpSessionComponent implements BgpSessions, SettingsListener, LinkListener {
    private final TcpSessions sessions;

    @Activate
    public BgpSessionComponent(BundleContext context) {
        String data = Optional.ofNullable(context.getProperty("karaf.data")).orElse(System.getProperty("java.io.tmpdir"));
        sessions = new TcpSessions(Path.of(data, "tombolo", "bgp-restart"), System.nanoTime());
    }

    @Deactivate
    public void stop() {
        sessions.close();
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindLinks(Links links) {
        sessions.links(Optional.of(links));
    }

    void unbindLinks(Links links) {
        sessions.links(Optional.empty());
    }

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    void bindBfd(Bfd bfd) {
        sessions.bfd(Optional.of(bfd));
    }

    void unbindBfd(Bfd bfd) {
        sessions.bfdGone(bfd);
    }

    @Override
    public void attach(SessionConsumer consumer) {
        sessions.attach(consumer);
    }

    @Override
    public void detach(SessionConsumer consumer) {
        sessions.detach(consumer);
    }

    @Override
    public List<BgpSession> sessions() {
        return sessions.sessions();
    }

    @Override
    public Optional<BgpSession> session(String peer) {
        return sessions.session(peer);
    }

    @Override
    public List<PeerStatus> status() {
        return sessions.status();
    }

    @Override
    public Optional<PeerStatus> status(String peer) {
        return sessions.status(peer);
    }

    @Override
    public boolean shutdown(String peer, String text) {
        return sessions.shutdown(peer, text);
    }

    @Override
    public boolean enable(String peer) {
        return sessions.enable(peer);
    }

    @Override
    public boolean reset(String peer) {
        return sessions.reset(peer);
    }

    @Override
    public void shutdownAll(String text) {
        sessions.shutdownAll(text);
    }

    @Override
    public long strangersRefused() {
        return sessions.strangersRefused();
    }

    @Override
    public boolean restarting() {
        return sessions.restarting();
    }

    @Override
    public void settingsChanged(Settings settings) {
        sessions.settingsChanged(settings);
    }

    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        sessions.linkChanged(link, usable, reason);
    }
}
