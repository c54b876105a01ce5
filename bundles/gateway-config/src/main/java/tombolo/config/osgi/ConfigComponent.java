package tombolo.config.osgi;

import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.Configuration;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contributions;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.config.adapter.ConfigWatch;
import tombolo.config.adapter.HostName;

/** Publishes {@link Configuration}, takes {@link Contributions} and tells every {@link SettingsListener} service. The folder is {@code tombolo.etc}, else Karaf's own etc. */
@Component(immediate = true, service = {Configuration.class, Contributions.class})
public final class ConfigComponent implements Configuration, Contributions {
    private final ConfigWatch watch;

    public ConfigComponent() {
        String etc = System.getProperty("tombolo.etc", System.getProperty("karaf.etc", "etc"));
        String data = System.getProperty("karaf.data", "data");
        this.watch = new ConfigWatch(Path.of(etc), Path.of(data, "tombolo", "last-good"), HostName.read());
    }

    @Activate
    void activate() {
        watch.start();
    }

    @Deactivate
    void deactivate() {
        watch.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindListener(SettingsListener listener) {
        watch.add(listener);
    }

    void unbindListener(SettingsListener listener) {
        watch.remove(listener);
    }

    @Override
    public Settings settings() {
        return watch.settings();
    }

    @Override
    public List<ConfigProblem> problems() {
        return watch.problems();
    }

    @Override
    public Settings ofFiles() {
        return watch.ofFiles();
    }

    @Override
    public List<ConfigEntry> entries() {
        return watch.entries();
    }

    @Override
    public void offer(Contribution contribution) {
        watch.offer(contribution);
    }
}
