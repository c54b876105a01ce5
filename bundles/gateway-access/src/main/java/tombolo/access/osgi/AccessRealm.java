package tombolo.access.osgi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.spi.LoginModule;
import org.apache.karaf.jaas.boot.ProxyLoginModule;
import org.apache.karaf.jaas.config.JaasRealm;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.access.adapter.AdminPassword;
import tombolo.access.adapter.AuthorizedKeys;
import tombolo.access.adapter.KeyLogin;
import tombolo.access.adapter.LocalKey;
import tombolo.access.adapter.PasswordLogin;

/// The realm `tombolo`, which etc/org.apache.karaf.shell.cfg and etc/org.apache.karaf.management.cfg name.
@Component(immediate = true, service = JaasRealm.class)
public final class AccessRealm implements JaasRealm {
    private static final Logger LOG = LoggerFactory.getLogger(AccessRealm.class);

    private final AppConfigurationEntry[] entries;

    /// @param context this bundle; framework properties say where etc and data are
    /// @throws IOException if the first start cannot write its files: without them nobody could log in
    @Activate
    public AccessRealm(BundleContext context) throws IOException {
        Path ownEtc = Path.of(context.getProperty("karaf.etc"));
        String named = context.getProperty("tombolo.etc");
        Path authorized = (named == null ? ownEtc : Path.of(named)).resolve("tombolo.authorized_keys");
        AdminPassword password = new AdminPassword(ownEtc.resolve("tombolo.admin.password"));
        if (!AuthorizedKeys.hasEntry(authorized) && password.createIfAbsent()) {
            LOG.warn("TMB-ACCESS-001 first start: user admin has a random password, in {} (readable by the owner only). "
                    + "Put SSH keys into {} and delete that file to log in by key alone.", password.file(), authorized);
        }
        Path local = LocalKey.createIfAbsent(Path.of(context.getProperty("karaf.data")).resolve("local.key"));
        AuthorizedKeys keys = new AuthorizedKeys(List.of(authorized, local));
        entries = new AppConfigurationEntry[] {
            entry(context, KeyLogin.class, Map.of(KeyLogin.KEYS, keys)),
            entry(context, PasswordLogin.class, Map.of(PasswordLogin.PASSWORD, password)),
        };
    }

    @Override
    public String getName() {
        return "tombolo";
    }

    @Override
    public int getRank() {
        return 0;
    }

    @Override
    public AppConfigurationEntry[] getEntries() {
        return entries.clone();
    }

    /// JAAS loads login modules by name through the boot loader; Karaf's proxy finds ours in this bundle.
    private static AppConfigurationEntry entry(BundleContext context, Class<? extends LoginModule> module, Map<String, Object> options) {
        Map<String, Object> all = new HashMap<>(options);
        all.put(ProxyLoginModule.PROPERTY_MODULE, module.getName());
        all.put(ProxyLoginModule.PROPERTY_BUNDLE, Long.toString(context.getBundle().getBundleId()));
        all.put(BundleContext.class.getName(), context);
        return new AppConfigurationEntry(ProxyLoginModule.class.getName(), LoginModuleControlFlag.SUFFICIENT, all);
    }
}
