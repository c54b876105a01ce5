package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.adapter.DatastoreActions;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code datastore:migrate}. */
@NullUnmarked
@Service
@Command(scope = "datastore", name = "migrate", description = "Copies the datastore to the other engine",
        detailedDescription = "Everything below /calico/ and /tombolo/, from embedded to etcd or back, by the settings of both in "
        + "etc/tombolo.datastore.cfg. Wants the datastore locked; refused where a key is there with another value; started again, it goes on where it was "
        + "interrupted; ends with a comparison of every key. The engine in use changes with engine in etc/tombolo.datastore.cfg.")
public final class DatastoreMigrate extends GatewayCommand {
    @Option(name = "--to", description = "etcd or embedded: where to; from the other one", required = true)
    @Completion(value = StringsCompleter.class, values = {"etcd", "embedded"})
    String to;

    @Override
    Document answer(Services services) {
        return DatastoreActions.migrate(services, to, json ? step -> { } : System.out::println);
    }
}
